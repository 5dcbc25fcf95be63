"""What associations ask for, and which device is promised to which line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Association
from tracker.allocation.rules import Ending, RequestState
from tracker.database import Base, text_enum
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType


class EquipmentRequest(Base):
    """What an association asks for. Beneficiaries appear by the association's own reference, never by name."""

    __tablename__ = "equipment_requests"
    __table_args__ = (
        Index("ix_equipment_requests_state", "state", "sent_at"),
        Index("ix_equipment_requests_association", "association_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"))
    referrer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reference: Mapped[str | None] = mapped_column(String(80))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))  # free text, erasable
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))  # why declined, cancelled or closed
    state: Mapped[RequestState] = mapped_column(text_enum(RequestState))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    association: Mapped[Association] = relationship(viewonly=True)
    lines: Mapped[list[RequestLine]] = relationship(order_by="RequestLine.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}


class RequestLine(Base):
    """So many devices of one type, each at least such. `needs` as `rules.Needs.as_json`."""

    __tablename__ = "request_lines"
    __table_args__ = (Index("ix_request_lines_type", "type", "request_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("equipment_requests.id"), index=True)
    type: Mapped[DeviceType] = mapped_column(text_enum(DeviceType))
    quantity: Mapped[int]
    needs: Mapped[dict[str, Any]] = mapped_column(default=dict)

    request: Mapped[EquipmentRequest] = relationship(viewonly=True)


class Allocation(Base):
    """A device promised to a line: `active` from the reservation until it is released or comes back.

    The unique index over active rows is what makes it impossible to promise one device twice.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        Index(
            "uq_allocations_active",
            "device_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
        Index("ix_allocations_device", "device_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("request_lines.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    reserved_at: Mapped[datetime]
    reserved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ending: Mapped[Ending | None] = mapped_column(text_enum(Ending))

    device: Mapped[Device] = relationship(viewonly=True)
    line: Mapped[RequestLine] = relationship(viewonly=True)
