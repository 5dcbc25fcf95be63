"""What the wiping bench has to do, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device, DeviceFlag
from tracker.devices.rules import Proof
from tracker.web.pagination import Key, Page, page_of
from tracker.wiping import proven_queries, queries, report_queries, running_queries
from tracker.wiping.home_queries import CLOSED
from tracker.wiping.models import Drive, DriveSighting, ReportFile, Wipe
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.queries import DriveState, waits
from tracker.wiping.running_queries import Start

SHOWN = 50
_UNDECIDED = 400  # attempts looked at: several may be about one drive


@dataclass(frozen=True)
class Waiting:
    """A device at the bench: its drives, whether all is proven, and how its wipe began, if it did."""

    device: Device
    states: Sequence[DriveState]
    proof: Proof
    start: Start | None = None

    @property
    def done(self) -> int:
        return sum(state.end is not None for state in self.states)

    @property
    def wrong(self) -> Sequence[DriveState]:
        """The drives whose wipe failed, or did less than the policy demands."""
        return [state for state in self.states if state.failing or state.too_weak is not None]


@dataclass(frozen=True)
class Cursors:
    """Where the long lists are opened: each is None for its first page."""

    waiting: str | None = None
    running: str | None = None


@dataclass(frozen=True)
class Part:
    """A page of a list of devices, the longest waiting first, and how many there are in all."""

    rows: Sequence[Waiting]
    total: int
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True)
class Board:
    """What the bench has to do. Short lists are cut at `SHOWN`, of which the rest comes when these are done."""

    proven: Part
    to_review: Sequence[Wipe]
    failed: Part
    unmatched: Sequence[ReportFile]
    running: Part
    waiting: Part
    counts: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())


def board(cursors: Cursors | None = None) -> Board:
    """The board; a constant number of statements, whatever the number of rows."""
    cursors = cursors or Cursors()
    at, undecided, wrong = devices.count_by_stage(), to_review(), wrong_devices(SHOWN + 1)
    pages = {
        Stage.RECEIVED: _page(Stage.RECEIVED, cursors.waiting),
        Stage.WIPING: _page(Stage.WIPING, cursors.running),
    }
    seen = look(
        proven_queries.may_be_proven(proven_queries.MOST),
        wrong[:SHOWN],
        *(page.items for page in pages.values()),
    )
    proven = [one for one in seen[0] if one.proof.held]
    counts = {
        "proven": len(proven),
        "to_review": len(undecided),
        "failed": count_wrong() if len(wrong) > SHOWN else len(wrong),
        "unmatched": report_queries.count_unmatched(),
        "running": at[Stage.WIPING] - sum(one.device.stage is Stage.WIPING for one in proven),
        "waiting": at[Stage.RECEIVED] - sum(one.device.stage is Stage.RECEIVED for one in proven),
    }
    return Board(
        proven=Part(proven, len(proven)),
        to_review=undecided[:SHOWN],
        failed=Part(seen[1], counts["failed"]),
        unmatched=report_queries.unmatched(SHOWN),
        running=_part(seen[3], pages[Stage.WIPING], counts["running"]),
        waiting=_part(seen[2], pages[Stage.RECEIVED], counts["waiting"]),
        counts=counts,
    )


def _page(stage: Stage, cursor: str | None) -> Page:
    chosen = select(Device).where(Device.stage == stage, Device.merged_into_id.is_(None))
    return page_of(chosen, [Key(Device.stage_since), Key(Device.id)], cursor, SHOWN)


def _part(rows: Sequence[Waiting], page: Page, total: int) -> Part:
    """What is proven stands in its own list."""
    left = [one for one in rows if not one.proof.held]
    return Part(left, total, older=page.next_cursor, newer=page.previous_cursor)


def look(*lists: Sequence[Device]) -> list[list[Waiting]]:
    """Each list with the storage of its devices and their starts, all read at once."""
    everyone = [device for some in lists for device in some]
    storage, begun = queries.storage_of(everyone), running_queries.starts({one.id for one in everyone})
    return [
        [Waiting(one, storage[one.id].states, storage[one.id].proof, begun.get(one.id)) for one in some]
        for some in lists
    ]


def wrong_devices(limit: int) -> Sequence[Device]:
    """Devices still here of which a drive has to be wiped again: it failed, or less was done than the policy demands."""
    return session.scalars(
        select(Device).where(_is_wrong(), *_here()).order_by(Device.stage_since, Device.id).limit(limit)
    ).all()


def count_wrong() -> int:
    return session.scalar(select(func.count()).select_from(Device).where(_is_wrong(), *_here())) or 0


def _is_wrong() -> ColumnElement[bool]:
    """Asked as lists of ids, so that the few that failed are found first and not each device looked at."""
    failed = select(DeviceFlag.device_id).where(
        DeviceFlag.flag == Flag.WIPE_FAILED, DeviceFlag.cleared_at.is_(None)
    )
    weak = (
        select(Wipe.device_id)
        .join(Drive, Drive.id == Wipe.drive_id)
        .join(Device, Device.id == Wipe.device_id)
        .where(
            Wipe.ruling == Ruling.SHORT,
            Wipe.accepted.is_(False),
            Drive.destroyed_at.is_(None),
            or_(Drive.wiped_at.is_(None), Drive.wiped_at < Device.arrived_at),
            ~_taken_out(),
        )
    )
    return or_(Device.id.in_(failed), Device.id.in_(weak))


def to_review() -> list[Wipe]:
    """Attempts that wait for a person's decision, oldest first, the newest one for each drive of each device."""
    rows = session.scalars(
        select(Wipe)
        .join(Drive, Drive.id == Wipe.drive_id)
        .join(Device, Device.id == Wipe.device_id)
        .join(ReportFile, ReportFile.id == Wipe.report_id)
        .where(
            Wipe.ruling == Ruling.PERSON,
            Wipe.accepted.is_(False),
            Wipe.reviewed_at.is_(None),
            Drive.destroyed_at.is_(None),
            Drive.boot_stick_at.is_(None),
            or_(Drive.wiped_at.is_(None), Drive.wiped_at < Device.arrived_at),
            or_(Device.arrived_at.is_(None), ReportFile.received_at >= Device.arrived_at),
            ~_taken_out(),
            *_here(),
        )
        .options(contains_eager(Wipe.drive), contains_eager(Wipe.device))
        .order_by(Wipe.id)
        .limit(_UNDECIDED)
    ).all()
    newest = {(wipe.device_id, wipe.drive_id): wipe for wipe in rows if waits(wipe)}
    return sorted(newest.values(), key=lambda wipe: wipe.id)


def _here() -> tuple[ColumnElement[bool], ...]:
    return Device.stage.not_in(CLOSED), Device.merged_into_id.is_(None)


def _taken_out() -> ColumnElement[bool]:
    return exists().where(
        DriveSighting.device_id == Wipe.device_id,
        DriveSighting.drive_id == Wipe.drive_id,
        DriveSighting.removed_at.is_not(None),
    )
