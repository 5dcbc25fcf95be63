"""Correcting what is on record about a device."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.web.browsing import client_of, send
from tracker.database import session, transaction
from tracker.devices import particulars, queries
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device
from tracker.history import queries as past
from tracker.history.rules import Subject


@pytest.fixture
def volunteer(app: Flask) -> FlaskClient:
    return client_of(app, make.user())


def again(device: Device) -> Device:
    session.expire_all()
    found = queries.by_id(device.id)
    assert found is not None
    return found


def last(device: Device) -> tuple[str, dict[str, object]]:
    entry = past.of_subject(Subject.DEVICE, device.id)[0]
    return entry.action, dict(entry.facts)


def test_a_correction_keeps_the_old_value_in_history(volunteer: FlaskClient) -> None:
    device = make.device(serial="OLD-1234", model="ProBook")
    values = {"type": "laptop", "model": "ProBook", "serial": "NEW-1234", "weight_g": "1,9"}
    answer = send(volunteer, f"/devices/{device.code}/edit", values)
    assert answer.location == f"/devices/{device.code}"
    assert (again(device).serial_key, again(device).weight_g) == ("NEW1234", 1900)
    assert last(device) == ("edit", {"serial": ["OLD-1234", "NEW-1234"], "weight_g": [None, 1900]})


def test_what_a_report_said_more_exactly_is_not_rounded_by_a_correction(volunteer: FlaskClient) -> None:
    inside = {"memory_mb": 7_847, "storage_gb": 256, "battery_percent": 81}
    device = make.device(specification=inside)
    page = volunteer.get(f"/devices/{device.code}/edit").text
    shown = re.search(r'name="memory_gb"[^>]*value="(\d+)"', page)
    assert shown and shown[1] == "8"
    send(
        volunteer,
        f"/devices/{device.code}/edit",
        {"type": "laptop", "memory_gb": "8", "storage_gb": "256", "cpu": "i5"},
    )
    assert again(device).specification == {**inside, "cpu": "i5"}


def test_two_people_correcting_at_once_do_not_overwrite_each_other(volunteer: FlaskClient) -> None:
    device = make.device(model="A")
    page = volunteer.get(f"/devices/{device.code}/edit").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    with transaction():
        particulars.edit(again(device), make.system(), model="B")
    answer = send(
        volunteer, f"/devices/{device.code}/edit", {"type": "laptop", "model": "C", "version": version[1]}
    )
    assert answer.status_code == 422 and again(device).model == "B"


@pytest.mark.parametrize(
    "values",
    [{"type": "toaster"}, {"type": "laptop", "weight_g": "999"}, {"type": "laptop", "imei": "12"},
     {"type": "laptop", "memory_gb": "lots"}, {"type": "laptop", "model": "x" * 121}, {}],
)  # fmt: skip
def test_a_wrong_correction_is_refused_and_nothing_changes(
    volunteer: FlaskClient, values: dict[str, str]
) -> None:
    device = make.device(model="A")
    answer = send(volunteer, f"/devices/{device.code}/edit", {"type": "", **values})
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert last(device)[0] == "receive"


def test_accessories_are_what_is_ticked(volunteer: FlaskClient) -> None:
    device = make.device()
    path = f"/devices/{device.code}/accessories"
    send(volunteer, path, {"kinds": ["charger", "mouse"]})
    assert {row.kind for row in again(device).accessories} == {"charger", "mouse"}
    send(volunteer, path, {"kinds": ["mouse"]})
    assert last(device) == ("set_accessories", {"added": [], "removed": ["charger"]})
    send(volunteer, path)
    assert again(device).accessories == []


def test_an_accessory_nobody_knows_is_refused(volunteer: FlaskClient) -> None:
    assert (
        send(volunteer, f"/devices/{make.device().code}/accessories", {"kinds": ["gold"]}).status_code == 422
    )


def test_a_flag_is_raised_and_cleared_with_a_word(volunteer: FlaskClient) -> None:
    device = make.device()
    send(volunteer, f"/devices/{device.code}/flags", {"flag": "needs_part", "note": "clavier"})
    assert [row.flag for row in again(device).flags] == [Flag.NEEDS_PART]
    path = f"/devices/{device.code}/flags/needs_part/clear"
    assert send(volunteer, path, {"note": ""}).status_code == 422
    assert send(volunteer, path, {"note": "clavier changé"}).status_code == 303
    assert again(device).flags == []


def test_a_volunteer_does_not_unlock_an_account(app: Flask, volunteer: FlaskClient) -> None:
    device = make.device()
    send(volunteer, f"/devices/{device.code}/flags", {"flag": "account_locked"})
    path = f"/devices/{device.code}/flags/account_locked/clear"
    assert send(volunteer, path, {"note": "ok"}).status_code == 422
    assert send(client_of(app, make.user("quality")), path, {"note": "ok"}).status_code == 303


def test_a_failed_wipe_is_neither_raised_nor_cleared_by_hand(volunteer: FlaskClient) -> None:
    device = make.device()
    assert send(volunteer, f"/devices/{device.code}/flags", {"flag": "wipe_failed"}).status_code == 422
    with transaction():
        particulars.raise_flag(again(device), Flag.WIPE_FAILED, make.system())
    path = f"/devices/{device.code}/flags/wipe_failed/clear"
    assert send(volunteer, path, {"note": "ok"}).status_code == 422
    assert [row.flag for row in again(device).flags] == [Flag.WIPE_FAILED]


def test_another_tag_is_put_on_and_the_old_one_still_leads_there(volunteer: FlaskClient) -> None:
    device, old = make.device(), ""
    old = device.code
    with transaction():
        new = particulars.mint(Kind.DEVICE)[0].code
    answer = send(volunteer, f"/devices/{old}/tag", {"code": f"{new[:4]}-{new[4:]}"})
    assert answer.location == f"/devices/{new}"
    assert queries.by_code(old).id == device.id


@pytest.mark.parametrize("typed", ["", "XXXX", "BCDFGHJX"])
def test_a_tag_that_is_not_ours_is_refused(volunteer: FlaskClient, typed: str) -> None:
    assert send(volunteer, f"/devices/{make.device().code}/tag", {"code": typed}).status_code == 422


def test_two_records_become_one_and_the_one_kept_is_the_one_chosen(volunteer: FlaskClient) -> None:
    one, two = make.device(serial="SAME-1234"), make.device(serial="same 1234")
    path = f"/devices/{one.code}/merge"
    assert two.code in volunteer.get(path).text.replace("-", "")
    page = f"{path}?other={two.code}"
    answer = send(volunteer, path, {"kept": two.code, "gone": one.code}, form=page)
    assert answer.location == f"/devices/{two.code}"
    assert again(one).merged_into_id == two.id
    assert queries.by_code(one.code).id == two.id


def test_a_device_is_not_merged_with_itself_or_with_nothing(volunteer: FlaskClient) -> None:
    device = make.device()
    path = f"/devices/{device.code}/merge"
    for other in (device.code, "NOPE", "BCDFGHJX"):
        assert volunteer.get(f"{path}?other={other}").status_code == 422
    answer = send(volunteer, path, {"kept": device.code, "gone": device.code})
    assert answer.status_code == 303 and again(device).merged_into_id is None


def test_a_record_past_its_arrival_is_not_merged_away(volunteer: FlaskClient) -> None:
    kept, gone = make.device(), make.device(Stage.READY)
    page = f"/devices/{kept.code}/merge?other={gone.code}"
    send(volunteer, f"/devices/{kept.code}/merge", {"kept": kept.code, "gone": gone.code}, form=page)
    assert again(gone).merged_into_id is None


def test_records_of_others_are_not_merged_from_this_page(volunteer: FlaskClient) -> None:
    here, one, two = make.device(), make.device(), make.device()
    page = f"/devices/{here.code}/merge?other={one.code}"
    send(volunteer, f"/devices/{here.code}/merge", {"kept": one.code, "gone": two.code}, form=page)
    assert again(two).merged_into_id is None


def test_a_device_that_is_not_there_is_not_found(volunteer: FlaskClient) -> None:
    for path in ("edit", "accessories", "flags", "flags/needs_part/clear", "tag", "merge"):
        assert volunteer.get(f"/devices/NOPE/{path}").status_code == 404
    assert volunteer.get(f"/devices/{make.device().code}/flags/nonsense/clear").status_code == 404
