"""Figures that may be published: devices counted, nobody and no single thing named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import func, select

from tracker import clock
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.reports.flow_queries import FLOWS, flows
from tracker.reports.move_queries import Filters, moves
from tracker.reports.rules import RETURN_DAYS


def closed_months() -> Filters | None:
    """From the first move to the last month that ended more than 30 days ago; None while there is no such month.

    Until then a device that comes back takes its handover out of the month's count.
    """
    found = moves()
    first = session.scalar(select(func.min(found.c.at)))
    if first is None:
        return None
    settled = clock.local(clock.now()).date() - dt.timedelta(days=RETURN_DAYS)
    since, until = clock.local(first).date().replace(day=1), settled.replace(day=1) - dt.timedelta(days=1)
    return Filters(since, until) if since < until else None


def flow_rows() -> Iterator[tuple[str, str, int, int, int]]:
    """(month, type, collected, delivered, recycled), every closed month with every type."""
    filters = closed_months()
    if filters is None:
        return
    by_type = {kind: flows(replace(filters, type=kind)) for kind in DeviceType}
    for month, _, _ in filters.months:
        for kind, found in by_type.items():
            collected, delivered, recycled = (found[month][name].count for name in FLOWS)
            yield month, kind.value, collected, delivered, recycled


def stock_rows() -> Iterator[tuple[str, str, int]]:
    """(type, stage, count), every type with every stage, today."""
    query = (
        select(Device.type, Device.stage, func.count())
        .where(Device.merged_into_id.is_(None))
        .group_by(Device.type, Device.stage)
    )
    counted = {(row[0], row[1]): row[2] for row in session.execute(query).all()}
    for kind in DeviceType:
        for stage in Stage:
            yield kind.value, stage.value, counted.get((kind, stage), 0)
