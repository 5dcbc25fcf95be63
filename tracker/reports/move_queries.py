"""The moves of devices as the history tells them, ready to be counted: without those that were undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, func, or_, select

from tracker import clock
from tracker.collection.models import Collection, Intake
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.reports.rules import RETURN_DAYS


@dataclass(frozen=True)
class Filters:
    """What a report is narrowed to. `since` and `until` are days, both included, on the workshop's clock."""

    since: dt.date
    until: dt.date
    type: DeviceType | None = None
    donor_id: int | None = None
    site_id: int | None = None

    @property
    def begins(self) -> dt.datetime:
        return _midnight(self.since)

    @property
    def ends(self) -> dt.datetime:
        """The first moment after the period."""
        return _midnight(self.until + dt.timedelta(days=1))

    @cached_property
    def months(self) -> Sequence[tuple[str, dt.datetime, dt.datetime]]:
        """(2026-11, first moment, first moment after) of every month the period touches, cut to the period."""
        found = []
        day = self.since.replace(day=1)
        while day <= self.until:
            following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            bounds = (max(_midnight(day), self.begins), min(_midnight(following), self.ends))
            found.append((f"{day:%Y-%m}", *bounds))
            day = following
        return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.WORKSHOP_ZONE)


def last_year() -> Filters:
    """The twelve months up to today: what the page shows first."""
    today = clock.local(clock.now()).date()
    return Filters((today.replace(day=1) - dt.timedelta(days=334)).replace(day=1), today)


def moves() -> CTE:
    """Every move, with the one after it: `next_action`, `next_at`. One that was undone is followed by `correct`."""
    order: Any = {"partition_by": HistoryEntry.subject_id, "order_by": HistoryEntry.id}
    return (
        select(
            HistoryEntry.id,
            HistoryEntry.subject_id.label("device_id"),
            HistoryEntry.action,
            HistoryEntry.from_stage,
            HistoryEntry.to_stage,
            HistoryEntry.at,
            HistoryEntry.dwell_s,
            func.lead(HistoryEntry.action).over(**order).label("next_action"),
            func.lead(HistoryEntry.at).over(**order).label("next_at"),
        )
        .where(HistoryEntry.subject_kind == Subject.DEVICE, HistoryEntry.to_stage.is_not(None))
        .cte("moves")
    )


def standing(found: CTE) -> ColumnElement[bool]:
    """That a move is none that was undone, nor itself an undoing."""
    undo = Action.CORRECT.value
    return and_(found.c.action != undo, or_(found.c.next_action.is_(None), found.c.next_action != undo))


def kept(found: CTE) -> ColumnElement[bool]:
    """That a handover was not followed by a return within 30 days."""
    return or_(
        found.c.next_action.is_(None),
        found.c.next_action != Action.TAKE_BACK.value,
        _days_between(found) > RETURN_DAYS,
    )


def _days_between(found: CTE) -> ColumnElement[Any]:
    from tracker.database import is_postgresql

    if is_postgresql():
        return func.extract("epoch", found.c.next_at - found.c.at) / 86_400
    return func.julianday(found.c.next_at) - func.julianday(found.c.at)


def in_month(at: Any, filters: Filters) -> ColumnElement[str]:
    """The month of a moment on the workshop's clock, whatever zone the database thinks in."""
    branches = [(and_(at >= begins, at < ends), label) for label, begins, ends in filters.months]
    return case(*branches, else_=None)


def about(query: Any, filters: Filters) -> Any:
    """Narrow a query that has `Device` in it. Records that were merged away are no devices."""
    query = query.where(Device.merged_into_id.is_(None))
    if filters.type:
        query = query.where(Device.type == filters.type)
    if filters.site_id:
        query = query.where(Device.site_id == filters.site_id)
    if filters.donor_id:
        of_donor = select(Intake.device_id).join(Collection).where(Collection.donor_id == filters.donor_id)
        query = query.where(Device.id.in_(of_donor))
    return query


ENTERS = (Stage.COLLECTED.value, Stage.RECEIVED.value)


def enters(found: CTE) -> ColumnElement[bool]:
    """That by this move a device came into our hands for the first time."""
    return and_(
        found.c.to_stage.in_(ENTERS),
        or_(found.c.from_stage.is_(None), found.c.from_stage == Stage.ANNOUNCED.value),
    )
