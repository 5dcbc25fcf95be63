"""Requests, people, prices, and whether every wipe is proven."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, exists, func, select

from tracker import clock
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.queries import progress
from tracker.allocation.rules import RequestState
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.rules import WITHOUT_STORAGE, DeviceType
from tracker.distribution.models import Handover, HandoverItem
from tracker.reports import rules
from tracker.reports.move_queries import Filters, about, kept, moves, standing
from tracker.wiping.models import Certificate

SHOWN_MISSED = 50
WAITING = (RequestState.SENT, RequestState.ACCEPTED)


@dataclass(frozen=True)
class Waiting:
    """Requests that wait today, and how long; those served in the period, and how long they had waited. Days."""

    open: int
    units_unmet: int
    open_days: Sequence[float]
    served: int
    served_days: Sequence[float]
    unmet_by_type: dict[DeviceType, int]

    def median(self, days: Sequence[float]) -> float | None:
        return rules.percentile(days, 0.5)


def waiting(filters: Filters) -> Waiting:
    now = clock.now()
    still = session.scalars(select(EquipmentRequest).where(EquipmentRequest.state.in_(WAITING))).all()
    if filters.site_id:
        still = [one for one in still if one.site_id == filters.site_id]
    unmet: dict[DeviceType, int] = {}
    for lines in progress(still).values():
        for line in lines:
            if filters.type in (None, line.line.type):
                unmet[line.line.type] = unmet.get(line.line.type, 0) + line.missing
    served = session.scalars(
        select(EquipmentRequest).where(
            EquipmentRequest.served_at >= filters.begins, EquipmentRequest.served_at < filters.ends
        )
    ).all()
    return Waiting(
        open=len(still),
        units_unmet=sum(unmet.values()),
        open_days=sorted(_days(one.sent_at, now) for one in still),
        served=len(served),
        served_days=sorted(_days(one.sent_at, one.served_at) for one in served),
        unmet_by_type=unmet,
    )


def _days(begin: dt.datetime | None, end: dt.datetime | None) -> float:
    return (end - begin).total_seconds() / 86_400 if begin and end else 0.0


@dataclass(frozen=True)
class People:
    """People equipped as the associations stated it, of how many handovers, how many said nothing."""

    people: int
    handovers: int
    silent: int
    by_month: dict[str, int]


def people(filters: Filters) -> People:
    """Handovers of the period of which at least one device was not back within 30 days."""
    lasting = exists().where(
        HandoverItem.handover_id == Handover.id, _lasted(HandoverItem.returned_at, Handover.at)
    )
    query = select(Handover.at, Handover.people).where(
        Handover.at >= filters.begins, Handover.at < filters.ends, lasting
    )
    if filters.site_id:
        query = query.where(Handover.site_id == filters.site_id)
    rows = session.execute(query).all()
    by_month = {label: 0 for label, _, _ in filters.months}
    for at, count in rows:
        by_month[f"{clock.local(at):%Y-%m}"] += count or 0
    return People(
        people=sum(count or 0 for _, count in rows),
        handovers=len(rows),
        silent=sum(count is None for _, count in rows),
        by_month=by_month,
    )


def _lasted(returned: Any, given: Any) -> Any:
    from tracker.database import is_postgresql

    if is_postgresql():
        days = func.extract("epoch", returned - given) / 86_400
    else:
        days = func.julianday(returned) - func.julianday(given)
    return returned.is_(None) | (days > rules.RETURN_DAYS)


def answers(filters: Filters) -> dict[str, int]:
    """What people would have done without the device, as asked at the handovers of the period."""
    query = (
        select(HandoverItem.otherwise, func.count())
        .join(Handover, Handover.id == HandoverItem.handover_id)
        .where(Handover.at >= filters.begins, Handover.at < filters.ends, HandoverItem.otherwise.is_not(None))
        .group_by(HandoverItem.otherwise)
    )
    return {str(row[0].value): row[1] for row in session.execute(query).all() if row[0] is not None}


@dataclass(frozen=True)
class Coverage:
    """Devices with storage handed over, those certified before, and the codes of the others: there must be none."""

    delivered: int
    certified: int
    missed: Sequence[str]


def coverage(filters: Filters) -> Coverage:
    found = moves()
    certified = exists().where(
        Certificate.device_id == Device.id,
        Certificate.issued_at <= found.c.at,
        (Certificate.revoked_at.is_(None)) | (Certificate.revoked_at > found.c.at),
    )
    query = about(
        select(Device.code, certified.label("certified"))
        .select_from(found)
        .join(Device, Device.id == found.c.device_id),
        filters,
    ).where(
        standing(found),
        kept(found),
        found.c.to_stage == Stage.DELIVERED.value,
        found.c.at >= filters.begins,
        found.c.at < filters.ends,
        Device.type.not_in(list(WITHOUT_STORAGE)),
    )
    inner = query.subquery()
    total, good = session.execute(
        select(func.count(), func.count().filter(inner.c.certified)).select_from(inner)
    ).one()
    return Coverage(total, good, _missed(inner) if good < total else [])


def _missed(inner: Subquery) -> Sequence[str]:
    return session.scalars(select(inner.c.code).where(~inner.c.certified).limit(SHOWN_MISSED)).all()
