"""A drive by itself: where it was, how its data ended, and lists of drives."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from tracker.database import session
from tracker.devices import registry
from tracker.devices.models import Device
from tracker.i18n import N_
from tracker.web.pagination import Key, Page, page_of
from tracker.wiping import destruction_queries, drive_queries, drive_rules, rules
from tracker.wiping.drive_rules import Stay
from tracker.wiping.home_queries import CLOSED
from tracker.wiping.models import Drive, DriveSighting
from tracker.wiping.queries import DriveState
from tracker.wiping.readings import FIXED
from tracker.wiping.rules import DrivePart

_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Narrowed(enum.StrEnum):
    """What the list of drives is narrowed to."""

    ALL = "all"
    LOOSE = "loose"
    SEVERAL = "several"
    TO_CONFIRM = "to_confirm"
    BOOT_STICKS = "boot_sticks"


NARROWED = {
    Narrowed.ALL: N_("All"),
    Narrowed.LOOSE: N_("Taken out, may hold data"),
    Narrowed.SEVERAL: N_("In two devices"),
    Narrowed.TO_CONFIRM: N_("Destruction to confirm"),
    Narrowed.BOOT_STICKS: N_("Boot sticks"),
}


@dataclass(frozen=True)
class Lodging:
    """That a drive was seen in a device."""

    device: Device
    sighting: DriveSighting


@dataclass(frozen=True)
class DriveShown:
    """A drive as its page and the lists show it. `waiting`: the declared destruction that nobody has confirmed."""

    state: DriveState
    lodgings: Sequence[Lodging]
    place: str | None
    waiting: int | None

    @property
    def drive(self) -> Drive:
        return self.state.drive

    @property
    def declarable(self) -> Device | None:
        """The device by which it may be declared destroyed: one that is here and has a duty for it, else any that is."""
        here = [one for one in self.lodgings if one.device.stage not in CLOSED]
        return next((one.device for one in self.inside if one in here), here[-1].device if here else None)

    @property
    def inside(self) -> list[Lodging]:
        """The devices that have a duty for it: nobody recorded that it was taken out."""
        return [one for one in self.lodgings if one.sighting.removed_at is None]


def meant(drive_id: int) -> Drive:
    """The drive with this id, or the one that it turned out to be. Raises `NotHere`."""
    found = drive_queries.drive(drive_id)
    return drive_queries.drive(found.same_as_id) if found.same_as_id else found


def shown(drives: Sequence[Drive]) -> list[DriveShown]:
    """These drives with all that is known of them, in a fixed number of queries."""
    ids = frozenset(one.id for one in drives)
    lodgings, attempts = _lodgings(ids), drive_queries.attempts_on(ids)
    waiting = destruction_queries.waiting_drives(ids)
    places = registry.place_names({one.place_code for one in drives if one.place_code})
    return [
        DriveShown(
            DriveState(
                one, _part(one, lodgings[one.id], unconfirmed=one.id in waiting), attempts.get(one.id, [])
            ),
            lodgings[one.id],
            places.get(one.place_code or "", one.place_code),
            waiting.get(one.id),
        )
        for one in drives
    ]


def _lodgings(drive_ids: Collection[int]) -> dict[int, list[Lodging]]:
    rows = session.execute(
        select(DriveSighting, Device)
        .join(Device, Device.id == DriveSighting.device_id)
        .where(DriveSighting.drive_id.in_(drive_ids))
        .order_by(DriveSighting.first_seen_at, DriveSighting.id)
    ).all()
    found: dict[int, list[Lodging]] = defaultdict(list)
    for sighting, device in rows:
        found[sighting.drive_id].append(Lodging(device, sighting))
    return found


def _part(drive: Drive, lodgings: Sequence[Lodging], *, unconfirmed: bool) -> DrivePart:
    """The drive as the rule judges it, in no device: that it was taken out of one ends nothing for the drive itself."""
    came_in = [
        one.device.arrived_at
        for one in lodgings
        if one.device.arrived_at is not None
        and (one.sighting.removed_at is None or one.sighting.removed_at >= one.device.arrived_at)
    ]
    return DrivePart(
        label=drive.label,
        data_since=max(came_in, default=_ALWAYS),
        wiped_at=drive.wiped_at,
        destroyed_at=drive.destroyed_at,
        hides_drives=drive.hides_drives,
        built_in=drive.medium in FIXED,
        unconfirmed=unconfirmed,
    )


def page(narrowed: Narrowed, text: str | None, cursor: str | None, *, place: str | None = None) -> Page:
    """A page of drives, the newest first. `text`: part of a serial number or model; `place`: the code of a box."""
    chosen = select(Drive).where(Drive.same_as_id.is_(None), *_conditions(narrowed))
    if place:
        chosen = chosen.where(Drive.place_code == place)
    words = (text or "").strip()[:80]
    if words:
        key = rules.usable_serial(words)
        plain = func.lower(func.coalesce(Drive.model, "") + " " + func.coalesce(Drive.serial, ""))
        matches = plain.contains(words.lower(), autoescape=True)
        by_key = Drive.serial_key.contains(key, autoescape=True) if key else None
        chosen = chosen.where(matches if by_key is None else or_(matches, by_key))
    return page_of(chosen, [Key(Drive.id, descending=True)], cursor)


def count(narrowed: Narrowed) -> int:
    chosen = select(func.count()).select_from(Drive).where(Drive.same_as_id.is_(None), *_conditions(narrowed))
    return session.scalar(chosen) or 0


def _conditions(narrowed: Narrowed) -> list[ColumnElement[bool]]:
    inside = and_(DriveSighting.drive_id == Drive.id, DriveSighting.removed_at.is_(None))
    if narrowed is Narrowed.BOOT_STICKS:
        return [Drive.boot_stick_at.is_not(None)]
    if narrowed is Narrowed.TO_CONFIRM:
        return [Drive.id.in_(destruction_queries.waiting_drive_ids())]
    if narrowed is Narrowed.SEVERAL:
        several = select(func.count()).select_from(DriveSighting).where(inside).scalar_subquery()
        return [Drive.boot_stick_at.is_(None), several > 1]
    if narrowed is Narrowed.LOOSE:
        return [
            Drive.boot_stick_at.is_(None),
            Drive.destroyed_at.is_(None),
            exists().where(DriveSighting.drive_id == Drive.id),
            ~exists().where(inside),
            or_(Drive.wiped_at.is_(None), Drive.hides_drives, _came_in_since()),
        ]
    return []


def _came_in_since() -> ColumnElement[bool]:
    """Whether a device came in with the drive after it was wiped."""
    return exists().where(
        DriveSighting.drive_id == Drive.id,
        Device.id == DriveSighting.device_id,
        Device.arrived_at > Drive.wiped_at,
        DriveSighting.removed_at >= Device.arrived_at,
    )


@dataclass(frozen=True)
class Remark:
    """What has to be said of a drive on the page of its device."""

    elsewhere: Sequence[Device]
    swapped: bool
    waiting: int | None

    @property
    def says_something(self) -> bool:
        return bool(self.elsewhere or self.swapped or self.waiting)


def remarks(device: Device, drive_ids: Collection[int]) -> dict[int, Remark]:
    """drive id → whether it is on record for another device too, is seen here no more, or waits to be confirmed."""
    ids = frozenset(drive_ids)
    lodgings, waiting = _lodgings(ids), destruction_queries.waiting_drives(ids)
    stays = [
        Stay(one, here.first_seen_at, here.last_seen_at, here.removed_at)
        for one, found in lodgings.items()
        for here in (lodging.sighting for lodging in found)
        if here.device_id == device.id
    ]
    gone = drive_rules.swapped(stays)
    return {
        one: Remark(
            [
                other.device
                for other in lodgings[one]
                if other.device.id != device.id and other.sighting.removed_at is None
            ],
            one in gone,
            waiting.get(one),
        )
        for one in ids
    }
