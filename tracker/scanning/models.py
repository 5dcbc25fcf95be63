"""Every scan that was ever judged, with its verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.devices.lifecycle import Stage
from tracker.history.models import BIG_ID
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.rules import Outcome

_OPEN = text("verdict = 'unknown' AND dismissed_at IS NULL")
_IN_A_BATCH = text("batch_id IS NOT NULL")
_TROUBLES = text("client IS NOT NULL AND dismissed_at IS NULL AND verdict IN ('refused', 'conflict')")


class Scan(Base):
    """One scan. `scan_id` is unique for ever, so that sending it again can never do it again."""

    __tablename__ = "scans"
    __table_args__ = (
        Index("ix_scans_unknown", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_scans_batch_id", "batch_id", "id", sqlite_where=_IN_A_BATCH, postgresql_where=_IN_A_BATCH),
        Index("ix_scans_troubles", "device_id", "id", sqlite_where=_TROUBLES, postgresql_where=_TROUBLES),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    scan_id: Mapped[str] = mapped_column(String(36), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    raw: Mapped[str]  # as it came, its last 500 signs
    code: Mapped[str | None] = mapped_column(String(8))
    action: Mapped[str | None] = mapped_column(String(40))
    mode: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime]  # by the client's clock, which may be days wrong
    received_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_tokens.id"))
    verdict: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    stage: Mapped[Stage | None] = mapped_column(text_enum(Stage))
    message: Mapped[dict[str, Any]]  # `i18n.packed`
    address: Mapped[str | None]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    history_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    note_id: Mapped[int | None] = mapped_column(
        ForeignKey("notes.id")
    )  # a reason or note that led to no entry
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[int | None]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey(ScanBatch.id))
    client: Mapped[str | None] = mapped_column(String(36))
    sequence: Mapped[int | None]  # the n-th scan of its client
    badge: Mapped[str | None] = mapped_column(String(8))  # of who worked at a shared bench
    scanned_by: Mapped[int | None]  # where it was not who sent it: a phone passed on with scans in it
