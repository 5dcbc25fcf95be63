"""Handovers: which devices went to whom, against which signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Association
from tracker.allocation.models import Allocation, EquipmentRequest
from tracker.collection.rules import DonorKind
from tracker.contacts.models import Contact
from tracker.database import Base, text_enum
from tracker.devices.models import Device
from tracker.distribution.rules import Otherwise


class Handover(Base):
    """Devices given against one signature.

    `facts` are what the document says, kept as they were on the day, with `document_hash` (SHA-256 of their
    canonical JSON); they name no person. Who signed is a contact, which can be forgotten.
    """

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("equipment_requests.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signer_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    people: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    document_hash: Mapped[str] = mapped_column(String(64))

    request: Mapped[EquipmentRequest] = relationship(viewonly=True)
    association: Mapped[Association] = relationship(viewonly=True)
    signer: Mapped[Contact] = relationship(viewonly=True)
    items: Mapped[list[HandoverItem]] = relationship(order_by="HandoverItem.id", viewonly=True)


class HandoverItem(Base):
    """One device of a handover. `origin` is the donor's kind on the day; `returned_at` when it came back."""

    __tablename__ = "handover_items"
    __table_args__ = (Index("ix_handover_items_device", "device_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocations.id"), index=True)
    price_cents: Mapped[int]
    origin: Mapped[DonorKind | None] = mapped_column(text_enum(DonorKind))
    otherwise: Mapped[Otherwise | None] = mapped_column(text_enum(Otherwise))
    returned_at: Mapped[datetime | None]
    return_note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))

    device: Mapped[Device] = relationship(viewonly=True)
    handover: Mapped[Handover] = relationship(viewonly=True)
    allocation: Mapped[Allocation] = relationship(viewonly=True)


class Signature(Base):
    """What a person signed with, drawn or typed: apart from the handover, so that it can be erased and the record stays."""

    __tablename__ = "signatures"
    __table_args__: Any = {}

    handover_id: Mapped[int] = mapped_column(
        ForeignKey("handovers.id"), primary_key=True, autoincrement=False
    )
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    role: Mapped[str | None] = mapped_column(String(120))  # as the person stated it
    image: Mapped[bytes | None] = mapped_column(LargeBinary)  # PNG
    image_hash: Mapped[str | None] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]
