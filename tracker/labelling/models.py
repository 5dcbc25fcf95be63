"""The register of prints: what was sent to a printer, by whom, on what, and why again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.history.models import BIG_ID
from tracker.labelling.rules import Reason


class PrintRun(Base):
    """Labels printed together. `token` (SHA-256) names the form it came from: sent twice, it is printed once."""

    __tablename__ = "print_runs"
    __table_args__ = (Index("ix_print_runs_last", "by_user_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    medium: Mapped[str] = mapped_column(String(40))
    format: Mapped[str] = mapped_column(String(16))
    start: Mapped[int]  # the first cell used, from 1
    count: Mapped[int]
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    printer_id: Mapped[int | None]  # the printer it was made for; None where nobody said
    job_id: Mapped[int | None]  # of `print_jobs`, where the printer takes files by itself
    by_itself: Mapped[bool | None]  # it followed a move, nobody pressed a button
    undone_at: Mapped[datetime | None]  # somebody said that it did not print
    undone_by: Mapped[int | None]

    prints: Mapped[list[Print]] = relationship(order_by="Print.id", viewonly=True)


class Print(Base):
    """One label. `cell` is where on its sheet it stands, from 1; None on a roll. `sheet_id`: that sheet, if it is one that
    was begun. `device_id` None for a free tag or a place."""

    __tablename__ = "prints"
    __table_args__ = (
        Index("ix_prints_due", "device_id", "design", "at"),
        Index("ix_prints_code", "code", "id"),
        Index("ix_prints_at", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"), index=True)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(ForeignKey("tags.code"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    design: Mapped[str] = mapped_column(String(32))
    cell: Mapped[int | None]
    sheet_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]  # as of its run, kept here for the queue's sake
    reason: Mapped[Reason | None] = mapped_column(text_enum(Reason))

    run: Mapped[PrintRun] = relationship(viewonly=True)
