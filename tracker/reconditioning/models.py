"""Answers to checklists, and grades: rows that are only added. The latest of a round counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base, text_enum
from tracker.devices.rules import Grade
from tracker.reconditioning.rules import Answer


class CheckAnswer(Base):
    """One answer to one line. `round_id` is the history entry that began the round, `entry_id` the one it came with."""

    __tablename__ = "check_answers"
    __table_args__ = (
        Index("ix_check_answers_device_id_round_id", "device_id", "round_id"),
        Index("ix_check_answers_round_id", "round_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    round_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    line: Mapped[str] = mapped_column(String(40))
    answer: Mapped[Answer] = mapped_column(text_enum(Answer))
    answered_at: Mapped[datetime]
    answered_by: Mapped[int | None]
    # Set when the move it came with was undone: it then counts no more.
    withdrawn_at: Mapped[datetime | None]


class Grading(Base):
    """One judgement of how a device looks and lasts. Its note stands in history, where it can be erased."""

    __tablename__ = "gradings"
    __table_args__ = (
        Index("ix_gradings_device_id_round_id", "device_id", "round_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    round_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    grade: Mapped[Grade] = mapped_column(text_enum(Grade))
    battery: Mapped[Grade | None] = mapped_column(text_enum(Grade))
    battery_percent: Mapped[int | None]
    screen: Mapped[Grade | None] = mapped_column(text_enum(Grade))
    casing: Mapped[Grade | None] = mapped_column(text_enum(Grade))
    graded_at: Mapped[datetime]
    graded_by: Mapped[int | None]
