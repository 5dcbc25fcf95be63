"""What a report says of drives, taken into the record: seen, wiped, failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import particulars
from tracker.devices.lifecycle import Flag
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import Sentence
from tracker.wiping import queries, rules
from tracker.wiping.models import Drive, DriveSighting, ReportFile, Wipe
from tracker.wiping.readings import DriveSeen, Medium, Oddity, ReportReading, WipeRun
from tracker.wiping.rules import Policy, Verdict


def absorb(
    report: ReportFile, reading: ReportReading, device: Device, by: Actor, policy: Policy
) -> list[Wipe]:
    """Take all that a report says of `device`'s drives into the record. Runs in the file's order."""
    for seen in reading.drives:
        if not seen.boot_stick:
            _see(device, seen, report.received_at)
    wipes = [
        _attempt(report, run, device, place=place, by=by, policy=policy)
        for place, run in enumerate(reading.wipes)
        if _is_attempt(run)
    ]
    mark_failures(device, by)
    return wipes


def _is_attempt(run: WipeRun) -> bool:
    return run.device is not None or run.serial is not None


def _see(device: Device, seen: DriveSeen, at: datetime) -> Drive:
    drive = _find_or_make(device, seen, seen.serial_key)
    drive.model = drive.model or seen.model
    drive.size_bytes = drive.size_bytes or seen.size_bytes
    if drive.medium is Medium.UNKNOWN:
        drive.medium = seen.medium
    drive.hours = seen.hours if seen.hours is not None else drive.hours
    drive.healthy = seen.healthy if seen.healthy is not None else drive.healthy
    _sight(device, drive, at)
    return drive


def _find_or_make(device: Device, seen: DriveSeen | WipeRun, key: str | None) -> Drive:
    """The drive with this serial anywhere, or without a usable one the drive of this look in this device."""
    model, place = seen.model, seen.device
    place_key = None if key else f"{(model or '')[:16].strip()}|{(place or '').rsplit('/', 1)[-1]}"[:120]
    found = queries.drive_by_key(key) if key else queries.drive_in_place(device.id, place_key or "")
    if found is not None:
        return found
    drive = Drive(
        serial=seen.serial,
        serial_key=key,
        model=model,
        size_bytes=seen.size_bytes,
        medium=Medium.UNKNOWN,
        place_key=place_key,
    )
    session.add(drive)
    session.flush()
    return drive


def _sight(device: Device, drive: Drive, at: datetime) -> None:
    sighting = queries.sighting(device.id, drive.id)
    if sighting is None:
        session.add(DriveSighting(device_id=device.id, drive_id=drive.id, first_seen_at=at, last_seen_at=at))
    else:
        sighting.last_seen_at = max(at, sighting.last_seen_at)
        if sighting.removed_at is not None and at > sighting.removed_at:
            sighting.removed_at = None  # it is back in this device, with its duty
    session.flush()


def _attempt(
    report: ReportFile, run: WipeRun, device: Device, *, place: int, by: Actor, policy: Policy
) -> Wipe:
    judged = rules.verdict(run, policy, device.arrived_at)
    key = None if Oddity.SERIAL_SHARED in run.oddities else run.serial_key
    drive = _find_or_make(device, run, key)
    if drive.medium is Medium.UNKNOWN:
        drive.medium = run.medium
    drive.size_bytes = drive.size_bytes or run.size_bytes
    _sight(device, drive, report.received_at)
    wipe = Wipe(
        report_id=report.id,
        run=run.run,
        place=place,
        device_id=device.id,
        drive_id=drive.id,
        serial=run.serial,
        verdict=judged.verdict,
        reasons=stored(judged.reasons),
        method=run.method,
        level=rules.claimed_level(run.method, drive.medium).level,
        tool=run.tool,
        tool_version=run.version,
        started=run.started.isoformat() if run.started else None,
        finished=run.finished.isoformat() if run.finished else None,
        happened_at=_counted_from(run, report, device, policy),
        errors=sum(count or 0 for count in (run.pass_errors, run.verify_errors, run.sync_errors)),
        accepted=policy.accepts(judged.verdict),
    )
    session.add(wipe)
    session.flush()
    settle(wipe, drive, device, by)
    return wipe


def _counted_from(run: WipeRun, report: ReportFile, device: Device, policy: Policy) -> datetime:
    """When the attempt ended. The verdict forgives a boot stick's clock some slack, so never before the arrival."""
    ended = rules.happened_at(run, report.received_at, policy)
    believed = policy.accepts(rules.verdict(run, policy, device.arrived_at).verdict)
    return max(ended, device.arrived_at) if believed and device.arrived_at else ended


def settle(wipe: Wipe, drive: Drive, device: Device, by: Actor) -> None:
    """Let an attempt count: an accepted one ends the drive's duty, a later failure brings it back."""
    if wipe.accepted:
        if drive.wiped_at is None or wipe.happened_at >= drive.wiped_at:
            drive.wiped_at, drive.wiped_by_id = wipe.happened_at, wipe.id
    elif wipe.verdict is Verdict.FAILED and drive.wiped_at is not None and wipe.happened_at >= drive.wiped_at:
        drive.wiped_at, drive.wiped_by_id = None, None
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="wipe_judged",
        by=by,
        site_id=device.site_id,
        facts={
            "drive": drive.id,
            "serial": drive.serial,
            "wipe": wipe.id,
            "report": wipe.report_id,
            "verdict": wipe.verdict.value,
            "accepted": wipe.accepted,
        },
    )
    session.flush()


def mark_failures(device: Device, by: Actor) -> None:
    """Raise `wipe_failed` while a drive's last attempt failed; clear it when an accepted one or destruction followed."""
    if queries.failing_drives(device):
        particulars.raise_flag(device, Flag.WIPE_FAILED, by)
    else:
        particulars.clear_flag(device, Flag.WIPE_FAILED, by)


def stored(reasons: Sequence[Sentence]) -> list[Any]:
    """Sentences as they are kept: message and details, translated when shown."""
    return [
        [reason.message, {key: _plain(value) for key, value in reason.details.items()}] for reason in reasons
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) or value is None else str(value)


def merge_drives(kept: Device, gone: Device, by: Actor) -> None:
    """Two records were one device: what was seen in either was seen in it."""
    for sighting in session.scalars(select(DriveSighting).where(DriveSighting.device_id == gone.id)).all():
        if queries.sighting(kept.id, sighting.drive_id) is None:
            sighting.device_id = kept.id
    session.flush()
