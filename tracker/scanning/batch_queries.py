"""Reading batches: the open ones of a workshop, what became of each scan, which devices count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from tracker import clock
from tracker.accounts import queries as accounts
from tracker.collection.models import Intake
from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_, Sentence, unpacked
from tracker.scanning import batch_rules
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import UNDO_ACTION
from tracker.scanning.mode_rules import Mode
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome

SHOWN = 20
MOST_RECENT = 8  # codes of a batch on the scan page
MOST_ROWS = 2_000  # of one batch on its page


@dataclass(frozen=True)
class Counts:
    """How many codes of a batch came to what, one that was read again counted once for each of its verdicts.
    `done`: devices that count, without what was undone."""

    done: int = 0
    already: int = 0
    refused: int = 0
    unknown: int = 0
    conflict: int = 0
    elsewhere: int = 0


@dataclass(frozen=True)
class Row:
    """One scan of a batch, with the device as it stands now. `times`: how often its code was read, this the last."""

    scan: Scan
    device: Device | None
    times: int = 1

    @property
    def sentence(self) -> Sentence:
        """What it was answered."""
        return unpacked(self.scan.message)


# What was read: a code, whatever its label says around it, else the text.
READ = func.coalesce(Scan.code, Scan.raw)


def mode_of(batch: ScanBatch) -> Mode:
    return Mode(batch.action, batch.place, batch.values)


def find(batch_id: str, site_id: int) -> ScanBatch | None:
    found = session.get(ScanBatch, batch_id[:36])
    return found if found is not None and found.site_id == site_id else None


def batch(batch_id: str, site_id: int) -> ScanBatch:
    """A batch of this workshop. Raises `NotHere`."""
    found = find(batch_id, site_id)
    if found is None:
        raise NotHere(N_("There is no such batch in this workshop. Look at the list of batches."))
    return found


def locked(batch_id: str, site_id: int) -> ScanBatch:
    """The same, its row locked until the transaction ends. Raises `NotHere`."""
    batch(batch_id, site_id)
    return held([batch_id], site_id)[batch_id]


def held(ids: Collection[str], site_id: int) -> dict[str, ScanBatch]:
    """Those of these batches that are this workshop's, locked in the order of their ids."""
    chosen = (
        select(ScanBatch)
        .where(ScanBatch.id.in_(sorted(ids)), ScanBatch.site_id == site_id)
        .order_by(ScanBatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in session.scalars(chosen)}


def open_batches(site_id: int, limit: int = SHOWN) -> Sequence[ScanBatch]:
    """The newest first."""
    return session.scalars(_of(site_id).where(ScanBatch.closed_at.is_(None)).limit(limit)).all()


def closed_batches(site_id: int, limit: int = SHOWN) -> Sequence[ScanBatch]:
    return session.scalars(_of(site_id).where(ScanBatch.closed_at.is_not(None)).limit(limit)).all()


def _of(site_id: int) -> Select[Any]:
    return (
        select(ScanBatch).where(ScanBatch.site_id == site_id).order_by(ScanBatch.received_at.desc(), ScanBatch.id)
    )  # fmt: skip


def counts(ids: Collection[str]) -> dict[str, Counts]:
    """batch id → its counts, for all of these at once."""
    undo = case((Scan.action == UNDO_ACTION, 1), else_=0).label("undo")
    many = case((Scan.verdict == Outcome.DONE, func.count()), else_=func.count(READ.distinct()))
    rows = session.execute(
        select(Scan.batch_id, Scan.verdict, undo, many)
        .where(Scan.batch_id.in_(ids))
        .group_by(Scan.batch_id, Scan.verdict, undo)
    ).all()
    found: dict[str, dict[tuple[Outcome, int], int]] = {one: {} for one in ids}
    for batch_id, verdict, undone, count in rows:
        assert batch_id
        found[batch_id][verdict, undone] = count
    return {batch_id: _counts(one) for batch_id, one in found.items()}


def _counts(found: dict[tuple[Outcome, int], int]) -> Counts:
    return Counts(
        done=found.get((Outcome.DONE, 0), 0) - found.get((Outcome.DONE, 1), 0),
        already=found.get((Outcome.ALREADY, 0), 0),
        refused=found.get((Outcome.REFUSED, 0), 0),
        unknown=found.get((Outcome.UNKNOWN, 0), 0),
        conflict=found.get((Outcome.CONFLICT, 0), 0),
        elsewhere=found.get((Outcome.ELSEWHERE, 0), 0),
    )


def rows(batch_id: str) -> list[Row]:
    """Every scan of a batch in its order, with its device: one statement."""
    found = session.execute(
        select(Scan, Device)
        .outerjoin(Device, Device.id == Scan.device_id)
        .where(Scan.batch_id == batch_id)
        .order_by(Scan.at, Scan.id)
        .limit(MOST_ROWS)
    ).all()
    return [Row(one[0], one[1]) for one in found]


def recent(batch_id: str, limit: int = MOST_RECENT) -> list[Row]:
    """The codes that were read last in a batch, each once with its last verdict, the newest first."""
    read = case((Scan.action.is_distinct_from(UNDO_ACTION), 1))
    last = func.max(Scan.id)
    codes = select(last, func.count(read)).where(Scan.batch_id == batch_id).group_by(READ)
    times = dict(session.execute(codes.order_by(last.desc()).limit(limit)).all())
    found = session.execute(
        select(Scan, Device).outerjoin(Device, Device.id == Scan.device_id).where(Scan.id.in_(times))
    ).all()
    rows = [Row(scan, device, times[scan.id]) for scan, device in found]
    return sorted(rows, key=lambda row: row.scan.id, reverse=True)


def done(ids: Collection[str]) -> dict[str, dict[int, int]]:
    """batch id → device id → the row's id of the scan that counts for it, without what was undone; in their order."""
    found = session.execute(
        select(Scan.batch_id, Scan.device_id, Scan.id, Scan.action)
        .where(Scan.batch_id.in_(ids), Scan.verdict == Outcome.DONE, Scan.device_id.is_not(None))
        .order_by(
            Scan.history_id, Scan.id
        )  # rows of one call are numbered by their ids, entries as they were judged
    ).all()
    counted: dict[str, dict[int, int]] = {one: {} for one in ids}
    for batch_id, device_id, scan_id, action in found:
        assert batch_id and device_id  # neither is null in what was chosen
        counted[batch_id].pop(device_id, None)
        if action != UNDO_ACTION:
            counted[batch_id][device_id] = scan_id
    return counted


def where_unsent(batch: ScanBatch) -> Sentence | None:
    """Which phones hold scans of this batch, how many, since when; None where none says so."""
    held = batch_rules.holders(batch.clients)
    names = accounts.user_names({one.person for one in held if one.person})
    said: Sentence | None = None
    for one in held:
        told = {
            "name": names.get(one.person or 0) or Sentence(N_("somebody")),
            "count": one.unsent,
            "moment": clock.local(one.since).strftime("%d/%m %H:%M") if one.since else "?",
        }
        if said is None:
            said = Sentence(N_("Phone of %(name)s: %(count)s since %(moment)s."), told)
        else:
            more = N_("%(before)s Phone of %(name)s: %(count)s since %(moment)s.")
            said = Sentence(more, {"before": said, **told})
    return said


def scans(numbers: Iterable[int]) -> list[Scan]:
    """The scans of these row ids, in this order."""
    wanted = list(numbers)
    found = {one.id: one for one in session.scalars(select(Scan).where(Scan.id.in_(wanted)))}
    return [found[number] for number in wanted]


def scan_of(batch_id: str, number: int) -> Scan:
    """One scan of a batch, by its row's id. Raises `NotHere`."""
    found = session.get(Scan, number)
    if found is None or found.batch_id != batch_id:
        raise NotHere(N_("This scan is not of this batch."))
    return found


def collection_of(device_id: int) -> int | None:
    """The id of the collection that a device came with."""
    return session.scalar(select(Intake.collection_id).where(Intake.device_id == device_id))
