"""Boot sticks that send reports by themselves, and what they signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base
from tracker.signing.enrolment_models import Enrolled
from tracker.wiping.models import ReportFile
from tracker.wiping.station_rules import StationStanding


class Station(Enrolled, Base):
    """One stick. How it comes by its secret, `Enrolled` says."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> StationStanding:
        if self.revoked_at is not None:
            return StationStanding.REVOKED
        return StationStanding.WAITS if self.nonce is None else StationStanding.ENROLLED


class StationReceipt(Base):
    """That a station signed a file: what was signed, so that it can be checked again. Written once."""

    __tablename__ = "station_receipts"
    __table_args__ = (
        UniqueConstraint("station_id", "counter"),
        UniqueConstraint("station_id", "report_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report_files.id"), index=True)
    name: Mapped[str]
    counter: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime]  # on the station's clock
    received_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(String(64))

    station: Mapped[Station] = relationship()
    report: Mapped[ReportFile] = relationship()
