"""Reading places, and what is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.rules import Actor, Permission
from tracker.database import read_once, session, told
from tracker.devices import codes, registry
from tracker.devices.lifecycle import OPEN_STAGES, Stage
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.stock.models import Location, Placement
from tracker.stock.rules import DEEPEST
from tracker.web.pagination import ROWS, Key, Page, page_of

# What can stand in a place: all that has come through the door and not left, and what is kept for parts.
KEPT = (*(stage for stage in OPEN_STAGES if stage not in (Stage.ANNOUNCED, Stage.COLLECTED)), Stage.PARTS)


@dataclass
class Shelved:
    """A place with what is directly in it, by stage, and how deep it lies inside others (0: in nothing)."""

    location: Location
    depth: int
    by_stage: dict[Stage, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.by_stage.values())


def location_by_code(text: str) -> Location:
    """The place with this code, however it was typed. Raises `NotHere`."""
    code = codes.read(text)
    found = session.scalars(select(Location).where(Location.code == code)).first()
    if isinstance(code, codes.Fault) or found is None:
        raise NotHere(
            N_("No place has the code %(code)s. Scan the label on the shelf or box again."), code=text[:40]
        )
    return found


def location_read(text: str) -> Location | None:
    """The place with this code, None when it is none: a device's, or no code at all."""
    code = codes.read(text)
    return session.scalars(select(Location).where(Location.code == code)).first()


@registry.tells_places
def names_of(place_codes: Collection[str]) -> dict[str, str]:
    """code → the place with those around it, for the places in use among these codes."""
    found = session.scalars(select(Location).where(Location.code.in_(place_codes), Location.active)).all()
    return {one.code: path_of(one) for one in found}


def locations(site_id: int, *, active_only: bool = True) -> Sequence[Location]:
    """The places of a workshop by name."""
    chosen = (
        select(Location).where(Location.site_id == site_id).order_by(func.lower(Location.name), Location.id)
    )
    if active_only:
        chosen = chosen.where(Location.active)
    return session.scalars(chosen).all()


def place_of(device_id: int) -> Location | None:
    """Where a device is; None when nobody has said."""
    row = session.get(Placement, device_id)
    return row.location if row else None


def path_of(location: Location) -> str:
    """The place with those around it, the outermost first: `Réserve › Étagère 3 › Caisse 12`."""
    names = [location.name]
    around = location.parent
    while around is not None and len(names) <= DEEPEST:
        names.append(around.name)
        around = around.parent
    return " › ".join(reversed(names))


def overview(site_id: int) -> list[Shelved]:
    """Every place of a workshop with its counts, each under the one it lies in."""
    rows = session.execute(
        select(Placement.location_id, Device.stage, func.count())
        .join(Device, Device.id == Placement.device_id)
        .join(Location, Location.id == Placement.location_id)
        .where(Location.site_id == site_id, Device.merged_into_id.is_(None))
        .group_by(Placement.location_id, Device.stage)
    ).all()
    counted: dict[int, dict[Stage, int]] = {}
    for location_id, stage, number in rows:
        counted.setdefault(location_id, {})[stage] = number
    inside: dict[int | None, list[Location]] = {}
    for place in locations(site_id, active_only=False):
        inside.setdefault(place.parent_id, []).append(place)
    found: list[Shelved] = []
    _walk(None, 0, inside, counted, found)
    return found


def _walk(
    around: int | None,
    depth: int,
    inside: dict[int | None, list[Location]],
    counted: dict[int, dict[Stage, int]],
    found: list[Shelved],
) -> None:
    for place in inside.get(around, ()):
        found.append(Shelved(place, depth, counted.get(place.id, {})))
        if depth < DEEPEST:
            _walk(place.id, depth + 1, inside, counted, found)


def contents(location: Location, *, cursor: str | None = None, limit: int = ROWS) -> Page:
    """The devices in a place, the last put there first, each as a row (since, device)."""
    chosen: Any = (
        select(Placement.since, Device)
        .join(Device, Device.id == Placement.device_id)
        .where(Placement.location_id == location.id, Device.merged_into_id.is_(None))
    )
    keys = [Key(Placement.since, descending=True), Key(Device.id, descending=True)]
    return page_of(chosen, keys, cursor, limit)


def count_in(location: Location) -> int:
    """How many devices are directly in a place."""
    return session.scalar(select(func.count()).where(Placement.location_id == location.id)) or 0


def is_around(location: Location) -> bool:
    """Whether other places in use lie in this one."""
    chosen = select(Location.id).where(Location.parent_id == location.id, Location.active).limit(1)
    return session.scalar(chosen) is not None


def ids_in(location: Location) -> Select[Any]:
    """The ids of the devices in a place, for `devices.queries.Wanted(among=…)`."""
    return select(Placement.device_id).where(Placement.location_id == location.id)


def ids_placed() -> Select[Any]:
    """The ids of all devices that are in some place."""
    return select(Placement.device_id)


def nowhere(site_id: int, *, cursor: str | None = None, limit: int = ROWS) -> Page:
    """Devices of a workshop that are here, but in no place: to be put somewhere."""
    chosen = select(Device).where(*_nowhere(site_id))
    return page_of(chosen, [Key(Device.id, descending=True)], cursor, limit)


def count_nowhere(site_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Device).where(*_nowhere(site_id))) or 0


def _nowhere(site_id: int) -> list[Any]:
    placed = select(Placement.device_id).where(Placement.device_id == Device.id).exists()
    return [Device.site_id == site_id, Device.stage.in_(KEPT), Device.merged_into_id.is_(None), ~placed]


def places_of(device_ids: Sequence[int]) -> dict[int, Location]:
    """device id → its place, for a page of devices in one query."""
    rows = session.execute(
        select(Placement.device_id, Location)
        .join(Location, Location.id == Placement.location_id)
        .where(Placement.device_id.in_(list(device_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}


@read_once
def _placement(device_id: int) -> Placement | None:
    """Where the device is, with the places around."""
    around = joinedload(Placement.location).joinedload(Location.parent).joinedload(Location.parent)
    return session.get(Placement, device_id, options=[around])


@registry.leaves_trace(lambda: select(Placement.device_id).where(Placement.device_id == Device.id))
def without_place(device: Device) -> None:
    told(_placement, None, device.id)


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page says about its place."""
    if not actor.may(Permission.SEE_WORKSHOP):
        return None
    row = _placement(device.id)
    return {
        "location": row.location if row else None,
        "path": path_of(row.location) if row else None,
        "since": row.since if row else None,
        "may_put": device.stage in KEPT and actor.may(Permission.WORK),
    }
