"""Sheets and rolls that a workshop added itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base


class OwnMedium(Base):
    """A `labels.media.Medium` in millimetres. Its name never changes: prints in the register bear it."""

    __tablename__ = "own_media"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(40), unique=True)  # `own-…`, made from the words
    words: Mapped[str] = mapped_column(String(80))  # what the workshop calls it
    kind: Mapped[str] = mapped_column(String(8))  # sheet or roll
    columns: Mapped[int]
    rows: Mapped[int]
    width_mm: Mapped[float]
    height_mm: Mapped[float]
    page_width_mm: Mapped[float]
    page_height_mm: Mapped[float]
    left_mm: Mapped[float]
    top_mm: Mapped[float]
    across_mm: Mapped[float]
    down_mm: Mapped[float]
    edge_x_mm: Mapped[float]
    edge_y_mm: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
