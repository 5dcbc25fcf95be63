"""Reading report files: one, those of a device, those that wait for a person, uploads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, undefer

from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.wiping import readers
from tracker.wiping.models import Drive, DriveSighting, ReportFile, ReportUpload, Wipe
from tracker.wiping.readers import UNKNOWN
from tracker.wiping.reading_rules import Unreadable, made_by, restored
from tracker.wiping.readings import ReportReading, say

_LOST = N_("This file was deleted after its time, and what was read of it then is not understood any more.")
_NOT_SETTLED = (ReportFile.device_id.is_(None), ReportFile.dismissed_at.is_(None), ReportFile.kind != UNKNOWN)


def report(report_id: int) -> ReportFile:
    """The report with its content. Raises `NotHere`."""
    found = session.scalars(
        select(ReportFile).where(ReportFile.id == report_id).options(undefer(ReportFile.content))
    ).first()
    if found is None:
        raise NotHere(N_("This report is not here. Look it up from its device."))
    return found


def held(report_id: int) -> ReportFile:
    """The report as it stands, its row locked until the transaction ends: two people may decide on it at once."""
    return session.scalars(
        select(ReportFile)
        .where(ReportFile.id == report_id)
        .options(undefer(ReportFile.content))
        .with_for_update(of=ReportFile)
        .execution_options(populate_existing=True)
    ).one()


def reading_of(report: ReportFile) -> ReportReading:
    """What the report says: as it was kept, or read again where the readers have changed and the file is still there."""
    if made_by(report.reading) != readers.VERSION and report.content is not None:
        return readers.read(report.content, report.name)
    try:
        return restored(report.reading)
    except Unreadable:
        return ReportReading(UNKNOWN, notes=(say(_LOST),))


def by_hash(digest: str) -> ReportFile | None:
    return session.scalars(select(ReportFile).where(ReportFile.sha256 == digest)).first()


def among(report_ids: Collection[int]) -> dict[int, ReportFile]:
    """id → report with its device, without content."""
    rows = session.scalars(
        select(ReportFile).where(ReportFile.id.in_(report_ids)).options(joinedload(ReportFile.device))
    ).all()
    return {row.id: row for row in rows}


def reports_of(device: Device) -> Sequence[ReportFile]:
    """Every report that says something of the device, the newest first."""
    with_runs = select(Wipe.report_id).where(Wipe.device_id == device.id)
    return session.scalars(
        select(ReportFile)
        .where(or_(ReportFile.device_id == device.id, ReportFile.id.in_(with_runs)))
        .order_by(ReportFile.id.desc())
    ).all()


def unmatched(limit: int = 50) -> Sequence[ReportFile]:
    """Reports that wait for a person to say which device they are about, oldest first."""
    return session.scalars(select(ReportFile).where(*_NOT_SETTLED).order_by(ReportFile.id).limit(limit)).all()


def count_unmatched() -> int:
    return session.scalar(select(func.count()).select_from(ReportFile).where(*_NOT_SETTLED)) or 0


def wipes_of(report_ids: Collection[int]) -> dict[int, list[Wipe]]:
    """report id → the attempts it tells of, in the file's order."""
    found: dict[int, list[Wipe]] = defaultdict(list)
    rows = session.scalars(
        select(Wipe)
        .options(joinedload(Wipe.drive))
        .where(Wipe.report_id.in_(report_ids))
        .order_by(Wipe.report_id, Wipe.place)
    ).all()
    for wipe in rows:
        found[wipe.report_id].append(wipe)
    return found


def upload(upload_id: int) -> ReportUpload:
    found = session.get(ReportUpload, upload_id)
    if found is None:
        raise NotHere(N_("This upload is not here. Look its reports up from their devices."))
    return found


def owners(keys: Collection[str]) -> dict[str, set[int]]:
    """serial key → ids of the devices with that serial number."""
    found: dict[str, set[int]] = defaultdict(set)
    for device_id, _code, key in _with_serials(keys):
        found[key].add(device_id)
    return found


def codes_by_serial(keys: Collection[str]) -> dict[str, set[str]]:
    """code → which of these serial keys the device has."""
    found: dict[str, set[str]] = defaultdict(set)
    for _id, code, key in _with_serials(keys):
        found[code].add(key)
    return found


def _with_serials(keys: Collection[str]) -> list[tuple[int, str, str]]:
    """(id, code, serial key) of every device with one of these serial numbers."""
    if not keys:
        return []
    rows = session.execute(
        select(Device.id, Device.code, Device.serial_key).where(
            Device.serial_key.in_(keys), Device.merged_into_id.is_(None)
        )
    ).all()
    return [(row[0], row[1], row[2] or "") for row in rows]


def codes_by_drive(keys: Collection[str]) -> dict[str, set[str]]:
    """code → which of these serial keys belong to drives seen in the device and not taken out."""
    found: dict[str, set[str]] = defaultdict(set)
    if keys:
        rows = session.execute(
            select(Device.code, Drive.serial_key)
            .join(DriveSighting, DriveSighting.device_id == Device.id)
            .join(Drive, Drive.id == DriveSighting.drive_id)
            .where(
                Drive.serial_key.in_(keys),
                DriveSighting.removed_at.is_(None),
                Drive.boot_stick_at.is_(None),
                Device.merged_into_id.is_(None),
            )
        ).all()
        for code, key in rows:
            found[code].add(key or "")
    return found
