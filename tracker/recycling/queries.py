"""Reading what waits to leave, and under which slip a device left; proving that it left with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import selectinload

from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import registry
from tracker.devices.lifecycle import IN_THE_WORKSHOP, Fact, Stage
from tracker.devices.models import Device, DeviceFlag
from tracker.devices.rules import Lead, Proof
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence
from tracker.recycling import rules
from tracker.recycling.models import RecycledDevice, RecyclingSlip


@dataclass(frozen=True)
class SlipLine:
    """A slip in a list: how many devices it took away, their weight in grams where all or some were weighed."""

    slip: RecyclingSlip
    devices: int
    weight_g: int | None
    weighed: int


def for_parts(limit: int = 50) -> Sequence[Device]:
    """Devices kept for parts, the longest first."""
    return session.scalars(_longest_first(Device.stage == Stage.PARTS).limit(limit)).all()


def held_up(limit: int = 50) -> Sequence[Device]:
    """Devices in the workshop that an open flag keeps from going on, the longest first."""
    flagged = select(DeviceFlag.device_id).where(DeviceFlag.cleared_at.is_(None))
    inside = and_(Device.stage.in_(IN_THE_WORKSHOP), Device.id.in_(flagged))
    return session.scalars(_longest_first(inside).limit(limit)).all()


def _longest_first(condition: ColumnElement[bool]) -> Any:
    kept = Device.merged_into_id.is_(None)
    chosen = select(Device).where(condition, kept).order_by(Device.stage_since, Device.id)
    return chosen.options(selectinload(Device.flags))


def slip_numbered(given: rules.Given) -> RecyclingSlip | None:
    """The slip of this number and recycler, if a device has left under it before."""
    if given.number is None:
        return None
    return session.scalars(
        select(RecyclingSlip).where(
            RecyclingSlip.number == given.number,
            RecyclingSlip.recycler_key == rules.recycler_key(given.recycler),
        )
    ).first()


def slip_of(device: Device) -> RecyclingSlip | None:
    """The slip under which this device left; None while it has not."""
    link = link_of(device)
    return session.get(RecyclingSlip, link.slip_id) if link else None


def link_of(device: Device) -> RecycledDevice | None:
    return session.scalars(
        select(RecycledDevice)
        .where(RecycledDevice.device_id == device.id, RecycledDevice.withdrawn_at.is_(None))
        .order_by(RecycledDevice.id.desc())
        .limit(1)
    ).first()


def recent_slips(limit: int = 20) -> list[SlipLine]:
    """The last ways out, newest first; those whose every device came back are left out."""
    rows = session.execute(
        select(RecyclingSlip, func.count(), func.sum(Device.weight_g), func.count(Device.weight_g))
        .join(RecycledDevice, RecycledDevice.slip_id == RecyclingSlip.id)
        .join(Device, Device.id == RecycledDevice.device_id)
        .where(RecycledDevice.withdrawn_at.is_(None))
        .group_by(RecyclingSlip.id)
        .order_by(RecyclingSlip.left_on.desc(), RecyclingSlip.id.desc())
        .limit(limit)
    ).all()
    return [
        SlipLine(slip, devices, None if weight is None else int(weight), weighed)
        for slip, devices, weight, weighed in rows
    ]


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page shows of its way out; None while it is not on it."""
    if device.stage is Stage.PARTS:
        return {"slip": None, "reason": None, "for_parts": True}
    link = link_of(device) if device.stage is Stage.RECYCLED else None
    if link is None:
        return None
    entry = session.get(HistoryEntry, link.entry_id)
    reason = past.note_of(entry) if entry else None
    return {"slip": session.get(RecyclingSlip, link.slip_id), "reason": reason, "for_parts": False}


@registry.proves(Fact.OUT_WITH_SLIP)
def out_with_slip(device: Device, by: Actor, case: registry.Case) -> Proof:
    return rules.out_with_slip(rules.read(case))


@registry.solves(Fact.OUT_WITH_SLIP)
def write_slip(device: Device, by: Actor) -> Lead | None:
    if not by.may(Permission.COORDINATE):
        return None
    return Lead(Sentence(N_("Write the recycling slip")), "/recycling", "recycle")
