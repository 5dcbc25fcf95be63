"""The page of what leaves, as a browser without scripts sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import tracker.wiping.queries  # noqa: F401 (proves that data is gone; screens have none)
from tests import make
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.recycling import queries
from tracker.recycling.models import RecyclingSlip

SignIn = Callable[..., FlaskClient]
PAGE = "/recycling"


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def screen(stage: Stage = Stage.PARTS, **values: Any) -> Device:
    return make.device(stage, DeviceType.SCREEN, **values)


def stage_of(device: Device) -> Stage:
    return devices.by_code(device.code).stage


def post(client: FlaskClient, path: str = PAGE, **values: Any) -> str:
    shown = client.get(PAGE).text
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"', shown)
    sent = {"csrf_token": make.csrf_token(shown), "form_token": token[1] if token else "", **values}
    answer = client.post(
        path, data=sent, headers={"Referer": f"http://localhost{PAGE}"}, follow_redirects=True
    )
    session.expire_all()
    return answer.text


def test_ticked_and_scanned_devices_leave_together(app: Flask, signed_in: SignIn) -> None:
    ticked, scanned = screen(), screen(Stage.WIPED)
    text = post(
        signed_in("coordinator"),
        device=ticked.code,
        codes=f" {scanned.code.lower()}\n\n{ticked.code}\n",
        slip_number="B-12",
        recycler="Le Tri",
        left_on="2026-11-02",
    )
    assert "2 devices have left" in text
    slip = queries.slip_of(scanned)
    assert slip and slip == queries.slip_of(ticked)
    assert (slip.number, slip.left_on.isoformat()) == ("B-12", "2026-11-02")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"slip_number": "B-12", "recycler": "Le Tri"}, "at least one device"),
        ({"tick": True}, "Give the slip’s number"),
        ({"tick": True, "slip_number": "B-12"}, "give the recycler’s name too"),
        ({"tick": True, "reason": "a", "codes": "BCDF-GHJX"}, "No device has the code"),
        ({"tick": True, "reason": "a", "left_on": "2999-01-01"}, "after today"),
        ({"tick": True, "reason": "a", "left_on": "never"}, "date"),
        ({"tick": True, "slip_number": "9" * 61, "recycler": "Le Tri"}, "60 characters"),
    ],
)
def test_a_wrong_form_says_why_and_loses_nothing(
    app: Flask, signed_in: SignIn, values: dict[str, Any], says: str
) -> None:
    device = screen()
    ticks = {"device": device.code} if "tick" in values else {}
    typed = {name: value for name, value in values.items() if name != "tick"}
    text = post(signed_in("coordinator"), **ticks, **typed)
    assert says in text
    assert stage_of(device) is Stage.PARTS and not session.query(RecyclingSlip).count()
    if ticks:
        assert re.search(rf'value="{device.code}" checked', text)
    for kept in typed.values():
        assert kept in text


def test_the_form_sent_twice_makes_one_departure(app: Flask, signed_in: SignIn) -> None:
    device, client = screen(), signed_in("coordinator")
    shown = client.get(PAGE).text
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"', shown)
    assert token
    sent = {
        "csrf_token": make.csrf_token(shown),
        "form_token": token[1],
        "device": device.code,
        "reason": "a",
    }
    answers = [client.post(PAGE, data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert session.query(RecyclingSlip).count() == 1


def test_a_device_held_up_by_a_flag_can_be_kept_for_parts(app: Flask, signed_in: SignIn) -> None:
    device, client = screen(Stage.WIPED), signed_in()
    with transaction():
        particulars.raise_flag(device, Flag.NEEDS_PART, make.actor())
    assert device.code in client.get(PAGE).text
    assert "One device is kept" in post(client, f"{PAGE}/parts", device=device.code)
    assert stage_of(device) is Stage.PARTS


def test_a_computer_that_may_hold_data_says_so_in_the_list(app: Flask, signed_in: SignIn) -> None:
    device = make.device(Stage.RECEIVED, DeviceType.LAPTOP)
    with transaction():
        particulars.raise_flag(device, Flag.NEEDS_PART, make.actor())
    text = signed_in().get(PAGE).text
    assert device.code in text and "can leave" not in text
    assert f"{PAGE}/parts" not in text


def test_a_volunteer_sees_no_slip_form(app: Flask, signed_in: SignIn) -> None:
    screen()
    client = signed_in()
    text = client.get(PAGE).text
    assert 'id="departure"' not in text
    assert "Choose" not in text and "Tick the devices" not in text
    assert 'data-label="State"' not in text  # nothing that only a coordinator could answer
    assert client.post(PAGE, data={"csrf_token": make.csrf_token(text)}).status_code == 403


def test_the_empty_page_says_how_to_begin_to_each(signed_in: SignIn) -> None:
    coordinator = signed_in("coordinator").get(PAGE).text
    assert "scan its code below" in coordinator and 'id="departure"' in coordinator
    assert "Nothing to send away" not in coordinator, "there is a form that works"
    volunteer = signed_in("volunteer").get(PAGE).text
    assert "Begin on a device’s page" in volunteer and "below" not in volunteer


def test_the_device_page_is_told_the_slip_or_that_it_is_kept_for_parts(app: Flask) -> None:
    device, waiting = screen(), screen()
    by = make.actor("coordinator")
    from tracker.recycling import operations

    with transaction():
        operations.recycle_together([device], by, {"reason": "no slip given"})
    panel = queries.panel(device, by)
    assert panel and panel["slip"].number is None and panel["reason"] == "no slip given"
    other = queries.panel(waiting, by)
    assert other and other["for_parts"]
    assert queries.panel(screen(Stage.WIPED), by) is None


def test_home_tells_the_coordinator_what_is_kept_for_parts(app: Flask, signed_in: SignIn) -> None:
    screen()
    assert "Kept for parts" in signed_in("coordinator").get("/").text
    assert "Kept for parts" not in signed_in().get("/").text


def test_the_device_page_shows_the_slip(app: Flask, signed_in: SignIn) -> None:
    device, client = screen(), signed_in("coordinator")
    assert "Kept for its parts" in client.get(f"/devices/{device.code}").text
    post(client, device=device.code, slip_number="B-12", recycler="Le Tri")
    text = client.get(f"/devices/{device.code}").text
    assert "B-12" in text and "Le Tri" in text
    assert "<dt>Reason</dt>" not in text  # a slip was given: no reason was asked for
