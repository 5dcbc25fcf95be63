"""Stock checks: what should stand in a place, and what was found there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base
from tracker.stock.models import Location

_OPEN = text("closed_at IS NULL")


class StockCheck(Base):
    """One look at a place. At most one of a place is open: whoever comes goes on with it, on any phone."""

    __tablename__ = "stock_checks"
    __table_args__ = (
        Index("ux_stock_checks_open", "location_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    opened_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]

    location: Mapped[Location] = relationship()


class StockCheckLine(Base):
    """A device that should be there or was found there, or a code that is no device's (`device_id` None).

    `expected`: it was in the place when the check began. `found_at` None: not scanned (yet). `was_in`: the code of the
    place where something unexpected belongs; None when nobody had said. `missing`: fixed when the check is closed.
    """

    __tablename__ = "stock_check_lines"
    __table_args__ = (UniqueConstraint("check_id", "code"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("stock_checks.id"))
    code: Mapped[str] = mapped_column(String(8))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    expected: Mapped[bool]
    was_in: Mapped[str | None] = mapped_column(String(8))
    found_at: Mapped[datetime | None]
    found_by: Mapped[int | None]
    missing: Mapped[bool] = mapped_column(default=False)
