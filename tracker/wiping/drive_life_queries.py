"""What happened to a drive, from its first sighting to its end."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tracker.database import session
from tracker.devices import registry
from tracker.devices.models import Device
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.wiping import drive_wording_rules as words
from tracker.wiping.drive_page_queries import DriveShown
from tracker.wiping.drive_wording_rules import Happened

MOST = 200


def life(one: DriveShown) -> list[Happened]:
    """The drive's own history, where reports saw it and the attempts on it, the newest first."""
    entries = past.of_subject(Subject.DRIVE, one.drive.id, newest_first=False, limit=MOST)
    there = {lodging.device.id for lodging in one.lodgings}
    found = [
        happened
        for lodging in one.lodgings
        for happened in words.seen(
            lodging.device.code, lodging.sighting.first_seen_at, lodging.sighting.last_seen_at
        )
    ]
    if one.drive.boot_stick_at is not None and one.drive.boot_stick_by is None:
        found.append(words.known_by_report(one.drive.boot_stick_at))
    names = _device_codes({wipe.device_id for wipe in one.state.wipes})
    found += [
        words.attempted(wipe.happened_at, names.get(wipe.device_id, "?"), wipe.verdict, wipe.report_id)
        for wipe in one.state.wipes[:MOST]
    ]
    places = registry.place_names(
        {str(entry.facts["place"]) for entry in entries if entry.facts.get("place")}
    )
    found += [_told(entry, places) for entry in entries if entry.action != "drive_seen"]
    found += [
        words.withdrawn(entry.at, str(entry.facts.get("code") or "?"))
        for entry in entries
        if entry.action == "drive_seen" and entry.facts.get("device") not in there
    ]
    return words.in_order(found)


def _told(entry: HistoryEntry, places: dict[str, str]) -> Happened:
    by = entry.actor_id if entry.actor_kind in ("user", "token") else None
    return words.told(entry.action, entry.at, entry.facts, places, by=by, note_id=entry.note_id)


def _device_codes(device_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Device.id, Device.code).where(Device.id.in_(device_ids))).all()
    return {row[0]: row[1] for row in rows}
