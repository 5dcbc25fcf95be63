"""Computers and phones that several people share, whose turn it is there, and what a workshop wants of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.benches.rules import IDLE_MINUTES, MODE_MINUTES, TurnEnd
from tracker.cards.models import Badge
from tracker.clock import now
from tracker.database import Base, text_enum

_OPEN = text("ended_at IS NULL")


class SharedBench(Base):
    """A browser that is a bench of its workshop. Its cookie holds a random id; the row holds its SHA-256 only."""

    __tablename__ = "shared_benches"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(60))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    wrong_pins: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class BenchTurn(Base):
    """Somebody at a bench, from her PIN to the end. The browser holds a secret of this turn, the row its SHA-256.

    `last_at`: when something was last done. Of one that ended by the clock `ended_at` may still move: scans that were
    made without network say later that she was there.
    """

    __tablename__ = "bench_turns"
    __table_args__ = (
        Index("uq_bench_turns_open", "bench_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_bench_turns_bench_id", "bench_id", "began_at"),
        Index("ix_bench_turns_user_id", "user_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bench_id: Mapped[int] = mapped_column(ForeignKey("shared_benches.id"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badges.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    proven: Mapped[bool] = mapped_column(default=True, server_default=true())
    began_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_for: Mapped[TurnEnd | None] = mapped_column(text_enum(TurnEnd))

    bench: Mapped[SharedBench] = relationship(viewonly=True)
    badge: Mapped[Badge] = relationship(viewonly=True)
    user: Mapped[User] = relationship(viewonly=True)


class BenchHabits(Base):
    """What a workshop has chosen for its benches; without a row, the usual."""

    __tablename__ = "bench_habits"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    idle_minutes: Mapped[int] = mapped_column(default=IDLE_MINUTES)
    mode_minutes: Mapped[int] = mapped_column(default=MODE_MINUTES, server_default=str(MODE_MINUTES))
    badge_alone: Mapped[bool] = mapped_column(default=False, server_default=false())
