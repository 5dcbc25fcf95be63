"""A device as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from tracker.accounts.rules import Actor, Role
from tracker.api.fields import Shape
from tracker.collection import queries as collection
from tracker.devices import queries, step_queries
from tracker.devices.lifecycle import Flag, Stage, moves_from
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Grade
from tracker.i18n import Sentence
from tracker.stock import queries as stock
from tracker.web.languages import locale
from tracker.wiping import certificate_queries as certificates
from tracker.wiping import hardware_queries as hardware
from tracker.wiping import queries as wiping
from tracker.wiping.hardware_queries import Known, Said
from tracker.wiping.hardware_value_rules import Piece


class NextAction(Shape):
    """What this token may do next with the device."""

    action = fields.String(required=True)
    name = fields.String(required=True)
    refused = fields.String(
        allow_none=True,
        metadata={"description": "Why it would be refused now; null where nothing stands against it"},
    )
    page = fields.String(
        allow_none=True,
        metadata={"description": "The page where it is carried out, when a scan is not enough"},
    )


class DriveShape(Shape):
    """A data-bearing part ever seen in the device. `end`: wiped, removed, destroyed; null while it may hold data.

    `to_confirm`: its destruction was declared, and waits for a second person. `page`: the drive's own page.
    """

    page = fields.String(required=True)
    to_confirm = fields.Boolean(required=True)
    serial = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    medium = fields.String(required=True)
    size_bytes = fields.Integer(required=True, allow_none=True)
    end = fields.String(required=True, allow_none=True)
    verdict = fields.String(required=True, allow_none=True, metadata={"description": "Of its last attempt"})


class SaidShape(Shape):
    """One value and where it comes from."""

    value = fields.Raw(
        required=True,
        metadata={"description": "Text or a number, in the unit that the name of the piece says"},
    )
    source = fields.String(
        required=True,
        metadata={
            "description": "The kind of report that says it; person: somebody said or chose it; arrival: it came so"
        },
    )
    said_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the report came in, or when the person said it"}
    )
    report = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True, metadata={"description": "Of the report's file"})


class FormerShape(SaidShape):
    until = fields.AwareDateTime(required=True, allow_none=True)


class DisputedShape(Shape):
    """What a report says against it; a person chooses on the device's page."""

    value = fields.Raw(required=True)
    source = fields.String(required=True)
    said_at = fields.AwareDateTime(required=True)
    report = fields.Integer(required=True)


class HardwareShape(SaidShape):
    """One piece of what is inside: what stands of it in `specification`, what disputes it, what stood before."""

    piece = fields.Enum(Piece, by_value=True, required=True)
    disputed_by = fields.List(fields.Nested(DisputedShape), required=True)
    before = fields.List(fields.Nested(FormerShape), required=True)


class AccessoryShape(Shape):
    kind = fields.String(required=True)
    packed = fields.Boolean(required=True)


class DeviceItem(Shape):
    """A device as lists show it."""

    code = fields.String(required=True)
    type = fields.Enum(DeviceType, by_value=True, required=True)
    manufacturer = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    serial = fields.String(required=True, allow_none=True)
    imei = fields.String(required=True, allow_none=True)
    imei2 = fields.String(required=True, allow_none=True)
    stage = fields.Enum(Stage, by_value=True, required=True)
    stage_since = fields.AwareDateTime(required=True)
    flags = fields.List(fields.Enum(Flag, by_value=True), required=True)
    grade = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    specification = fields.Dict(required=True)
    accessories = fields.List(fields.Nested(AccessoryShape), required=True)
    weight_g = fields.Integer(required=True, allow_none=True)
    collection = fields.String(required=True, allow_none=True)
    location = fields.String(
        required=True, allow_none=True, metadata={"description": "The code of its place"}
    )
    certificate = fields.String(
        required=True, allow_none=True, metadata={"description": "The number in force"}
    )


class DeviceShape(DeviceItem):
    """A device whole."""

    next_actions = fields.List(fields.Nested(NextAction), required=True)
    drives = fields.List(fields.Nested(DriveShape), required=True)
    hardware = fields.List(fields.Nested(HardwareShape), required=True)


class DevicePage(Shape):
    items = fields.List(fields.Nested(DeviceItem), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def items(devices: Sequence[Device]) -> list[dict[str, Any]]:
    """A page of devices, whatever its length in a fixed number of queries."""
    ids = [one.id for one in devices]
    queries.read_particulars(ids)
    gifts, places = collection.references_of(ids), stock.places_of(ids)
    numbers = certificates.numbers(ids)
    return [
        {
            **_plain(one),
            "collection": gifts.get(one.id),
            "location": places[one.id].code if one.id in places else None,
            "certificate": numbers.get(one.id),
        }
        for one in devices
    ]


def _plain(device: Device) -> dict[str, Any]:
    names = (
        "code",
        "type",
        "manufacturer",
        "model",
        "serial",
        "imei",
        "imei2",
        "stage",
        "stage_since",
        "grade",
        "specification",
        "weight_g",
    )
    return {
        **{name: getattr(device, name) for name in names},
        "flags": [row.flag for row in device.flags],
        "accessories": [
            {"kind": row.kind, "packed": row.packed_at is not None} for row in device.accessories
        ],
    }


def whole(device: Device, by: Actor) -> dict[str, Any]:
    """Everything about one device, and what `by` may do next."""
    states = wiping.drive_states(device)
    valid = certificates.valid_for(device)
    return {
        **items([device])[0],
        "certificate": valid.number if valid else None,
        "next_actions": next_actions(device, by),
        "drives": [
            {
                "serial": state.drive.serial,
                "model": state.drive.model,
                "medium": state.drive.medium.value,
                "size_bytes": state.drive.size_bytes,
                "end": state.end,
                "to_confirm": state.end is None and state.part.unconfirmed,
                "page": f"/wiping/drives/{state.drive.id}",
                "verdict": state.wipes[0].verdict.value if state.wipes else None,
            }
            for state in states
        ],
        "hardware": [_piece(one) for one in hardware.known(device)],
    }


def _piece(known: Known) -> dict[str, Any]:
    return {
        "piece": known.piece,
        **_said(known.stands),
        "disputed_by": [_said(one) for one in known.choices],
        "before": [{**_said(one), "until": one.until} for one in known.before],
    }


def _said(said: Said) -> dict[str, Any]:
    return {
        "value": said.value,
        "source": said.source,
        "said_at": said.at,
        "report": said.report,
        "sha256": said.sha256,
    }


def next_actions(device: Device, by: Actor) -> list[dict[str, Any]]:
    """The moves that begin here and are open to the role, each with what would refuse it now."""
    return [
        {
            "action": step.move.action.value,
            "name": _(step.move.name),
            "refused": step.refusal.sentence.shown_in(locale()) if step.refusal else None,
            "page": step.page if step.leads else None,
        }
        for step in step_queries.open_steps(device, by)
    ]


def moves_open_at(stage: Stage | None, by: Actor) -> tuple[Mapping[str, str], ...]:
    """The moves that begin at a stage and are open to the role: from the table alone, the same for ever."""
    return () if stage is None else _moves_open_at(stage, by.role, locale())


@cache
def _moves_open_at(stage: Stage, role: Role, language: str) -> tuple[Mapping[str, str], ...]:
    by = Actor(role)
    return tuple(
        {"action": move.action.value, "name": Sentence(move.name).shown_in(language)}
        for move in moves_from(stage)
        if by.is_at_least(move.role)
    )
