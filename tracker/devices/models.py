"""Devices, the tags that name them, their flags and accessories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Site
from tracker.database import Base, text_enum
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.rules import DeviceType, Grade
from tracker.devices.tags import TagState


class Tag(Base):
    """A printed code. It lives apart from what it names: minted first, attached by a scan, replaced, void."""

    __tablename__ = "tags"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    state: Mapped[TagState] = mapped_column(text_enum(TagState))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("tags.code"))
    minted_at: Mapped[datetime]


class Device(Base):
    """One laptop, screen, phone… `stage` is written by `operations` alone, beside its history entry."""

    __tablename__ = "devices"
    __table_args__ = (
        Index("ix_devices_stage_since", "stage", "stage_since"),
        Index("ix_devices_type_stage", "type", "stage"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    type: Mapped[DeviceType] = mapped_column(text_enum(DeviceType))
    manufacturer: Mapped[str | None]
    model: Mapped[str | None]
    serial: Mapped[str | None]
    # A hint, never an identity: several devices may share one, and a person decides.
    serial_key: Mapped[str | None] = mapped_column(index=True)
    # A phone with two SIM cards has two. Hints as well, but the same one twice is the same phone (3GPP TS 22.016).
    imei: Mapped[str | None] = mapped_column(String(15), index=True)
    imei2: Mapped[str | None] = mapped_column(String(15), index=True)
    weight_g: Mapped[int | None]
    stage: Mapped[Stage] = mapped_column(text_enum(Stage))
    stage_since: Mapped[datetime]
    # The last time it came through our door: a report older than this proves nothing.
    arrived_at: Mapped[datetime | None]
    grade: Mapped[Grade | None] = mapped_column(text_enum(Grade))
    # {"cpu": …, "memory_mb": …, "storage_gb": …, "battery_percent": …, "screen_inches": …, "system": …}
    specification: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site] = relationship(viewonly=True)
    flags: Mapped[list[DeviceFlag]] = relationship(
        primaryjoin="and_(Device.id == DeviceFlag.device_id, DeviceFlag.cleared_at.is_(None))",
        order_by="DeviceFlag.id",
        viewonly=True,
    )
    accessories: Mapped[list[Accessory]] = relationship(order_by="Accessory.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """Maker and model, or an empty text."""
        return " ".join(part for part in (self.manufacturer, self.model) if part)


class DeviceFlag(Base):
    """A problem beside the stage, raised and cleared by someone."""

    __tablename__ = "device_flags"
    __table_args__ = (
        Index(
            "uq_device_flags_open",
            "device_id",
            "flag",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    flag: Mapped[Flag] = mapped_column(text_enum(Flag))
    raised_at: Mapped[datetime]
    raised_by: Mapped[int | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[int | None]


class Accessory(Base):
    """A charger, a cable, a bag that goes with a device."""

    __tablename__ = "accessories"
    __table_args__ = (UniqueConstraint("device_id", "kind"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    kind: Mapped[str] = mapped_column(String(32))
    packed_at: Mapped[datetime | None]
    packed_by: Mapped[int | None]
