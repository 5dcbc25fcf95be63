"""Devices by the API: found, taken in, told; who may, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.collection import operations
from tracker.collection.rules import Line
from tracker.database import db
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Flag
from tracker.devices.rules import DeviceType


def test_without_a_token_nothing_opens(app: Flask) -> None:
    answer = Caller(app, None).get("/devices")
    refused(answer, 401, "")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_refusals_speak_french_unless_the_call_asks_otherwise(app: Flask) -> None:
    caller = Caller(app)
    caller.headers["Accept-Language"] = "fr-FR,fr;q=0.9,en;q=0.5"
    refused(caller.get("/devices/BCDFGHJX"), 404, "appareil")
    del caller.headers["Accept-Language"]
    refused(caller.get("/devices/BCDFGHJX"), 404, "appareil")
    refused(caller.post("/devices", {}), 422, "manque")
    caller.headers["Accept-Language"] = "en"
    refused(caller.get("/devices/BCDFGHJX"), 404, "No device")
    refused(caller.post("/devices", {}), 422, "missing")


def test_a_new_device_is_announced_unless_it_is_here(app: Flask) -> None:
    coordinator, volunteer = Caller(app, "coordinator"), Caller(app, "volunteer")
    assert done(coordinator.post("/devices", {"type": "laptop"}), 201)["stage"] == "announced"
    refused(volunteer.post("/devices", {"type": "laptop"}), 403, "Coordinator")
    here = {"type": "laptop", "stage": "received", "serial": "PF0RICO7", "weight_g": 1_900}
    made = done(volunteer.post("/devices", here), 201)
    assert made["stage"] == "received" and made["weight_g"] == 1_900
    assert "start_wiping" in [one["action"] for one in made["next_actions"]]


def test_a_serial_number_on_record_asks_for_a_word(app: Flask) -> None:
    caller = Caller(app)
    one = {"type": "laptop", "serial": "PF0RICO7"}
    code = done(caller.post("/devices", one), 201)["code"]
    refused(caller.post("/devices", one), 409, f"{code[:4]}-{code[4:]}")
    assert done(caller.post("/devices", {**one, "another": True}), 201)["code"] != code


def test_a_minted_tag_names_the_new_device_once(app: Flask) -> None:
    caller = Caller(app)
    with make.written():
        code = particulars.mint(Kind.DEVICE)[0].code
    assert done(caller.post("/devices", {"type": "screen", "code": code.lower()}), 201)["code"] == code
    refused(caller.post("/devices", {"type": "screen", "code": code}), 409, "already used")
    refused(caller.post("/devices", {"type": "screen", "code": "nonsense"}), 422, "tag")


@pytest.mark.parametrize(
    ("body", "field", "word"),
    [
        ({"type": "toaster"}, "type", "laptop"),
        ({"type": None}, "type", "null"),
        ({"type": "laptop", "colour": "red"}, "colour", "not known"),
        ({"type": "laptop", "weight_g": "heavy"}, "weight_g", "whole number"),
        ({"type": "laptop", "weight_g": 0}, "weight_g", "from 1 to 200000"),
        ({"type": "laptop", "serial": "a\ud800b"}, "serial", "control"),
        ({"type": "laptop", "serial": ["x"]}, "serial", "text"),
        ({"type": "laptop", "stage": "ready"}, "stage", "received"),
        (["type"], "body", "JSON object"),
    ],
)
def test_a_wrong_field_is_named_in_a_sentence(app: Flask, body: object, field: str, word: str) -> None:
    problem = refused(Caller(app).post("/devices", body), 422, word)
    assert field in problem["errors"]


def test_a_body_that_is_no_json_is_told_so(app: Flask) -> None:
    caller = Caller(app)
    refused(caller.post("/devices", data=b"{", content_type="application/json"), 422, "line 1")
    refused(caller.post("/devices", data=b"\xff", content_type="application/json"), 422, "JSON")
    refused(caller.post("/devices", data=b"[" * 100_000, content_type="application/json"), 422, "JSON")
    refused(caller.post("/devices", data=b"type=laptop", content_type="text/plain"), 422, "Content-Type")


def test_a_list_is_narrowed_and_paged(app: Flask) -> None:
    caller = Caller(app)
    for number in range(5):
        make.device("received", "laptop", serial=f"RICOPAGE{number}")
    screen = make.device("received", "screen")
    first = done(caller.get("/devices", type="laptop", limit=3))
    second = done(caller.get("/devices", type="laptop", limit=3, cursor=first["next_cursor"]))
    assert len(first["items"]) == 3 and len(second["items"]) == 2 and second["next_cursor"] is None
    assert len({one["code"] for one in first["items"] + second["items"]}) == 5
    assert [one["code"] for one in done(caller.get("/devices", q=screen.code))["items"]] == [screen.code]
    assert len(done(caller.get("/devices", q="ricopage"))["items"]) == 5
    assert done(caller.get("/devices", stage="ready"))["items"] == []
    assert len(done(caller.get("/devices", stage=["ready", "received"]))["items"]) == 6
    refused(caller.get("/devices", limit=201), 422, "from 1 to 200")
    refused(caller.get("/devices", stage="gone"), 422, "received")
    refused(caller.get("/devices", cursor="x"), 422, "first page")
    refused(caller.get("/devices", colour="red"), 422, "not known")
    refused(caller.get("/devices", collection="C-1"), 404, "C-1")


def queries_of(call: Callable[[], object]) -> int:
    """How many statements a call sends to the database."""
    seen: list[str] = []

    def note(*said: Any) -> None:
        seen.append(said[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_list_costs_the_same_queries_whatever_its_length(app: Flask) -> None:
    caller, gift = Caller(app), make.collection()
    counted = []
    for _ in range(2):
        with make.written():
            for _ in range(4):
                one = operations.add_device(gift, Line(DeviceType.LAPTOP), Action.RECEIVE, make.system())
                particulars.raise_flag(one, Flag.NEEDS_PART, make.system())
        items = done(caller.get("/devices"))["items"]
        assert all(one["flags"] == ["needs_part"] and one["collection"] for one in items)
        counted.append(queries_of(lambda: caller.get("/devices")))
    assert counted[0] == counted[1] < 15, counted


def test_next_actions_say_why_one_is_refused_now(app: Flask) -> None:
    device = make.device("wiping")
    shown = done(Caller(app, "volunteer").get(f"/devices/{device.code}"))
    actions = {one["action"]: one for one in shown["next_actions"]}
    assert "drive" in actions["finish_wiping"]["refused"]
    assert actions["finish_wiping"]["page"] == f"/wiping/upload?device={device.code}"
    assert actions["lose"]["refused"] is None
    assert "recycle" not in actions
    assert "recycle" in [
        one["action"] for one in done(Caller(app).get(f"/devices/{device.code}"))["next_actions"]
    ]


def test_history_tells_what_happened_in_order(app: Flask) -> None:
    caller = Caller(app)
    code = done(caller.post("/devices", {"type": "laptop", "stage": "received"}), 201)["code"]
    told = done(caller.get(f"/devices/{code}/history"))["items"]
    assert [(one["action"], one["from"], one["to"]) for one in told] == [("receive", None, "received")]
    assert told[0]["by"] == {"kind": "token", "id": caller.user.id if caller.user else None}
    assert len(told[0]["hash"]) == 64 and told[0]["facts"]["code"] == code
    assert told[0]["at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/devices"),
        ("get", "/devices/BCDFGHJX"),
        ("get", "/devices/BCDFGHJX/history"),
        ("get", "/devices/BCDFGHJX/certificate"),
        ("get", "/statistics"),
        ("post", "/devices"),
        ("post", "/scans"),
        ("post", "/reports"),
        ("post", "/labels"),
        ("post", "/donors"),
        ("post", "/collections"),
        ("post", "/handovers"),
        ("post", "/requests/1/allocations"),
    ],
)
def test_an_association_sees_nothing_of_the_workshop(app: Flask, method: str, path: str) -> None:
    refused(getattr(Caller(app, "association"), method)(path), 403, "role")
