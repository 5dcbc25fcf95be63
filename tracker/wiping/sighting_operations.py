"""What a report showed of a device's drives, taken back when the report turns out to be about another device.

A drive with data must not vanish that way. So it stays on record where anything else speaks for it: another report, a
declaration, an attempt, a person's decision about it; and where the report itself names this very computer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from tracker.database import session
from tracker.devices.models import Device
from tracker.wiping import drive_queries, host_rules, report_queries
from tracker.wiping.drive_operations import find_drive, fitted, shared_serials
from tracker.wiping.home_queries import Homes
from tracker.wiping.models import Drive, ReportFile, StorageDeclaration, Wipe
from tracker.wiping.readings import DriveSeen, ReportReading, WipeRun


def withdraw(report: ReportFile, device: Device, decided: Collection[int]) -> list[Drive]:
    """The drives that this report alone showed in the device: they are seen in it no more.

    The report is no longer the device's, its attempts are gone. `decided`: ids of drives of which a person had said,
    in a decision on the report, that they are in this device.
    """
    reading = report_queries.reading_of(report)
    shown = {
        drive.id: drive
        for one, drive in _shown(reading, device)
        if drive.id not in decided and not _names(one, reading, device)
    }
    kept = _spoken_for(report, device, shown) if shown else set()
    withdrawn = []
    for drive in shown.values():
        sighting = drive_queries.sighting(device.id, drive.id)
        if sighting is not None and drive.id not in kept:
            session.delete(sighting)
            withdrawn.append(drive)
    session.flush()
    return withdrawn


def _shown(reading: ReportReading, device: Device) -> Iterator[tuple[DriveSeen | WipeRun, Drive]]:
    """What a report shows and which drive that is in this device, whichever computer it names."""
    shared = shared_serials(reading)
    for one in fitted(reading):
        drive = find_drive(device, one, shared)
        if drive is not None:
            yield one, drive


def _names(one: DriveSeen | WipeRun, reading: ReportReading, device: Device) -> bool:
    """Whether the report says that this was seen in the computer with the device's own serial number."""
    host = one.host or reading.computer
    return host is not None and host_rules.agrees(host.serial_keys, device.serial_key)


def _spoken_for(report: ReportFile, device: Device, drive_ids: Collection[int]) -> set[int]:
    """Those of the drives for which something else speaks."""
    of_device = (StorageDeclaration.device_id == device.id, StorageDeclaration.drive_id.in_(drive_ids))
    found = {one for one in session.scalars(select(StorageDeclaration.drive_id).where(*of_device)) if one}
    attempts = (Wipe.device_id == device.id, Wipe.drive_id.in_(drive_ids), Wipe.report_id != report.id)
    here = ~Wipe.foreign | Wipe.accepted
    found |= set(session.scalars(select(Wipe.drive_id).where(*attempts, here)))
    for other in report_queries.reports_of(device):
        if other.id != report.id:
            found |= _seen_here(other, device)
    return found


def _seen_here(report: ReportFile, device: Device) -> set[int]:
    """The drives that a report shows in this device, those of other computers left out."""
    reading = report_queries.reading_of(report)
    homes = Homes(reading, report.device or device)
    seen = set()
    for one, drive in _shown(reading, device):
        home = homes.of(one.host)
        if home.device.id == device.id and not home.foreign:
            seen.add(drive.id)
    return seen
