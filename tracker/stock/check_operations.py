"""Checking a place: begin, scan what stands there, put right what stands wrong, close."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import insert

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.stock import check_queries as queries
from tracker.stock import operations
from tracker.stock import queries as places
from tracker.stock.check_models import StockCheck, StockCheckLine
from tracker.stock.models import Location


class Found(enum.StrEnum):
    """What a scan says during a check."""

    FOUND = "found"
    AGAIN = "again"
    UNEXPECTED = "unexpected"
    UNKNOWN = "unknown"


def begin(location: Location, by: Actor) -> StockCheck:
    """The check of this place that is open already, or a new one with what should stand there now."""
    by.must(Permission.WORK)
    history.hold(location.site_id)  # two who begin at once are one after the other
    running = queries.open_check(location)
    if running is not None:
        return running
    if not location.active:
        raise RuleBroken(
            N_("“%(name)s” is closed: choose another place, or open it again."), name=location.name
        )
    checked = StockCheck(location_id=location.id, opened_by=by.user_id)
    session.add(checked)
    session.flush()
    expected = queries.expected_in(location)
    if expected:
        rows = [{"check_id": checked.id, "code": one.code, "device_id": one.id, "expected": True} for one in expected]  # fmt: skip
        session.execute(insert(StockCheckLine), rows)
    _about(checked, "begin_stock_check", by, {"expected": len(expected)})
    return checked


def find(checked: StockCheck, typed: str, by: Actor) -> tuple[Found, StockCheckLine]:
    """Something that was scanned at the place. Nothing moves. Raises `Malformed` for what is no code."""
    by.must(Permission.WORK)
    _must_be_open(checked)
    code, device = _meant(typed)
    line = queries.line(checked, device.code if device else code)
    if line is None:
        line = _unexpected(checked, code, device)
    elif line.found_at is not None:
        return Found.AGAIN, line
    line.found_at, line.found_by = clock.now(), by.user_id
    session.flush()
    if line.device_id is None:
        return Found.UNKNOWN, line
    return (Found.FOUND if line.expected else Found.UNEXPECTED), line


def _meant(typed: str) -> tuple[str, Device | None]:
    code = codes.read(typed)
    if isinstance(code, codes.Fault):
        raise Malformed(
            N_("This is not one of our codes. Scan the label again, or type its 8 letters."), field="device"
        )
    found = devices.resolve(code)
    if found is not None and found.tag.kind is not codes.Kind.DEVICE:
        raise RuleBroken(
            N_("This is the label of a place or a card, not of a device. Scan the devices that stand here.")
        )
    return code, found.device if found else None


def _unexpected(checked: StockCheck, code: str, device: Device | None) -> StockCheckLine:
    place = places.place_of(device.id) if device else None
    line = StockCheckLine(
        check_id=checked.id,
        code=device.code if device else code,
        device_id=device.id if device else None,
        expected=False,
        was_in=place.code if place else None,
    )
    session.add(line)
    return line


def held(number: int) -> StockCheck:
    """The check, its row locked to be closed: after the chain of its site, as everybody takes them. Raises `NotHere`."""
    history.hold(queries.check(number).location.site_id)
    return queries.locked(number)


def move_here(checked: StockCheck, code: str, by: Actor) -> None:
    """Something unexpected belongs here from now on: put it into the place that is checked."""
    by.must(Permission.WORK)
    line = queries.line(checked, code)
    if line is None or line.device_id is None:
        raise NotHere(N_("This device was not scanned in this check."))
    operations.put(devices.locked(line.device_id), checked.location, by)


def close(checked: StockCheck, by: Actor) -> StockCheck:
    """End the check: what should be there and was not scanned is missing from now on. A second press changes nothing."""
    by.must(Permission.WORK)
    if checked.closed_at is not None:
        return checked
    told = queries.result(checked)
    for one in told.waiting:
        one.line.missing = True
    checked.closed_at, checked.closed_by = clock.now(), by.user_id
    session.flush()
    counts = {name: len(getattr(told, name)) for name in ("found", "unexpected", "unknown")}
    _about(checked, "close_stock_check", by, {**counts, "missing": [one.line.code for one in told.waiting]})
    return checked


def _must_be_open(checked: StockCheck) -> None:
    if checked.closed_at is not None:
        raise RuleBroken(N_("This check is closed. Begin another one at the place."))


def _about(checked: StockCheck, action: str, by: Actor, facts: dict[str, Any]) -> None:
    history.append(
        subject=(Subject.LOCATION, checked.location_id),
        action=action,
        by=by,
        site_id=checked.location.site_id,
        facts={"check": checked.id, **facts},
    )
