"""Runs that are on record already: told again by a log that was appended to, or copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.database import session
from tracker.devices.models import Device
from tracker.wiping.bundle_models import RunRepeat
from tracker.wiping.models import ReportFile, Wipe


def facts_of(wipe: Wipe) -> tuple[object, ...] | None:
    """By what two tellings of one run are known; None where nothing says when it began, so that it may be any."""
    if wipe.started is None:
        return None
    told = (wipe.started, wipe.finished, wipe.method, wipe.tool, wipe.tool_version, wipe.rounds)
    return (wipe.drive_id, wipe.device_id, wipe.foreign, *told, wipe.verification, wipe.errors, wipe.verdict)


class Told:
    """The attempts on some drives that reports told of so far."""

    def __init__(self, drive_ids: Collection[int]) -> None:
        self._first: dict[tuple[object, ...], Wipe] = {}
        self._came: dict[tuple[int, str | None, str | None], datetime] = {}
        rows = session.execute(
            select(Wipe, ReportFile.received_at)
            .join(ReportFile, ReportFile.id == Wipe.report_id)
            .where(Wipe.drive_id.in_(drive_ids))
            .order_by(Wipe.id)
        ).all()
        self._received = {wipe.report_id: at for wipe, at in rows}
        for wipe, at in rows:
            self.add(wipe, at)

    def add(self, wipe: Wipe, received_at: datetime) -> None:
        """From now on this attempt is known."""
        self._received[wipe.report_id] = received_at
        run = (wipe.drive_id, wipe.started, wipe.finished)
        self._came[run] = min(received_at, self._came.get(run, received_at))
        facts = facts_of(wipe)
        if facts is not None:
            # The newest: one from before the device's arrival is none that this stay could repeat.
            self._first[facts] = wipe

    def before(self, drive_id: int, started: str | None, finished: str | None, moment: datetime) -> bool:
        """Whether a report that came in before that moment told of this very run."""
        if started is None and finished is None:
            return False
        came = self._came.get((drive_id, started, finished))
        return came is not None and came < moment

    def same(self, wipe: Wipe, device: Device) -> Wipe | None:
        """The attempt on record that `wipe` is, where it was told since the device came in."""
        facts = facts_of(wipe)
        found = self._first.get(facts) if facts is not None else None
        if found is None:
            return None
        received = self._received[found.report_id]
        return found if device.arrived_at is None or received >= device.arrived_at else None


def places_of(report_id: int) -> set[int]:
    """The runs of a report that are on record, as attempts or as repeats."""
    attempts = select(Wipe.place).where(Wipe.report_id == report_id)
    repeats = select(RunRepeat.place).where(RunRepeat.report_id == report_id)
    return {*session.scalars(attempts), *session.scalars(repeats)}


def repeated_in(report_ids: Collection[int]) -> dict[int, list[Wipe]]:
    """report id → the attempts on record that it tells again, in its order, the last one of each drive."""
    rows = session.scalars(
        select(RunRepeat)
        .options(joinedload(RunRepeat.wipe).joinedload(Wipe.drive))
        .where(RunRepeat.report_id.in_(report_ids))
        .order_by(RunRepeat.report_id, RunRepeat.place)
    ).all()
    found: dict[int, dict[int, Wipe]] = defaultdict(dict)
    for row in rows:
        found[row.report_id].pop(row.wipe.drive_id, None)
        found[row.report_id][row.wipe.drive_id] = row.wipe
    return {report_id: list(wipes.values()) for report_id, wipes in found.items()}


def count_repeats(report_ids: Collection[int]) -> dict[int, int]:
    """report id → how many of its runs were on record before."""
    rows = session.execute(
        select(RunRepeat.report_id, func.count())
        .where(RunRepeat.report_id.in_(report_ids))
        .group_by(RunRepeat.report_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def repeating(report: ReportFile) -> list[ReportFile]:
    """The other reports that tell again of this one's attempts, the oldest first."""
    own = select(Wipe.id).where(Wipe.report_id == report.id)
    others = select(RunRepeat.report_id).where(RunRepeat.wipe_id.in_(own), RunRepeat.report_id != report.id)
    return list(
        session.scalars(select(ReportFile).where(ReportFile.id.in_(others)).order_by(ReportFile.id)).all()
    )


def touching(report: ReportFile) -> ColumnElement[bool]:
    """The condition for repeats that fall with a report: its own, and those of its attempts."""
    own = select(Wipe.id).where(Wipe.report_id == report.id)
    return or_(RunRepeat.report_id == report.id, RunRepeat.wipe_id.in_(own))
