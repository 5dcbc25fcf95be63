"""What a report says of drives, taken into the record: where each was seen, and what was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.wiping import drive_queries, rules
from tracker.wiping.home_queries import Home, Homes
from tracker.wiping.models import Drive, DriveSighting, ReportFile, StorageDeclaration, Wipe
from tracker.wiping.readings import DriveSeen, Medium, Oddity, ReportReading, WipeRun
from tracker.wiping.rules import Policy
from tracker.wiping.wipe_operations import bounded, judged, mark_failures, record, settle, tell

_LONGEST_PLACE = 120


def absorb(
    report: ReportFile, reading: ReportReading, device: Device, by: Actor, policy: Policy
) -> list[Wipe]:
    """Take all that a report says of drives into the record, its runs in the file's order.

    What another computer says is not taken for this device's: its drives are left out, its runs wait for a person.
    """
    homes, shared = Homes(reading, device), shared_serials(reading)
    for seen in _fitted_drives(reading):
        home = homes.of(seen.host)
        if not home.foreign:
            _see(home.device, seen, shared, _seen_at(seen, reading, report, policy))
    wipes = []
    for place, run in enumerate(reading.wipes):
        if _is_of_a_drive(run):
            wipes.append(_attempt(report, run, homes.of(run.host), shared, place=place, policy=policy))
    settle({wipe.drive for wipe in wipes}, by)
    for wipe in wipes:
        tell(wipe, by)
    for one in {wipe.device_id for wipe in wipes} | {device.id}:
        mark_failures(devices.locked(one), by)
    return wipes


def _seen_at(seen: DriveSeen, reading: ReportReading, report: ReportFile, policy: Policy) -> datetime:
    """When a log saw the drive: at its last run, else at the last run of its computer, else when the file came."""
    own = [run for run in reading.wipes if (run.device, run.serial) == (seen.device, seen.serial)]
    runs = own or [run for run in reading.wipes if seen.host is not None and run.host == seen.host]
    return max(
        (rules.happened_at(run, report.received_at, policy) for run in runs), default=report.received_at
    )


def fitted(reading: ReportReading) -> list[DriveSeen | WipeRun]:
    """All that a report tells of drives that are part of a computer, listed or wiped."""
    return [*_fitted_drives(reading), *(run for run in reading.wipes if _is_of_a_drive(run))]


def _fitted_drives(reading: ReportReading) -> list[DriveSeen]:
    wiped = {(run.device, run.serial) for run in reading.wipes}
    return [seen for seen in reading.drives if _is_fitted(seen, wiped)]


def _is_of_a_drive(run: WipeRun) -> bool:
    return run.device is not None or run.serial is not None


def _is_fitted(seen: DriveSeen, wiped: Collection[tuple[str | None, str | None]]) -> bool:
    """A boot stick or another stick that is plugged in is no part of the computer; one that was wiped counts."""
    if seen.boot_stick:
        return False
    return seen.medium is not Medium.USB or (seen.device, seen.serial) in wiped


def shared_serials(reading: ReportReading) -> set[str]:
    """Serial numbers that two drives of one computer show: they tell neither of them."""
    places = Counter(
        (key, drive.host)
        for key, _, drive in {
            (drive.serial_key, drive.device, drive)
            for drive in reading.drives
            if drive.serial_key and reading.kind != "nwipe_log"
        }
    )
    several = {str(key) for (key, _), count in places.items() if count > 1}
    return several | {
        run.serial_key for run in reading.wipes if Oddity.SERIAL_SHARED in run.oddities and run.serial_key
    }


def _see(device: Device, seen: DriveSeen, shared: Collection[str], at: datetime) -> Drive:
    drive = _find_or_make(device, seen, shared)
    drive.model = drive.model or seen.model
    drive.size_bytes = drive.size_bytes or seen.size_bytes
    if drive.medium is Medium.UNKNOWN:
        drive.medium = seen.medium
    drive.hides_drives = drive.hides_drives or seen.hides_drives
    drive.hours = bounded(seen.hours) if seen.hours is not None else drive.hours
    drive.healthy = seen.healthy if seen.healthy is not None else drive.healthy
    sight(device, drive, at)
    return drive


def find_drive(device: Device, seen: DriveSeen | WipeRun, shared: Collection[str]) -> Drive | None:
    """The drive with this serial anywhere, or without a usable one the drive of this look in this device."""
    key = _own_key(seen, shared)
    return (
        drive_queries.drive_by_key(key) if key else drive_queries.drive_in_place(device.id, _place_key(seen))
    )


def _find_or_make(device: Device, seen: DriveSeen | WipeRun, shared: Collection[str]) -> Drive:
    key = _own_key(seen, shared)
    place = None if key else _place_key(seen)
    return find_drive(device, seen, shared) or make(
        seen.serial, key, model=seen.model, size_bytes=seen.size_bytes, place_key=place
    )


def _own_key(seen: DriveSeen | WipeRun, shared: Collection[str]) -> str | None:
    return None if seen.serial_key in shared else seen.serial_key


def _place_key(seen: DriveSeen | WipeRun) -> str:
    return f"{(seen.model or '')[:16].strip()}|{(seen.device or '').rsplit('/', 1)[-1]}"[:_LONGEST_PLACE]


def make(
    serial: str | None,
    key: str | None,
    *,
    model: str | None = None,
    size_bytes: int | None = None,
    place_key: str | None = None,
) -> Drive:
    """A drive never met before."""
    drive = Drive(
        serial=serial,
        serial_key=key,
        model=model,
        size_bytes=size_bytes,
        medium=Medium.UNKNOWN,
        place_key=place_key,
        hides_drives=False,
    )
    session.add(drive)
    session.flush()
    return drive


def sight(device: Device, drive: Drive, at: datetime) -> DriveSighting:
    """Record that the drive was in the device at that moment. What was seen after its end has no end."""
    sighting = drive_queries.sighting(device.id, drive.id)
    if sighting is None:
        sighting = DriveSighting(device_id=device.id, drive_id=drive.id, first_seen_at=at, last_seen_at=at)
        session.add(sighting)
    else:
        sighting.last_seen_at = max(at, sighting.last_seen_at)
        if sighting.removed_at is not None and at > sighting.removed_at:
            sighting.removed_at = None
    if drive.destroyed_at is not None and at > drive.destroyed_at:
        drive.destroyed_at = None
    session.flush()
    return sighting


def _attempt(
    report: ReportFile, run: WipeRun, home: Home, shared: Collection[str], *, place: int, policy: Policy
) -> Wipe:  # fmt: skip
    drive = _find_or_make(home.device, run, shared)
    if drive.medium is Medium.UNKNOWN:
        drive.medium = run.medium
    drive.size_bytes = drive.size_bytes or run.size_bytes
    if not home.foreign:
        sight(home.device, drive, rules.happened_at(run, report.received_at, policy))
    verdict = judged(report, run, drive, home.device, policy, foreign=home.foreign)
    return record(report, run, drive, home.device, verdict, place=place, foreign=home.foreign, policy=policy)


def merge_drives(kept: Device, gone: Device, by: Actor) -> None:
    """Two records were one device: what was seen, done and declared in either was so in it."""
    for sighting in session.scalars(select(DriveSighting).where(DriveSighting.device_id == gone.id)).all():
        same = drive_queries.sighting(kept.id, sighting.drive_id)
        if same is None:
            sighting.device_id = kept.id
            continue
        same.first_seen_at = min(same.first_seen_at, sighting.first_seen_at)
        same.last_seen_at = max(same.last_seen_at, sighting.last_seen_at)
        both = same.removed_at is not None and sighting.removed_at is not None
        same.removed_at = max(same.removed_at, sighting.removed_at) if both else None  # type: ignore[type-var]
        session.delete(sighting)
    session.flush()
    for table in (ReportFile, Wipe, StorageDeclaration):
        session.execute(update(table).where(table.device_id == gone.id).values(device_id=kept.id))
    mark_failures(kept, by)
