"""Files on their way to a printer. What was asked for stands here before anything is sent, so that nothing is lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.printing.models import Printer
from tracker.printing.rules import JobState


class PrintJob(Base):
    """One file for one printer. `data` is emptied some days after it was sent; `reference` names it in the sender's words."""

    __tablename__ = "print_jobs"
    __table_args__ = (
        Index("ix_print_jobs_due", "state", "next_try_at"),
        Index("ix_print_jobs_printer", "printer_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    printer_id: Mapped[int] = mapped_column(ForeignKey("printers.id"))
    name: Mapped[str] = mapped_column(String(120))
    mimetype: Mapped[str] = mapped_column(String(80))
    data: Mapped[bytes | None] = mapped_column(deferred=True)  # lists do not read it
    sha256: Mapped[str] = mapped_column(String(64))
    labels: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[JobState] = mapped_column(text_enum(JobState))
    attempts: Mapped[int] = mapped_column(default=0)
    # How many of them were over when a person asked again: what is tried by itself is counted from there.
    attempts_before: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    fault: Mapped[dict[str, Any] | None]  # a packed sentence: why the last attempt failed, and what to do
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    next_try_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]  # by a sender or the helper; too long ago means that it died
    helper_id: Mapped[
        int | None
    ]  # the helper that took it last: nobody else is given what it never answered for
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    printer: Mapped[Printer] = relationship()

    __mapper_args__ = {"version_id_col": version}
