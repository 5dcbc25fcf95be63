"""The slips under which devices left for recycling, and which device left under which."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base


class RecyclingSlip(Base):
    """One way out. `number` is None where there is no slip; the reason then stands in history, as an erasable note."""

    __tablename__ = "recycling_slips"
    __table_args__ = (UniqueConstraint("number", "recycler_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[str | None] = mapped_column(String(60))
    recycler: Mapped[str | None] = mapped_column(String(200))
    recycler_key: Mapped[str] = mapped_column(String(200))
    left_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]


class RecycledDevice(Base):
    """A device on a slip. `withdrawn_at` is set when its departure was undone."""

    __tablename__ = "recycled_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey("recycling_slips.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("history_entries.id"))
    withdrawn_at: Mapped[datetime | None]
