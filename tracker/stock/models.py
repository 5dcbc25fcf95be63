"""Rooms, shelves and boxes, and which device is where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Site
from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.stock.rules import LocationKind


class Location(Base):
    """A place in a workshop, perhaps inside another one. `code` is that of its tag."""

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("site_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(ForeignKey("tags.code"), unique=True)
    kind: Mapped[LocationKind] = mapped_column(text_enum(LocationKind))
    name: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site] = relationship()
    parent: Mapped[Location | None] = relationship(remote_side="Location.id")

    __mapper_args__ = {"version_id_col": version}


class Placement(Base):
    """Where a device is, and since when. No row: nobody has said."""

    __tablename__ = "placements"
    __table_args__ = {"sqlite_autoincrement": False}

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=now)

    location: Mapped[Location] = relationship()
