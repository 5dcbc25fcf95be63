"""Scans, one by one or as a phone sends them after an hour without network."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.api.device_shapes import NextAction, moves_open_at
from tracker.api.fields import Choice, Day, Inner, Items, Moment, Shape, Text, Uuid, Whole
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.devices.lifecycle import Stage
from tracker.devices.rules import Accessories
from tracker.scanning import operations, rules
from tracker.scanning.rules import Outcome, Verdict
from tracker.web.languages import locale

resource = Resource("scans", "What scanners and phones read, judged once for ever.")


class ScanValues(Shape):
    """What may come with an action."""

    reason = Text(most=500, allow_none=True)
    slip_number = Text(most=200, allow_none=True)
    recycler = Text(most=200, allow_none=True)
    left_on = Day(allow_none=True)
    location = Text(most=500, allow_none=True, metadata={"description": "The code of a place"})
    accessories = Items(Choice(Accessories), most=20, allow_none=True)
    weight_g = Whole(least=1, most=200_000, allow_none=True)
    grade = Text(most=1, allow_none=True)
    check = Whole(
        least=1,
        most=2**31 - 1,
        allow_none=True,
        metadata={"description": "With the action `stock_check`: the number of the check"},
    )


class Reading(Shape):
    """What was read, when, by which client; `scan_id` names it for ever."""

    scan_id = Uuid(required=True)
    code = Text(most=rules.LONGEST_RAW, required=True)
    at = Moment(allow_none=True)
    client = Uuid(allow_none=True)
    sequence = Whole(least=0, most=2**31 - 1, allow_none=True)


class Scan(Reading):
    """One scan. Without `action` it looks up."""

    action = Text(most=40, allow_none=True)
    mode = Text(most=40, allow_none=True)
    note = Text(most=rules.LONGEST_NOTE, allow_none=True)
    values = Inner(ScanValues, allow_none=True)
    batch = Uuid(
        allow_none=True, metadata={"description": "Its action and values hold where the scan says none"}
    )


class Scans(Shape):
    scans = Items(Inner(Scan), most=rules.MOST_AT_ONCE, required=True)


class VerdictShape(Shape):
    """What became of a scan. `stage` is where the device stood after it."""

    scan_id = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    verdict = fields.Enum(Outcome, by_value=True, required=True)
    stage = fields.Enum(Stage, by_value=True, required=True, allow_none=True)
    message = fields.String(required=True)
    page = fields.String(required=True, allow_none=True)
    next_actions = fields.List(fields.Nested(NextAction), required=True)


class Verdicts(Shape):
    verdicts = fields.List(fields.Nested(VerdictShape), required=True)


@resource.call("POST", "/scans", Permission.WORK, body=Scans, answer=Verdicts, as_told=True)
def judge(sent: dict[str, Any]) -> dict[str, Any]:
    """Judge up to 500 scans, each by itself. The same `scan_id` again gives the same verdict and changes nothing."""
    by = current_actor()
    asked = [
        rules.asked(
            one["code"],
            scan_id=one["scan_id"],
            action=one.get("action"),
            at=one.get("at"),
            mode=one.get("mode"),
            note=one.get("note"),
            values={name: value for name, value in (one.get("values") or {}).items() if value is not None},
            batch=one.get("batch"),
            client=one.get("client"),
            sequence=one.get("sequence"),
        )
        for one in sent["scans"]
    ]
    with transaction():
        verdicts = operations.scan_many(asked, by)
    return {"verdicts": [told(one, by) for one in verdicts]}


def told(one: Verdict, by: Actor) -> dict[str, Any]:
    """A verdict as the interface gives it."""
    return {
        "scan_id": one.scan_id,
        "code": one.code,
        "verdict": one.outcome,
        "stage": one.stage,
        "message": one.message.shown_in(locale()),
        "page": one.address,
        "next_actions": moves_open_at(one.stage, by),
    }
