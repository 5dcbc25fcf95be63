"""Reading stock checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.stock.check_models import StockCheck, StockCheckLine
from tracker.stock.models import Location, Placement
from tracker.stock.queries import KEPT
from tracker.web.pagination import Key, Page, page_of

# The lists of a check, what has to be done first, and how many lines of one are shown at once.
LISTS = ("unexpected", "unknown", "waiting", "gone", "found")
SHOWN = 100


@dataclass(frozen=True)
class Seen:
    """A line with its device (None for a code that is none's) and where that is now (None: nowhere)."""

    line: StockCheckLine
    device: Device | None
    place: Location | None


@dataclass
class Result:
    """A check as it stands. `waiting`: expected, still in this place, not scanned; after closing these are the missing.

    `gone`: expected, but moved or delivered by somebody while the check went on.
    """

    found: list[Seen] = field(default_factory=list)
    waiting: list[Seen] = field(default_factory=list)
    gone: list[Seen] = field(default_factory=list)
    unexpected: list[Seen] = field(default_factory=list)
    unknown: list[Seen] = field(default_factory=list)

    @property
    def every(self) -> list[Seen]:
        return [*self.found, *self.waiting, *self.gone, *self.unexpected, *self.unknown]


def check(number: int) -> StockCheck:
    """Raises `NotHere`."""
    found = session.get(StockCheck, number)
    if found is None:
        raise NotHere(N_("This stock check does not exist. Open the place and begin one."))
    return found


def locked(number: int) -> StockCheck:
    """The check, its row locked, so that two phones never write one line twice. Raises `NotHere`."""
    check(number)
    chosen = select(StockCheck).where(StockCheck.id == number).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).one()


def open_check(location: Location) -> StockCheck | None:
    chosen = select(StockCheck).where(StockCheck.location_id == location.id, StockCheck.closed_at.is_(None))
    return session.scalars(chosen).first()


def last_checks(location: Location, limit: int = 5) -> Sequence[StockCheck]:
    """The closed ones, the newest first."""
    chosen = select(StockCheck).where(
        StockCheck.location_id == location.id, StockCheck.closed_at.is_not(None)
    )
    return session.scalars(chosen.order_by(StockCheck.id.desc()).limit(limit)).all()


def expected_in(location: Location) -> Sequence[Device]:
    """What should stand there: the devices put into the place itself, boxes in it apart."""
    chosen = (
        select(Device)
        .join(Placement, Placement.device_id == Device.id)
        .where(Placement.location_id == location.id, Device.merged_into_id.is_(None), Device.stage.in_(KEPT))
    )
    return session.scalars(chosen.order_by(Device.id)).all()


def line(checked: StockCheck, code: str) -> StockCheckLine | None:
    chosen = select(StockCheckLine).where(StockCheckLine.check_id == checked.id, StockCheckLine.code == code)
    return session.scalars(chosen).first()


def result(checked: StockCheck) -> Result:
    """The whole check in one query, what was scanned last first."""
    rows = session.execute(
        select(StockCheckLine, Device, Location)
        .outerjoin(Device, Device.id == StockCheckLine.device_id)
        .outerjoin(Placement, Placement.device_id == Device.id)
        .outerjoin(Location, Location.id == Placement.location_id)
        .where(StockCheckLine.check_id == checked.id)
        .order_by(StockCheckLine.found_at.desc(), StockCheckLine.id)
    )
    told = Result()
    for one, device, place in rows:
        _list_of(told, one, checked, place).append(Seen(one, device, place))
    return told


def _list_of(told: Result, one: StockCheckLine, checked: StockCheck, place: Location | None) -> list[Seen]:
    if one.device_id is None:
        return told.unknown
    if not one.expected:
        return told.unexpected
    if one.found_at is not None:
        return told.found
    if checked.closed_at is not None:
        return told.waiting if one.missing else told.gone
    return told.waiting if place is not None and place.id == checked.location_id else told.gone


def counts(checked: StockCheck) -> dict[str, int]:
    """How many lines each of `LISTS` has."""
    belongs = _belongs(checked)
    asked = [func.count().filter(and_(*belongs[name])) for name in LISTS]
    row = session.execute(_placed(select(*asked).select_from(StockCheckLine), checked)).one()
    return dict(zip(LISTS, row, strict=True))


def page(checked: StockCheck, name: str, *, cursor: str | None = None, limit: int = SHOWN) -> Page:
    """The lines of one of `LISTS` as `Seen`: what was scanned last first, else as they were expected."""
    chosen = select(StockCheckLine, Device, Location).outerjoin(Device, Device.id == StockCheckLine.device_id)
    chosen = _placed(chosen, checked).outerjoin(Location, Location.id == Placement.location_id)
    keys = [Key(StockCheckLine.id)]
    if name not in ("waiting", "gone"):
        keys.insert(0, Key(StockCheckLine.found_at, descending=True))
    found = page_of(chosen.where(*_belongs(checked)[name]), keys, cursor, limit)
    return Page([Seen(*row[:3]) for row in found.items], found.next_cursor, found.previous_cursor)


def _placed(chosen: Any, checked: StockCheck) -> Any:
    placed = chosen.outerjoin(Placement, Placement.device_id == StockCheckLine.device_id)
    return placed.where(StockCheckLine.check_id == checked.id)


def _belongs(checked: StockCheck) -> Mapping[str, Sequence[ColumnElement[bool]]]:
    """What the lines of each list have in common: `_list_of`, said to the database."""
    line, here = StockCheckLine, Placement.location_id
    known, seen = line.device_id.is_not(None), line.found_at.is_not(None)
    stays: ColumnElement[bool]
    went: ColumnElement[bool]
    if checked.closed_at is not None:
        stays, went = line.missing.is_(True), line.missing.is_(False)
    else:
        stays = here == checked.location_id
        went = or_(here.is_(None), here != checked.location_id)
    return {
        "unexpected": [known, line.expected.is_(False)],
        "unknown": [line.device_id.is_(None)],
        "waiting": [known, line.expected.is_(True), ~seen, stays],
        "gone": [known, line.expected.is_(True), ~seen, went],
        "found": [known, line.expected.is_(True), seen],
    }
