"""Rolls of tags, and the lots of them that were handed to who collects."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base


class TagRoll(Base):
    """Tags minted together, counted from 1. `reference` is written on the roll or sheet: `R-003`."""

    __tablename__ = "tag_rolls"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    count: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]


class RollTag(Base):
    """Where a tag stands on its roll, from 1."""

    __tablename__ = "roll_tags"
    __table_args__ = (UniqueConstraint("roll_id", "position"), {"sqlite_autoincrement": False})

    code: Mapped[str] = mapped_column(ForeignKey("tags.code"), primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("tag_rolls.id"))
    position: Mapped[int]

    roll: Mapped[TagRoll] = relationship(viewonly=True)


class TagLot(Base):
    """Tags `first` to `last` of a roll, handed to a person or a workshop. Lots in force never overlap.

    `ended_at`: they were brought back, or declared lost.
    """

    __tablename__ = "tag_lots"

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("tag_rolls.id"), index=True)
    first: Mapped[int]
    last: Mapped[int]
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    handed_on: Mapped[date]
    handed_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    roll: Mapped[TagRoll] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}
