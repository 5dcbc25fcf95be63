"""What reports say of drives, taken into the record: read ahead, written together, settled once for many reports.

A stick's log can hold hundreds of attempts, and on SQLite nobody else can write meanwhile: so no question is asked of the
database for one attempt alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.wiping import boot_stick_operations, drive_queries, rules
from tracker.wiping.bundle_models import RunRepeat
from tracker.wiping.drive_history_operations import seen_line
from tracker.wiping.drive_operations import (
    bring_in,
    fitted_drives,
    is_of_a_drive,
    never_met,
    new_drive,
    own_key,
    place_key,
    seen_again,
    shared_serials,
)
from tracker.wiping.home_queries import Home, Homes
from tracker.wiping.models import Drive, ReportFile, Wipe
from tracker.wiping.policy_rules import Policy
from tracker.wiping.readings import DriveSeen, Medium, ReportReading, WipeRun
from tracker.wiping.repeat_queries import Told, places_of
from tracker.wiping.wipe_operations import attempt, bounded, judged, mark_failures, settle, told_line


@dataclass
class Absorbed:
    """What was taken of reports and is not settled yet."""

    wipes: list[Wipe] = field(default_factory=list)
    device_ids: set[int] = field(default_factory=set)
    arrivals: list[tuple[Drive, Device]] = field(default_factory=list)

    def add(self, other: Absorbed) -> None:
        self.wipes += other.wipes
        self.device_ids |= other.device_ids
        self.arrivals += other.arrivals


_Told: TypeAlias = "tuple[DriveSeen | WipeRun, Home, int]"


@dataclass(frozen=True)
class _Item:
    """A drive that a report lists, or a run on one, with the device it is about and the drive it is."""

    told: DriveSeen | WipeRun
    home: Home
    drive: Drive
    place: int = -1


def absorb(report: ReportFile, reading: ReportReading, device: Device, policy: Policy) -> Absorbed:
    """Take all that a report says of drives into the record, its runs in the file's order. `conclude` must follow.

    What another computer says is not taken for this device's: its drives are left out, its runs wait for a person.
    A run that is on record already counts once; one that this report told before is left as it is.
    """
    boot_stick_operations.remember(report, reading)
    items = _items(report, reading, device)
    session.flush()
    arrivals = _sight(items, reading, report)
    wipes = _record(report, [one for one in items if isinstance(one.told, WipeRun)], policy)
    return Absorbed(wipes, {one.home.device.id for one in items} | {device.id}, arrivals)


def conclude(taken: Absorbed, by: Actor) -> None:
    """Work out once what stands after all that was taken, tell the history, and mark the devices."""
    settle({wipe.drive for wipe in taken.wipes}, by)
    seen = [seen_line(drive, device) for drive, device in taken.arrivals]
    history.append_many([*seen, *(told_line(wipe) for wipe in taken.wipes)], by)
    for one in sorted(taken.device_ids):
        mark_failures(devices.locked(one), by)


def _items(report: ReportFile, reading: ReportReading, device: Device) -> list[_Item]:
    homes, shared, done = Homes(reading, device), shared_serials(reading), places_of(report.id)
    seen: list[_Told] = [(one, homes.of(one.host), -1) for one in fitted_drives(reading)]
    runs: list[_Told] = [
        (run, homes.of(run.host), place)
        for place, run in enumerate(reading.wipes)
        if is_of_a_drive(run) and place not in done
    ]
    wanted = [*((one, home, at) for one, home, at in seen if not home.foreign), *runs]
    register = _Register([one for one, _, _ in wanted], shared)
    with session.no_autoflush:
        return [_Item(one, home, register.drive(home.device, one), at) for one, home, at in wanted]


class _Register:
    """The drives that a report speaks of, read at once; those never met are added."""

    def __init__(self, told: Sequence[DriveSeen | WipeRun], shared: Collection[str]) -> None:
        self._shared = shared
        first: dict[str, DriveSeen | WipeRun] = {}
        for one in told:
            if (key := own_key(one, shared)) is not None:
                first.setdefault(key, one)
        self._by_key = drive_queries.drives_by_key(first.keys())
        fresh = first.keys() - self._by_key.keys()
        bring_in({key: never_met(first[key]) for key in fresh})
        self._by_key |= drive_queries.drives_by_key(fresh)
        self._by_place: dict[tuple[int, str], Drive] = {}

    def drive(self, device: Device, told: DriveSeen | WipeRun) -> Drive:
        key = own_key(told, self._shared)
        drive = self._known(device, told, key)
        drive.size_bytes = drive.size_bytes or told.size_bytes
        if drive.medium is Medium.UNKNOWN:
            drive.medium = told.medium
        if isinstance(told, DriveSeen):
            drive.model = drive.model or told.model
            drive.hides_drives = drive.hides_drives or told.hides_drives
            drive.hours = bounded(told.hours) if told.hours is not None else drive.hours
            drive.healthy = told.healthy if told.healthy is not None else drive.healthy
        return drive

    def _known(self, device: Device, told: DriveSeen | WipeRun, key: str | None) -> Drive:
        if key is not None:
            return self._by_key[key]
        place = (device.id, place_key(told))
        if place not in self._by_place:
            self._by_place[place] = drive_queries.drive_in_place(*place) or _added(told, place[1])
        return self._by_place[place]


def _added(told: DriveSeen | WipeRun, place: str) -> Drive:
    """One that has no serial number to be known by."""
    drive = new_drive(place_key=place, **never_met(told))
    session.add(drive)
    return drive


def _sight(items: Sequence[_Item], reading: ReportReading, report: ReportFile) -> list[tuple[Drive, Device]]:
    """Record where each drive was seen, the latest moment last. The drives that were not on record there until now."""
    marked = {one.drive.id for one in items if one.drive.boot_stick_at is not None}
    here = [
        one
        for one in items
        if not one.home.foreign and not boot_stick_operations.is_told_of(one.drive, one.told)
    ]
    arrivals = {}
    moments = _Moments(reading, report.received_at)
    found = drive_queries.sightings_among(
        {one.home.device.id for one in here}, {one.drive.id for one in here}
    )
    with session.no_autoflush:
        for one in here:
            pair = (one.home.device.id, one.drive.id)
            before = found.get(pair)
            was_in = before is not None and before.removed_at is None and one.drive.destroyed_at is None
            was_in = was_in and one.drive.id not in marked
            found[pair] = seen_again(found.get(pair), one.home.device, one.drive, moments.of(one.told))
            if found[pair].id is None:
                session.add(found[pair])
            if not was_in and found[pair].removed_at is None and one.drive.destroyed_at is None:
                arrivals[pair] = (one.drive, one.home.device)
    session.flush()
    return list(arrivals.values())


class _Moments:
    """When a log saw a drive: at its last run, else at the last run of its computer, else when the file came."""

    def __init__(self, reading: ReportReading, received_at: datetime) -> None:
        self._received_at = received_at
        self._by_drive: dict[object, datetime] = {}
        self._by_host: dict[object, datetime] = {}
        for run in reading.wipes:
            at = rules.happened_at(run, received_at)
            for kept, key in ((self._by_drive, (run.device, run.serial)), (self._by_host, run.host)):
                kept[key] = max(at, kept.get(key, at))

    def of(self, told: DriveSeen | WipeRun) -> datetime:
        if isinstance(told, WipeRun):
            return rules.happened_at(told, self._received_at)
        own = self._by_drive.get((told.device, told.serial))
        by_host = self._by_host.get(told.host) if told.host is not None else None
        return own or by_host or self._received_at


def _record(report: ReportFile, runs: Sequence[_Item], policy: Policy) -> list[Wipe]:
    known, made, repeats = Told({one.drive.id for one in runs}), [], []
    with session.no_autoflush:
        for one in runs:
            wipe = _judged(report, one, known, policy)
            same = known.same(wipe, one.home.device)
            if same is not None:
                repeats.append((one.place, same))
                continue
            known.add(wipe, report.received_at)
            session.add(wipe)
            made.append(wipe)
    session.flush()
    session.add_all([RunRepeat(report_id=report.id, place=place, wipe_id=same.id) for place, same in repeats])
    session.flush()
    return made


def _judged(report: ReportFile, one: _Item, known: Told, policy: Policy) -> Wipe:
    assert isinstance(one.told, WipeRun)
    run, device, foreign = one.told, one.home.device, one.home.foreign
    verdict = judged(report, run, one.drive, device, foreign=foreign, told_before=known.before)
    return attempt(report, run, one.drive, device, verdict, place=one.place, foreign=foreign, policy=policy)
