"""Stock checks: what should stand in a place, what was found there, what is missing once the check is closed."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api import scans
from tracker.api.fields import Inner, Items, Shape, Text
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.devices.lifecycle import Stage
from tracker.scanning import operations, rules
from tracker.stock import check_operations, check_queries
from tracker.stock import queries as places
from tracker.stock.check_models import StockCheck
from tracker.stock.check_queries import Seen

resource = Resource("stock_checks", "Stock checks: what stands in a place, and what is missing.")


class NewCheck(Shape):
    location = Text(most=500, required=True, metadata={"description": "The code of a place"})


class CheckScans(Shape):
    scans = Items(Inner(scans.Reading), most=rules.MOST_AT_ONCE, required=True)


class CheckLine(Shape):
    """`belongs_in`: the place where something unexpected was to be; `is_in`: where it is now."""

    code = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    stage = fields.Enum(Stage, by_value=True, required=True, allow_none=True)
    found_at = fields.AwareDateTime(required=True, allow_none=True)
    belongs_in = fields.String(required=True, allow_none=True)
    is_in = fields.String(required=True, allow_none=True)


class StockCheckShape(Shape):
    """`to_scan`: expected and not scanned, while the check is open; `missing`: the same, once it is closed; `gone`:
    expected, but put elsewhere or delivered meanwhile; `unknown_codes`: in no register."""

    id = fields.Integer(required=True)
    location = fields.String(required=True)
    location_name = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    found = fields.List(fields.Nested(CheckLine), required=True)
    to_scan = fields.List(fields.Nested(CheckLine), required=True)
    missing = fields.List(fields.Nested(CheckLine), required=True)
    gone = fields.List(fields.Nested(CheckLine), required=True)
    unexpected = fields.List(fields.Nested(CheckLine), required=True)
    unknown_codes = fields.List(fields.String(), required=True)


@resource.call("POST", "/stock-checks", Permission.WORK, body=NewCheck, answer=StockCheckShape)
def create(sent: dict[str, Any]) -> dict[str, Any]:
    """Begin at a place, or go on with the check that is open there."""
    with transaction():
        number = check_operations.begin(places.location_by_code(sent["location"]), current_actor()).id
    return _told(check_queries.check(number))


@resource.call("GET", "/stock-checks/<int:number>", Permission.SEE_WORKSHOP, answer=StockCheckShape)
def show(number: int) -> dict[str, Any]:
    """What was found, what is unexpected, what is still to scan or missing."""
    return _told(check_queries.check(number))


@resource.call(
    "POST", "/stock-checks/<int:number>/scans", Permission.WORK, body=CheckScans, answer=scans.Verdicts
)
def scan(sent: dict[str, Any], number: int) -> dict[str, Any]:
    """Note what stands at the place; nothing moves. `done`: expected there; `other_collection`: not expected;
    `conflict`: the check was closed before. The same `scan_id` again gives the same verdict."""
    by = current_actor()
    check_queries.check(number)
    asked = [
        rules.asked(
            one["code"],
            scan_id=one["scan_id"],
            action=rules.STOCK_CHECK,
            at=one.get("at"),
            values={"check": number},
            client=one.get("client"),
            sequence=one.get("sequence"),
        )
        for one in sent["scans"]
    ]
    with transaction():
        verdicts = operations.scan_many(asked, by)
    return {"verdicts": [scans.told(one, by) for one in verdicts]}


@resource.call("POST", "/stock-checks/<int:number>/close", Permission.WORK, answer=StockCheckShape)
def close(number: int) -> dict[str, Any]:
    """End the check: what should be there and was not scanned is missing from now on. Again changes nothing."""
    with transaction():
        check_operations.close(check_operations.held(number), current_actor())
    return _told(check_queries.check(number))


def _told(checked: StockCheck) -> dict[str, Any]:
    result = check_queries.result(checked)
    waiting = [_line(one) for one in result.waiting]
    return {
        "id": checked.id,
        "location": checked.location.code,
        "location_name": checked.location.name,
        "opened_at": checked.opened_at,
        "closed_at": checked.closed_at,
        "found": [_line(one) for one in result.found],
        "to_scan": [] if checked.closed_at else waiting,
        "missing": waiting if checked.closed_at else [],
        "gone": [_line(one) for one in result.gone],
        "unexpected": [_line(one) for one in result.unexpected],
        "unknown_codes": [one.line.code for one in result.unknown],
    }


def _line(one: Seen) -> dict[str, Any]:
    return {
        "code": one.line.code,
        "name": one.device.name if one.device else None,
        "stage": one.device.stage if one.device else None,
        "found_at": one.line.found_at,
        "belongs_in": one.line.was_in,
        "is_in": one.place.code if one.place else None,
    }
