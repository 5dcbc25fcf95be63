"""What the wiping bench has to do, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import contains_eager

from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device, DeviceFlag
from tracker.devices.rules import Proof
from tracker.wiping import queries, report_queries
from tracker.wiping.home_queries import CLOSED
from tracker.wiping.models import Drive, DriveSighting, ReportFile, Wipe
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.queries import DriveState, waits

SHOWN = 50
_UNDECIDED = 400  # attempts looked at: several may be about one drive


@dataclass(frozen=True)
class Waiting:
    """A device at the bench: its drives, and whether all is proven."""

    device: Device
    states: Sequence[DriveState]
    proof: Proof

    @property
    def done(self) -> int:
        return sum(state.end is not None for state in self.states)


@dataclass(frozen=True)
class Board:
    """Each list is cut at `SHOWN`; `counts` are of the whole."""

    proven: Sequence[Waiting]
    to_review: Sequence[Wipe]
    failed: Sequence[Waiting]
    unmatched: Sequence[ReportFile]
    running: Sequence[Waiting]
    waiting: Sequence[Waiting]
    counts: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())


def board() -> Board:
    at = devices.count_by_stage()
    failed, undecided = failed_devices(), to_review()
    running, waiting, failing = look(
        devices.oldest_at(Stage.WIPING, SHOWN), devices.oldest_at(Stage.RECEIVED, SHOWN), failed[:SHOWN]
    )
    proven = [one for one in (*running, *waiting) if one.proof.held]
    return Board(
        proven=proven,
        to_review=undecided[:SHOWN],
        failed=failing,
        unmatched=report_queries.unmatched(SHOWN),
        running=[one for one in running if not one.proof.held],
        waiting=[one for one in waiting if not one.proof.held],
        counts={
            "to_review": len(undecided),
            "failed": len(failed),
            "unmatched": report_queries.count_unmatched(),
            "running": at[Stage.WIPING],
            "waiting": at[Stage.RECEIVED],
        },
    )


def look(*lists: Sequence[Device]) -> Iterator[list[Waiting]]:
    """Each list with the storage of its devices, all read at once."""
    storage = queries.storage_of([device for some in lists for device in some])
    return ([Waiting(one, storage[one.id].states, storage[one.id].proof) for one in some] for some in lists)


def failed_devices() -> Sequence[Device]:
    """Devices still here whose wipe failed, longest first."""
    return session.scalars(
        select(Device)
        .join(DeviceFlag, DeviceFlag.device_id == Device.id)
        .where(DeviceFlag.flag == Flag.WIPE_FAILED, DeviceFlag.cleared_at.is_(None), *_here())
        .order_by(DeviceFlag.raised_at, DeviceFlag.id)
    ).all()


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
