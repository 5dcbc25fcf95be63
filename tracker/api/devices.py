"""Devices: found, taken in, told."""

from __future__ import annotations

import enum
from typing import Any

from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.api.device_shapes import DevicePage, DeviceShape, items, whole
from tracker.api.fields import Choice, Items, Shape, Text, Whole, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.collection import arrival_operations, operations
from tracker.collection import queries as collection
from tracker.collection.rules import Line
from tracker.devices import particulars, queries
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.queries import Wanted
from tracker.devices.rules import DeviceType
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject

resource = Resource("devices", "Devices, their stages and their history.")

LIMIT = 50
MOST = 200


class Paged(Shape):
    """A page of a list."""

    cursor = Text(most=500)
    limit = Whole(least=1, most=MOST, strict=False, load_default=LIMIT)


class Search(Paged):
    """What a list of devices is narrowed to. `stage` may stand several times."""

    stage = Items(Choice(Stage), load_default=list)
    type = Choice(DeviceType)
    q = Text(
        most=200,
        metadata={"description": "A code, an IMEI, the beginning of a serial number, or maker and model"},
    )
    collection = Text(most=40)


class Beginning(enum.Enum):
    """Where a new device stands."""

    ANNOUNCED = "announced"
    COLLECTED = "collected"
    RECEIVED = "received"


ACTIONS = {
    Beginning.ANNOUNCED: Action.ANNOUNCE,
    Beginning.COLLECTED: Action.COLLECT,
    Beginning.RECEIVED: Action.RECEIVE,
}


class NewDevice(Shape):
    """A device to take in. `code` is a tag minted before; without it one is minted."""

    type = Choice(DeviceType, required=True)
    manufacturer = Text(most=200, allow_none=True)
    model = Text(most=200, allow_none=True)
    serial = Text(most=200, allow_none=True)
    imei = Text(
        most=40, allow_none=True, metadata={"description": "15 digits, the last of which checks the others"}
    )
    imei2 = Text(most=40, allow_none=True, metadata={"description": "Of a phone with two SIM cards"})
    weight_g = Whole(least=1, most=200_000, allow_none=True)
    collection = Text(most=40, allow_none=True)
    code = Text(most=40, allow_none=True)
    stage = Choice(Beginning, load_default=Beginning.ANNOUNCED)
    another = YesNo(
        load_default=False,
        metadata={
            "description": "True: it is another device than the one that has the same serial number or IMEI"
        },
    )


class By(Shape):
    """Who did it: a kind (user, token, link, system) and the id of the person behind."""

    kind = fields.String(required=True)
    id = fields.Integer(required=True, allow_none=True)


class Entry(Shape):
    """One thing that happened."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    from_ = fields.String(required=True, allow_none=True, data_key="from")
    to = fields.String(required=True, allow_none=True)
    by = fields.Nested(By, required=True)
    hash = fields.String(required=True)
    facts = fields.Dict(required=True)


class History(Shape):
    items = fields.List(fields.Nested(Entry), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@resource.call("GET", "/devices", Permission.SEE_WORKSHOP, query=Search, answer=DevicePage)
def index(asked: dict[str, Any]) -> dict[str, Any]:
    """The devices, the newest first."""
    among = collection.ids_in(collection.collection(asked["collection"])) if asked.get("collection") else None
    wanted = Wanted(asked["stage"], asked.get("type"), asked.get("q"), among)
    page = queries.page(wanted, cursor=asked.get("cursor"), limit=asked["limit"])
    return {"items": items(page.items), "next_cursor": page.next_cursor}


@resource.call("POST", "/devices", Permission.WORK, body=NewDevice, answer=DeviceShape, status=201)
def create(asked: dict[str, Any]) -> dict[str, Any]:
    """A new device: announced, or collected or received where `stage` says so."""
    by = current_actor()
    with transaction():
        return whole(_taken_in(asked, by), by)


def _taken_in(asked: dict[str, Any], by: Actor) -> Device:
    action = ACTIONS[asked["stage"]]
    code = arrival_operations.tag_code(asked["code"]) if asked.get("code") else None
    about: dict[str, Any] = {
        name: asked.get(name) for name in ("manufacturer", "model", "serial", "imei", "imei2", "weight_g")
    }
    if asked.get("collection"):
        gift = collection.collection(asked["collection"])
        line = Line(asked["type"], **about)
        return operations.add_device(gift, line, action, by, code=code, another=asked["another"])
    if not asked["another"]:
        operations.must_be_new(asked.get("serial"), asked.get("imei"), asked.get("imei2"))
    return particulars.register(asked["type"], action, by, code=code, **about)


@resource.call("GET", "/devices/<code>", Permission.SEE_WORKSHOP, answer=DeviceShape)
def show(code: str) -> dict[str, Any]:
    """One device, and what this token may do next with it."""
    return whole(queries.by_code(code), current_actor())


@resource.call("GET", "/devices/<code>/history", Permission.SEE_WORKSHOP, query=Paged, answer=History)
def history(asked: dict[str, Any], code: str) -> dict[str, Any]:
    """What happened to a device, the first thing first."""
    device = queries.by_code(code)
    page = past.page(Subject.DEVICE, device.id, cursor=asked.get("cursor"), limit=asked["limit"])
    return {"items": [_entry(one) for one in page.items], "next_cursor": page.next_cursor}


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "action": entry.action,
        "from_": entry.from_stage,
        "to": entry.to_stage,
        "by": {"kind": entry.actor_kind, "id": entry.actor_id},
        "hash": entry.hash,
        "facts": entry.facts,
    }
