"""Sheets that were begun, so that no cell is wasted and none is printed twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base


class BegunSheet(Base):
    """One sheet of a medium, shared by everyone of a site. `cells`: a letter for each, `.` free, `p` printed,
    `x` spoilt or gone."""

    __tablename__ = "label_sheets"
    __table_args__ = (
        Index("ix_label_sheets_begun", "site_id", "medium", "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    medium: Mapped[str] = mapped_column(String(40))
    cells: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(default=now)
    begun_by: Mapped[int | None]
    used_at: Mapped[datetime] = mapped_column(default=now)  # printed on, or taken out of the drawer again
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
