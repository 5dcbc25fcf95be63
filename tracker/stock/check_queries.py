"""Reading stock checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.stock.check_models import StockCheck, StockCheckLine
from tracker.stock.models import Location, Placement
from tracker.stock.queries import KEPT


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
