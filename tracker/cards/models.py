"""Command cards and badges: tags that name no device, but what is to be done, or who does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.cards.rules import Ending
from tracker.clock import now
from tracker.database import Base, text_enum

_OPEN = text("ended_at IS NULL")


class CommandCard(Base):
    """A card of a workshop. `command` is a key of `rules.commands`; one in force for each."""

    __tablename__ = "command_cards"
    __table_args__ = (
        Index(
            "uq_command_cards_open",
            "site_id",
            "command",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("tags.code"), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    command: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class Badge(Base):
    """Who works at a shared bench. It names a person and proves nothing: what proves it is the PIN, kept as a hash."""

    __tablename__ = "badges"
    __table_args__ = (
        Index("uq_badges_open", "user_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("tags.code"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    issued_at: Mapped[datetime] = mapped_column(default=now)
    issued_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_for: Mapped[Ending | None] = mapped_column(text_enum(Ending))
    pin_hash: Mapped[str | None] = mapped_column(String(255))
    pin_set_at: Mapped[datetime | None]
    pin_failures: Mapped[int] = mapped_column(default=0, server_default="0")  # wrong ones in a row
    pin_locked_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}
