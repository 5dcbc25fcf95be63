"""Donors, what they gave and when, and which device came with which gift."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.collection.rules import DonorKind, TakenAs
from tracker.contacts.models import Contact
from tracker.database import Base, text_enum


class Donor(Base):
    """Who gives. `name` is an organisation's; a person's name, and how to reach anyone, is in the contact."""

    __tablename__ = "donors"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[DonorKind] = mapped_column(text_enum(DonorKind))
    name: Mapped[str | None] = mapped_column(String(200))
    siret: Mapped[str | None] = mapped_column(String(14), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    contact: Mapped[Contact | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Collection(Base):
    """One gift from one donor, on one day or round."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    date: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(default=now)

    donor: Mapped[Donor] = relationship()


class Intake(Base):
    """A device's place in its collection. `position` is printed on its label: it is never given twice."""

    __tablename__ = "intakes"
    __table_args__ = (
        UniqueConstraint("collection_id", "position"),
        UniqueConstraint("collection_id", "list_sha256", "list_row"),
        Index("ix_intakes_alike", "collection_id", "row_key"),
    )

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True, autoincrement=False)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"))
    position: Mapped[int]
    # Where a row without a serial number came from, so that the same file adds it once.
    list_sha256: Mapped[str | None] = mapped_column(String(64))
    list_row: Mapped[int | None]
    row_key: Mapped[str | None] = mapped_column(String(64))


class PendingList(Base):
    """A list between its dry run and the word to import it. Kept a day at most: it may name people."""

    __tablename__ = "pending_lists"
    __table_args__: Any = {}

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"))
    name: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    options: Mapped[dict[str, Any]]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)


class GiveBack(Base):
    """A device given back to its donor: who took it, in what quality, with what signature."""

    __tablename__ = "give_backs"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"))
    taken_as: Mapped[TakenAs] = mapped_column(text_enum(TakenAs))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)  # the name of who signed
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)  # PNG, when it was drawn
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
