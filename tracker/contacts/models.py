"""A person or a body that can be reached: the only table that holds personal data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import false
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.contacts.rules import ContactKind, Purpose
from tracker.database import Base, text_enum


class Contact(Base):
    """Name, e-mail, telephone, address. Everything else points here by id, so that a person can be forgotten."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(text_enum(ContactKind))
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_contact_at: Mapped[datetime] = mapped_column(default=now, index=True)
    # What it is kept for where that is one thing only, and until when; None: as long as there is contact.
    purpose: Mapped[Purpose | None] = mapped_column(text_enum(Purpose))
    keep_until: Mapped[datetime | None] = mapped_column(index=True)
    forgotten: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
