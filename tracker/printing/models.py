"""Printers, and what each of them does wrong with each medium."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.printing.rules import Way


class Printer(Base):
    """One printer of a site. `address` is the queue's name, `host:port`, or None; `medium` is what lies in it."""

    __tablename__ = "printers"
    __table_args__ = (
        UniqueConstraint("site_id", "name", name="uq_printers_site_id_name"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(80))
    way: Mapped[Way] = mapped_column(text_enum(Way))
    address: Mapped[str | None] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(16))
    dpi: Mapped[int | None]  # 203, 300 or 600; None: what is usual for the format
    colour: Mapped[bool | None]  # None: in colour on sheets, black on rolls
    medium: Mapped[str | None] = mapped_column(String(40))
    # Whether a label printer is asked how it is before and after (ZPL's ~HS). None: where it speaks ZPL.
    asks_status: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    fits: Mapped[list[Fit]] = relationship(back_populates="printer")

    __mapper_args__ = {"version_id_col": version}


class Fit(Base):
    """What corrects one printer on one medium: `labels.sheets.Calibration` (mm to the right, mm down, scale)."""

    __tablename__ = "printer_fits"
    __table_args__ = (
        UniqueConstraint("printer_id", "medium", name="uq_printer_fits_printer_id_medium"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printers.id"))
    medium: Mapped[str] = mapped_column(String(40))
    x_mm: Mapped[float]
    y_mm: Mapped[float]
    scale: Mapped[float]
    set_at: Mapped[datetime] = mapped_column(default=now)
    set_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    printer: Mapped[Printer] = relationship(back_populates="fits")

    __mapper_args__ = {"version_id_col": version}
