"""Entries that are only ever added, the head of each site's chain, the notes that may be erased, and numbers given."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base

EVERY_YEAR = 0  # the year of a series that never begins anew
BIG_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER key by itself


class NumberSeries(Base):
    """The last number given in a series and year; the row is locked while the next is taken."""

    __tablename__ = "number_series"
    __table_args__: Any = {}

    series: Mapped[str] = mapped_column(String(16), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class ChainHead(Base):
    """The last entry of a site's chain; the row is locked while the next is written."""

    __tablename__ = "chain_heads"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64))


class Note(Base):
    """Free text beside an entry. Salt and text can be erased; the entry keeps only the salted hash."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    salt: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str | None]


class HistoryEntry(Base):
    """One thing that happened. Never changed, never removed: triggers refuse it."""

    __tablename__ = "history_entries"
    __table_args__ = (
        UniqueConstraint("site_id", "sequence"),
        Index("ix_history_entries_subject", "subject_kind", "subject_id", "id"),
        Index("ix_history_entries_moves", "action", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(40))
    from_stage: Mapped[str | None] = mapped_column(String(32))
    to_stage: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]]
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    note_hash: Mapped[str | None] = mapped_column(String(64))
    dwell_s: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Told(Protocol):
    """What a story tells of an entry: the entry itself, or a row of these columns."""

    @property
    def id(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def action(self) -> str: ...
    @property
    def from_stage(self) -> str | None: ...
    @property
    def to_stage(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def note_id(self) -> int | None: ...


class Checkpoint(Base):
    """All heads at one moment, with one hash over them: what certificates carry as a witness."""

    __tablename__ = "checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    heads: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
