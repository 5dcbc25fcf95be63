"""What the device's page says of the request it is for, or of those that wait for such a device."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from tracker.accounts.rules import Actor, Permission
from tracker.allocation import queries, rules
from tracker.allocation.models import EquipmentRequest, RequestLine
from tracker.allocation.needs_rules import fit
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device


@cache
def _lines_waiting() -> Any:
    """Built once: the page of every device that is ready asks it."""
    return (
        select(RequestLine)
        .join(EquipmentRequest, EquipmentRequest.id == RequestLine.request_id)
        .options(contains_eager(RequestLine.request).joinedload(EquipmentRequest.association))
        .where(EquipmentRequest.state.in_(list(rules.WAITING)), RequestLine.type == bindparam("type"))
        .order_by(EquipmentRequest.sent_at, EquipmentRequest.id, RequestLine.id)
        .limit(200)
    )


def lines_waiting_for(device: Device, limit: int = 5) -> list[queries.Progress]:
    """Lines of open requests that this device would answer, the request sent longest ago first."""
    lines = session.scalars(_lines_waiting(), {"type": device.type}).all()
    fitting = [
        one
        for one in queries.progress_of(lines)
        if one.missing and fit(one.line.type, one.needs, device.type, device.specification).fits
    ]
    return fitting[:limit]


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page says of the request it is for, or of those that wait for such a device."""
    standing = queries.active(device.id)
    if not actor.may(Permission.SEE_WORKSHOP) or (standing is None and device.stage is not Stage.READY):
        return None
    coordinates = actor.may(Permission.COORDINATE)
    return {
        "allocation": standing,
        "request": standing.line.request if standing else None,
        "waiting": lines_waiting_for(device) if standing is None and coordinates else [],
        "coordinates": coordinates,
    }
