"""Reading stations: the list, one, what one signed, and what may be claimed of a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.rules import Actor, Role
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.wiping.models import ReportFile
from tracker.wiping.station_models import Station, StationReceipt
from tracker.wiping.station_rules import ReportClaim, ReportOrigin


@dataclass(frozen=True)
class StationLine:
    """A station as the list shows it: how many reports it signed."""

    station: Station
    reports: int


def stations(by: Actor) -> Sequence[StationLine]:
    """The stations of the actor's workshop (an administrator sees all), those that work first, then by name."""
    counted = (
        select(StationReceipt.station_id, func.count().label("reports"))
        .group_by(StationReceipt.station_id)
        .subquery()
    )
    asked = (
        select(Station, func.coalesce(counted.c.reports, 0))
        .join(counted, counted.c.station_id == Station.id, isouter=True)
        .order_by(Station.revoked_at.is_not(None), func.lower(Station.name), Station.id)
    )
    if not by.is_at_least(Role.ADMIN):
        asked = asked.where(Station.site_id == by.site_id)
    return [StationLine(station, reports) for station, reports in session.execute(asked).all()]


def station(station_id: int, by: Actor) -> Station:
    """That station of the actor's workshop. Raises `NotHere`."""
    found = session.get(Station, station_id)
    if found is None or (found.site_id != by.site_id and not by.is_at_least(Role.ADMIN)):
        raise NotHere(N_("This station is not here. Look it up in the list of stations."))
    return found


def locked(station_id: int) -> Station | None:
    """The station, its row held until the transaction ends: its counter is judged by one at a time."""
    return session.scalars(
        select(Station)
        .where(Station.id == station_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def waiting_for(code_hash: str) -> Station | None:
    """The station whose one-time code that is, its row held."""
    return session.scalars(
        select(Station)
        .where(Station.code_hash == code_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def receipt(station_id: int, report_id: int) -> StationReceipt | None:
    return session.scalars(
        select(StationReceipt).where(
            StationReceipt.station_id == station_id, StationReceipt.report_id == report_id
        )
    ).first()


def claim_of(report: ReportFile) -> ReportClaim:
    """Whether an enrolled station signed the report, or a person imported it."""
    return claims_of([report.id])[report.id]


def claims_of(report_ids: Collection[int]) -> dict[int, ReportClaim]:
    """report id → what may be claimed of it; by the first station that signed it."""
    rows = session.scalars(
        select(StationReceipt)
        .where(StationReceipt.report_id.in_(report_ids))
        .options(joinedload(StationReceipt.station))
        .order_by(StationReceipt.id.desc())
    ).all()
    people = session.execute(
        select(ReportFile.id, ReportFile.received_by).where(ReportFile.id.in_(report_ids))
    ).all()
    brought = {row[0]: row[1] for row in people}
    found = {one: ReportClaim(ReportOrigin.IMPORTED, brought_by=brought.get(one)) for one in report_ids}
    for row in rows:
        found[row.report_id] = ReportClaim(
            ReportOrigin.STATION, row.station_id, row.station.name, row.signed_at, brought.get(row.report_id)
        )
    return found


def last_signed(station_id: int) -> datetime | None:
    """When the station's last report came."""
    return session.scalar(
        select(func.max(StationReceipt.received_at)).where(StationReceipt.station_id == station_id)
    )
