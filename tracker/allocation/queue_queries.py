"""Where a request stands in the queue, and how long others really waited."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from tracker import clock
from tracker.allocation import estimate_rules as estimates
from tracker.allocation import queries
from tracker.allocation.estimate_rules import Estimate
from tracker.allocation.models import EquipmentRequest, RequestLine
from tracker.allocation.rules import WAITING, RequestState
from tracker.database import session
from tracker.devices.rules import DeviceType


def missing_types(request: EquipmentRequest) -> set[DeviceType]:
    """The types of which the request still misses devices."""
    return {one.line.type for one in queries.progress([request])[request.id] if one.missing}


def place(request: EquipmentRequest) -> int | None:
    """1 for the next to be served: how many requests, sent earlier, still wait for one of the same types, plus
    one. None when the request waits for nothing."""
    types = missing_types(request)
    if request.state not in WAITING or request.sent_at is None or not types:
        return None
    earlier = _waiting_before(request, types)
    progress = queries.progress(earlier)
    ahead = [one for one in earlier if any(p.missing and p.line.type in types for p in progress[one.id])]
    return len(ahead) + 1


def _waiting_before(request: EquipmentRequest, types: Collection[DeviceType]) -> list[EquipmentRequest]:
    sent = EquipmentRequest.sent_at
    return list(
        session.scalars(
            select(EquipmentRequest)
            .where(
                EquipmentRequest.state.in_(list(WAITING)),
                or_(sent < request.sent_at, (sent == request.sent_at) & (EquipmentRequest.id < request.id)),
                EquipmentRequest.id.in_(
                    select(RequestLine.request_id).where(RequestLine.type.in_(list(types)))
                ),
            )
            .order_by(sent)
        ).all()
    )


def estimate_for(wanted: DeviceType) -> Estimate:
    """How long requests with such a line waited until they were served, over those served in the last 90 days."""
    served = session.execute(
        select(EquipmentRequest.sent_at, EquipmentRequest.served_at).where(
            EquipmentRequest.state.in_([RequestState.SERVED, RequestState.CLOSED]),
            EquipmentRequest.served_at >= clock.now() - estimates.WINDOW,
            EquipmentRequest.sent_at.is_not(None),
            EquipmentRequest.id.in_(select(RequestLine.request_id).where(RequestLine.type == wanted)),
        )
    ).all()
    return estimates.estimate([row[1] - row[0] for row in served if row[0] and row[1]])


def estimates_for(request: EquipmentRequest) -> dict[DeviceType, Estimate]:
    """The estimate of each type the request still misses; empty when it waits for nothing."""
    if request.state not in WAITING | {RequestState.DRAFT}:
        return {}
    return {one: estimate_for(one) for one in sorted(missing_types(request))}
