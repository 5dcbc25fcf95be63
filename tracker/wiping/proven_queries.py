"""Devices whose wipe is proven and only has to be recorded, and what became of those that were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from tracker.database import session
from tracker.devices.lifecycle import MOVES, Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import WITHOUT_STORAGE
from tracker.i18n import Sentence
from tracker.wiping import certificate_queries, queries
from tracker.wiping.models import Drive, DriveSighting, StorageDeclaration

MOST = 200
"""How many are recorded in one press."""


@dataclass(frozen=True)
class Recorded:
    """What became of one device that was to be recorded: its certificate, or what is missing."""

    device: Device
    done: bool
    certificate: str | None
    missing: Sequence[Sentence]


def may_be_proven(limit: int) -> Sequence[Device]:
    """Devices to be wiped in which no drive stands open, the longest waiting first.

    Every one that is proven is among them; `queries.storage_of` says of each whether it really is.
    """
    return session.scalars(
        select(Device)
        .where(
            Device.stage.in_([Stage.RECEIVED, Stage.WIPING]),
            Device.merged_into_id.is_(None),
            or_(Device.type.in_(list(WITHOUT_STORAGE)), _seen(), _declared()),
            ~_open_drive(),
        )
        .order_by(Device.stage_since, Device.id)
        .limit(limit)
    ).all()


def _seen() -> ColumnElement[bool]:
    return exists().where(DriveSighting.device_id == Device.id)


def _declared() -> ColumnElement[bool]:
    return exists().where(StorageDeclaration.device_id == Device.id)


def _open_drive() -> ColumnElement[bool]:
    """A drive of which nothing says that its data has gone, ever: only then can the proof be held."""
    return exists().where(
        DriveSighting.device_id == Device.id,
        DriveSighting.removed_at.is_(None),
        Drive.id == DriveSighting.drive_id,
        Drive.same_as_id.is_(None),
        Drive.wiped_at.is_(None),
        Drive.destroyed_at.is_(None),
    )


def recorded(codes: Sequence[str]) -> list[Recorded]:
    """Each of these devices, in that order; codes of none are left out."""
    rows = session.scalars(
        select(Device).where(Device.code.in_(codes), Device.merged_into_id.is_(None))
    ).all()
    numbers = certificate_queries.numbers([one.id for one in rows])
    storage = queries.storage_of(rows)
    place = {code: n for n, code in enumerate(codes)}
    return [
        Recorded(
            one,
            not MOVES[Action.FINISH_WIPING].starts_from(one.stage),
            numbers.get(one.id) if storage[one.id].proof.held else None,
            storage[one.id].proof.missing,
        )
        for one in sorted(rows, key=lambda one: place[one.code])
    ]
