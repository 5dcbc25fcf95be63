"""How a workshop is reached by anybody, and what somebody wrote who found a thing of ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Site
from tracker.clock import now
from tracker.contacts.models import Contact
from tracker.database import Base
from tracker.devices.models import Device


class PublicContact(Base):
    """What a workshop shows of itself to everyone: it is the body's contact, never a person's."""

    __tablename__ = "public_contacts"
    __table_args__ = {"sqlite_autoincrement": False}

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))

    contact: Mapped[Contact] = relationship()


class FoundReport(Base):
    """A stranger's word about a thing with our label. What was written is the note of its history entry.

    `keep_until`: from then on the words and the way to answer are erased.
    """

    __tablename__ = "found_reports"
    __table_args__ = (
        Index("ix_found_reports_open", "site_id", "answered_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(ForeignKey("tags.code"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    history_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    keep_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    contact: Mapped[Contact | None] = relationship()
    device: Mapped[Device | None] = relationship(viewonly=True)
    site: Mapped[Site] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}
