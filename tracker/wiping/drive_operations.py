"""What a report says of drives, taken into the record: where each was seen, and what was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from tracker.accounts.rules import Actor
from tracker.database import is_postgresql, session
from tracker.devices.models import Device
from tracker.wiping import drive_queries
from tracker.wiping.models import Drive, DriveSighting, ReportFile, StorageDeclaration, Wipe
from tracker.wiping.readings import DriveSeen, Medium, Oddity, ReportReading, WipeRun
from tracker.wiping.wipe_operations import mark_failures

_LONGEST_PLACE = 120


def fitted(reading: ReportReading) -> list[DriveSeen | WipeRun]:
    """All that a report tells of drives that are part of a computer, listed or wiped."""
    return [*fitted_drives(reading), *(run for run in reading.wipes if is_of_a_drive(run))]


def fitted_drives(reading: ReportReading) -> list[DriveSeen]:
    """The drives that a report lists and that are part of a computer."""
    wiped = {(run.device, run.serial) for run in reading.wipes}
    return [seen for seen in reading.drives if _is_fitted(seen, wiped)]


def is_of_a_drive(run: WipeRun) -> bool:
    """Whether a run says anything of which drive it was on."""
    return run.device is not None or run.serial is not None


def _is_fitted(seen: DriveSeen, wiped: Collection[tuple[str | None, str | None]]) -> bool:
    """A boot stick or another stick that is plugged in is no part of the computer; one that was wiped counts."""
    if not seen.plugged_in:
        return True
    return not seen.boot_stick and (seen.device, seen.serial) in wiped


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


def find_drive(device: Device, seen: DriveSeen | WipeRun, shared: Collection[str]) -> Drive | None:
    """The drive with this serial anywhere, or without a usable one the drive of this look in this device."""
    key = own_key(seen, shared)
    return (
        drive_queries.drive_by_key(key) if key else drive_queries.drive_in_place(device.id, place_key(seen))
    )


def own_key(seen: DriveSeen | WipeRun, shared: Collection[str]) -> str | None:
    """By what the drive is known wherever it is; None where its serial number is shared or says nothing."""
    return None if seen.serial_key in shared else seen.serial_key


def place_key(seen: DriveSeen | WipeRun) -> str:
    """By what a drive without serial number is known in its device."""
    return f"{(seen.model or '')[:16].strip()}|{(seen.device or '').rsplit('/', 1)[-1]}"[:_LONGEST_PLACE]


def make(
    serial: str | None,
    key: str | None,
    *,
    model: str | None = None,
    size_bytes: int | None = None,
    place_key: str | None = None,
) -> Drive:
    """A drive never met before, with its id; or, where somebody else met it meanwhile, the one with that key."""
    if key is not None:
        bring_in({key: {"serial": serial, "model": model, "size_bytes": size_bytes}})
        return drive_queries.drives_by_key({key})[key]
    drive = new_drive(serial, model=model, size_bytes=size_bytes, place_key=place_key)
    session.add(drive)
    session.flush()
    return drive


def bring_in(fresh: Mapping[str, Mapping[str, Any]]) -> None:
    """Put drives never met before on record: serial key → `serial`, `model`, `size_bytes`.

    Whoever brings the same one at the same moment waits, and then finds it there: it is one drive, with one duty.
    """
    if not fresh:
        return
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    rows = [
        {"serial_key": key, "medium": Medium.UNKNOWN, "hides_drives": False, "version": 1, **fresh[key]}
        for key in sorted(fresh)  # always in this order, so that two never wait for each other crosswise
    ]
    session.execute(insert(Drive).on_conflict_do_nothing(index_elements=["serial_key"]), rows)


def never_met(told: DriveSeen | WipeRun) -> dict[str, Any]:
    """What a report tells of a drive that is not on record yet."""
    return {"serial": told.serial, "model": told.model, "size_bytes": told.size_bytes}


def new_drive(
    serial: str | None,
    *,
    model: str | None = None,
    size_bytes: int | None = None,
    place_key: str | None = None,
) -> Drive:
    """A drive never met before that no serial number names, not written yet."""
    return Drive(
        serial=serial,
        model=model,
        size_bytes=size_bytes,
        medium=Medium.UNKNOWN,
        place_key=place_key,
        hides_drives=False,
    )


def sight(device: Device, drive: Drive, at: datetime) -> DriveSighting:
    """Record that the drive was in the device at that moment. What was seen after its end has no end."""
    sighting = seen_again(drive_queries.sighting(device.id, drive.id), device, drive, at)
    session.add(sighting)
    session.flush()
    return sighting


def seen_again(sighting: DriveSighting | None, device: Device, drive: Drive, at: datetime) -> DriveSighting:
    """The sighting as it is after the drive was in the device at that moment, a new one where there was none."""
    if sighting is None:
        sighting = DriveSighting(device_id=device.id, drive_id=drive.id, first_seen_at=at, last_seen_at=at)
    sighting.last_seen_at = max(at, sighting.last_seen_at)
    if sighting.removed_at is not None and at > sighting.removed_at:
        sighting.removed_at = None
    if drive.destroyed_at is not None and at > drive.destroyed_at:
        drive.destroyed_at = None
    if drive.placed_at is not None and at > drive.placed_at:
        drive.place_code = drive.placed_at = None
    return sighting


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
