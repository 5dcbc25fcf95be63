"""What reports say of a device's inside, and what stands of it, with what stood before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base, Json, text_enum
from tracker.wiping.hardware_value_rules import Piece

_STANDS = text("until_at IS NULL")


class HardwareClaim(Base):
    """What one report says, kept as long as the report is the device's.

    `says`: {piece: value, …, "drives": {what the drive is known by: bytes}}, names as they are shown.
    """

    __tablename__ = "hardware_claims"
    __table_args__: Any = {}

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report_files.id"), primary_key=True, autoincrement=False
    )
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    source: Mapped[str] = mapped_column(String(32))  # the reader's kind
    told_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    says: Mapped[dict[str, Any]]


class HardwareFact(Base):
    """What stood in a device's specification from one moment to another, and who said it.

    `source`: a reader's kind, `person` or `arrival`. A person may have chosen what a report says: then both stand here.
    """

    __tablename__ = "hardware_facts"
    __table_args__ = (
        Index("ix_hardware_facts_device_id_piece", "device_id", "piece"),
        Index(
            "uq_hardware_facts_standing", "device_id", "piece",
            unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    piece: Mapped[Piece] = mapped_column(text_enum(Piece))
    value: Mapped[Any] = mapped_column(Json, nullable=False)  # text or a number; null: a person took it away
    source: Mapped[str] = mapped_column(String(32))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report_files.id"), index=True)
    said_by: Mapped[int | None]
    said_at: Mapped[datetime]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    # What waits for a person to choose: [{"value": …, "source": …, "report": …, "told_at": …}, …].
    disputed: Mapped[list[Any]]
