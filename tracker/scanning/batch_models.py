"""Batches of scans: what is done to every device that is scanned in one, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.benches.rules import MODE_MINUTES
from tracker.clock import now
from tracker.database import Base

_OPEN = text("closed_at IS NULL")


class ScanBatch(Base):
    """Scans that belong together. `id` is a UUID of the client's, so that one can begin without network.

    `action` None with neither `place` nor a grade in `values`: a batch that only looks up. `clients`: who scans in it →
    `{"at": the client's time of its last scan, "unsent": scans that it says it still holds, "told": in which of its calls}`. `idle_minutes`: how long one may rest in
    it, as the workshop had chosen when it was opened: scans that a phone still holds are judged by what it showed.
    """

    __tablename__ = "scan_batches"
    __table_args__ = (
        Index("ix_scan_batches_open", "site_id", "received_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_tokens.id"))
    opened_at: Mapped[datetime]  # by the client's clock, which may be days wrong
    received_at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(8), ForeignKey("tags.code"))
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id"))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    clients: Mapped[dict[str, Any]] = mapped_column(default=dict)
    idle_minutes: Mapped[int] = mapped_column(default=MODE_MINUTES, server_default=str(MODE_MINUTES))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
