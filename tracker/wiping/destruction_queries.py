"""Destructions that were declared: which wait for a second person, and what shows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from tracker.database import read_once, session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.wiping.models import DestructionPhoto, StorageDeclaration
from tracker.wiping.rules import DeclarationKind

_WAITING = (
    StorageDeclaration.kind == DeclarationKind.DESTROYED,
    StorageDeclaration.confirmed_at.is_(None),
    StorageDeclaration.refused_at.is_(None),
)


def declaration(declaration_id: int) -> StorageDeclaration:
    """The declared destruction with this id. Raises `NotHere`."""
    found = session.get(StorageDeclaration, declaration_id)
    if found is None or found.kind is not DeclarationKind.DESTROYED:
        raise NotHere(N_("This destruction is not here. Look it up from its drive or its device."))
    return found


def waiting(limit: int = 50) -> Sequence[StorageDeclaration]:
    """Destructions that a second person has to confirm, the oldest first."""
    return session.scalars(_to_confirm().order_by(StorageDeclaration.id).limit(limit)).all()


def count_waiting() -> int:
    """How many `waiting` would list without its limit."""
    return session.scalar(_to_confirm().with_only_columns(func.count())) or 0


def _to_confirm() -> Select[StorageDeclaration]:
    return (
        select(StorageDeclaration)
        .join(Device, Device.id == StorageDeclaration.device_id)
        .where(*_WAITING, Device.merged_into_id.is_(None))
    )


@read_once
def waiting_drives(drive_ids: frozenset[int]) -> dict[int, int]:
    """drive id → the declaration of its destruction that waits for a second person."""
    rows = session.execute(
        select(StorageDeclaration.drive_id, StorageDeclaration.id)
        .where(*_WAITING, StorageDeclaration.drive_id.in_(drive_ids))
        .order_by(StorageDeclaration.id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def waiting_drive_ids() -> Select[Any]:
    """The ids of the drives whose declared destruction waits, for a list of drives."""
    return select(StorageDeclaration.drive_id).where(*_WAITING, StorageDeclaration.drive_id.is_not(None))


def of_drive(drive_id: int) -> Sequence[StorageDeclaration]:
    """Every destruction declared of a drive, the oldest first."""
    return session.scalars(
        select(StorageDeclaration)
        .where(StorageDeclaration.drive_id == drive_id, StorageDeclaration.kind == DeclarationKind.DESTROYED)
        .order_by(StorageDeclaration.id)
    ).all()


def photographed(declaration_ids: Collection[int]) -> set[int]:
    """Those of the declarations that have a photo."""
    chosen = select(DestructionPhoto.declaration_id).where(
        DestructionPhoto.declaration_id.in_(declaration_ids)
    )
    return set(session.scalars(chosen).all())


def has_photo(declaration_id: int) -> bool:
    return declaration_id in photographed([declaration_id])


def photo_hash(declaration_id: int) -> str | None:
    return session.scalar(
        select(DestructionPhoto.sha256).where(DestructionPhoto.declaration_id == declaration_id)
    )


def photo(declaration_id: int) -> bytes:
    """The photo as it is kept, a JPEG. Raises `NotHere`."""
    found = session.get(DestructionPhoto, declaration_id)
    if found is None:
        raise NotHere(N_("No photo of this destruction was kept."))
    return found.content
