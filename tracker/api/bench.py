"""The bench: checklist, grade, and what a person declares about a device's storage."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_babel import gettext as _
from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Choice, Said, Shape, Table, Text, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.devices.rules import Grade
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.reconditioning import operations, queries
from tracker.reconditioning.models import Grading
from tracker.reconditioning.rules import Answer, ChecklistState
from tracker.wiping import declaration_operations
from tracker.wiping.rules import DeclarationKind

resource = Resource("bench", "Tests, grades and declarations.")


class Answers(Shape):
    """Answers by key, or one answer for all lines."""

    answers = Table(keys=Text(most=80), values=Choice(Answer))
    all = Choice(Answer)


class LineShape(Shape):
    key = fields.String(required=True)
    text = fields.String(required=True)
    mandatory = fields.Boolean(required=True)
    answer = fields.Enum(Answer, by_value=True, required=True, allow_none=True)


class Checklist(Shape):
    """The checklist of the device's type. `left`: mandatory points without an answer; `failed`: points with a fault."""

    lines = fields.List(fields.Nested(LineShape), required=True)
    left = fields.List(fields.String(), required=True)
    failed = fields.List(fields.String(), required=True)
    complete = fields.Boolean(required=True)


class BatteryField(ma.fields.Field[Any]):
    """Percent of the first capacity, or a letter."""

    default_error_messages = {
        "invalid": Said(N_("Give the battery in percent, from 0 to 100, or as a letter: A, B, C.")),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **values: Any) -> int | Grade:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100:
            return value
        if isinstance(value, str) and value in set(Grade):
            return Grade(value)
        raise self.make_error("invalid")


class NewGrade(Shape):
    grade = Choice(Grade, required=True)
    battery = BatteryField(
        allow_none=True,
        metadata={
            "oneOf": [
                {"type": "integer", "minimum": 0, "maximum": 100},
                {"type": "string", "enum": ["A", "B", "C"]},
                {"type": "null"},
            ]
        },
    )
    screen = Choice(Grade, allow_none=True)
    casing = Choice(Grade, allow_none=True)
    note = Text(allow_none=True)


class GradeShape(Shape):
    code = fields.String(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)
    battery = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    battery_percent = fields.Integer(required=True, allow_none=True)
    screen = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    casing = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    graded_at = fields.AwareDateTime(required=True)


class NewDeclaration(Shape):
    """`factory_reset` says that no account lock remains, unless `lock_checked` is false (it is then refused).

    `lock_free` and `lock_found` answer whether an account locks a phone or tablet. A destruction counts once another
    person has confirmed it on its page.
    """

    kind = Choice(DeclarationKind, required=True)
    serial = Text(
        most=200, allow_none=True, metadata={"description": "Of the drive that was destroyed or removed"}
    )
    slip = Text(most=60, allow_none=True, metadata={"description": "The number of the destruction slip"})
    place = Text(
        most=40, allow_none=True, metadata={"description": "The code of the box that a removed drive lies in"}
    )
    reason = Text(required=True)
    lock_checked = YesNo(load_default=True)


class DeclarationShape(Shape):
    """`id`: by which a second person confirms a destruction (`/destructions/{id}/confirm`)."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    kind = fields.Enum(DeclarationKind, by_value=True, required=True)
    serial = fields.String(required=True, allow_none=True)
    declared_at = fields.AwareDateTime(required=True)
    declared_by = fields.Integer(required=True, allow_none=True)
    counts = fields.Boolean(
        required=True, metadata={"description": "False: a second person still has to confirm it"}
    )


@resource.call("GET", "/devices/<code>/checks", Permission.SEE_WORKSHOP, answer=Checklist)
def checklist(code: str) -> dict[str, Any]:
    """The points to test, and the answers given so far."""
    return _told(queries.checklist(devices.by_code(code)))


@resource.call("POST", "/devices/<code>/checks", Permission.WORK, body=Answers, answer=Checklist)
def check(sent: dict[str, Any], code: str) -> dict[str, Any]:
    """Answer points of the checklist; what is left is in the answer."""
    if ("all" in sent) == ("answers" in sent):
        raise Malformed(
            N_("Send either “answers”, point by point, or “all”, one answer for every point."),
            field="answers",
        )
    with transaction():
        device = _locked(code)
        if "all" in sent:
            state = operations.answer_all(device, sent["all"], current_actor())
        else:
            state = operations.answer(device, sent["answers"], current_actor())
        return _told(state)


def _locked(code: str) -> Device:
    return devices.locked(devices.by_code(code).id)


def _told(state: ChecklistState) -> dict[str, Any]:
    return {
        "lines": [
            {
                "key": one.line.key,
                "text": _(one.line.text),
                "mandatory": one.line.mandatory,
                "answer": one.answer,
            }
            for one in state.lines
        ],
        "left": [one.line.key for one in state.left],
        "failed": [one.line.key for one in state.failed],
        "complete": state.complete,
    }


@resource.call("POST", "/devices/<code>/grade", Permission.WORK, body=NewGrade, answer=GradeShape, status=201)
def grade(sent: dict[str, Any], code: str) -> dict[str, Any]:
    """Judge how the device looks and lasts, after its tests."""
    with transaction():
        device = _locked(code)
        made = operations.grade(device, sent.pop("grade"), current_actor(), **sent)
        return {"code": device.code, **_graded(made)}


def _graded(made: Grading) -> dict[str, Any]:
    return {name: getattr(made, name) for name in GradeShape().fields if name != "code"}


@resource.call(
    "POST",
    "/devices/<code>/declarations",
    Permission.WORK,
    body=NewDeclaration,
    answer=DeclarationShape,
    status=201,
)
def declare(sent: dict[str, Any], code: str) -> dict[str, Any]:
    """A named person's word where no report can prove that data is gone."""
    with transaction():
        device = _locked(code)
        made = declaration_operations.declare(
            device,
            sent["kind"],
            current_actor(),
            sent["reason"],
            serial=sent.get("serial"),
            slip=sent.get("slip"),
            place=sent.get("place"),
            lock_checked=sent["lock_checked"] and sent["kind"] is DeclarationKind.FACTORY_RESET,
        )
        return {
            "id": made.id,
            "code": device.code,
            "kind": made.kind,
            "serial": sent.get("serial"),
            "declared_at": made.declared_at,
            "declared_by": made.declared_by,
            "counts": made.counts,
        }
