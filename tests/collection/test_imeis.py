"""A phone is known by its IMEI in lists, by hand, by the API and in every search."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tests.collection.test_import import ALREADY, DOUBLE, FAULT, NEW, imported, verdicts
from tests.web.browsing import client_of, send
from tracker.collection import operations, queries
from tracker.collection.import_operations import row_content
from tracker.collection.rules import Line, SameSerial
from tracker.database import transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.queries import Wanted
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed

ONE, TWO = "490154203237518", "352099001761481"


def phone(**values: object) -> Device:
    return make.device(kind="smartphone", **values)


def phones(*rows: str) -> bytes:
    return ("Type;Marque;IMEI;IMEI 2\n" + "".join(f"smartphone;Fairphone;{row}\n" for row in rows)).encode()


def found(text: str) -> list[int]:
    return [one.id for one in devices.page(Wanted(text=text)).items]


@pytest.mark.parametrize("typed", [ONE, "49-015420-323751-8", " 490154 203237 518 "])
def test_a_phone_is_found_by_either_imei(app: Flask, typed: str) -> None:
    first, second = phone(imei=ONE), phone(imei=TWO, imei2=None)
    third = phone(imei2=ONE)
    assert found(typed) == [third.id, first.id] and found(TWO) == [second.id]


def test_a_wrong_imei_is_on_no_record(app: Flask) -> None:
    with pytest.raises(Malformed, match="last digit"):
        phone(imei=ONE[:-1] + "1")
    device = phone(imei=ONE)
    with pytest.raises(Malformed, match="last digit"), transaction():
        particulars.edit(devices.locked(device.id), make.actor(), imei2=TWO[:-1] + "2")


def test_an_imei_is_kept_as_its_digits(app: Flask) -> None:
    device = phone(imei="49-015420-323751-8")
    assert device.imei == ONE


def test_the_same_phone_is_asked_about_by_whichever_imei(app: Flask) -> None:
    gift, known = make.collection(), phone(imei=ONE, imei2=TWO)
    for line in (
        Line(DeviceType.SMARTPHONE, imei=TWO),
        Line(DeviceType.SMARTPHONE, imei2=ONE),
        Line(DeviceType.SMARTPHONE, serial=ONE),
    ):
        with pytest.raises(SameSerial, match="same IMEI") as asked, transaction():
            operations.add_device(gift, line, Action.RECEIVE, make.actor())
        assert asked.value.codes == (known.code,)


def test_a_record_with_the_same_imei_is_offered_for_merging(app: Flask) -> None:
    one, two = phone(imei=ONE), phone(imei=TWO, imei2=ONE)
    assert [other.id for other in devices.alike(one)] == [two.id]


def test_a_list_brings_both_imeis_and_recognises_them_in_another_list(app: Flask) -> None:
    gift = make.collection()
    assert verdicts(imported(gift, phones(f"{ONE};{TWO}"))) == [NEW]
    (device,) = devices.with_imei(ONE)
    assert (device.imei, device.imei2) == (ONE, TWO)
    assert verdicts(imported(gift, phones(f"{TWO};"))) == [ALREADY]
    assert verdicts(imported(make.collection(make.donor(name="Autre")), phones(f";{ONE}"))) == [DOUBLE]


def test_two_rows_with_one_imei_are_one_phone(app: Flask) -> None:
    outcome = imported(make.collection(), phones(f"{ONE};", f"{TWO};{ONE}", f"{ONE[:-1]}3;", "4,90154E+14;"))
    assert verdicts(outcome) == [NEW, DOUBLE, FAULT, FAULT]
    assert "as text" in str(outcome.rows[3].sentence)


def test_a_list_of_the_time_before_second_imeis_is_still_the_same_list() -> None:
    """What is kept of a row without serial number must not change with the version."""
    assert "imei2" not in row_content(Line(DeviceType.LAPTOP))


def test_the_phone_in_hand_is_named_by_its_imei(app: Flask) -> None:
    gift = make.collection()
    imported(gift, phones(f"{ONE};"))
    assert queries.device_meant(gift, ONE).imei == ONE


def test_the_api_takes_tells_and_finds_imeis(app: Flask) -> None:
    caller = Caller(app)
    sent = {"type": "smartphone", "imei": "49-015420-323751-8", "imei2": TWO}
    made = done(caller.post("/devices", sent), 201)
    assert (made["imei"], made["imei2"]) == (ONE, TWO)
    assert [one["code"] for one in done(caller.get("/devices", q=TWO))["items"]] == [made["code"]]
    refused(caller.post("/devices", {"type": "smartphone", "imei2": ONE[:-1] + "0"}), 422, "last digit")
    refused(caller.post("/devices", {"type": "smartphone", "imei": TWO}), 409, "same IMEI")


def test_a_phone_is_added_and_corrected_by_hand(app: Flask) -> None:
    volunteer = client_of(app, make.user("volunteer"))
    gift = make.collection()
    page = f"/collections/{gift.reference}/add"
    fast = {"type": "smartphone", "action": "receive"}
    answer = send(volunteer, page, {**fast, "imei": ONE[:-1] + "0"})
    assert answer.status_code == 422 and "Un chiffre de cet IMEI est faux" in answer.text
    assert send(volunteer, page, {**fast, "imei": ONE}).status_code == 303
    (device,) = devices.with_imei(ONE)
    again = send(volunteer, page, {**fast, "imei2": ONE})
    assert again.status_code == 409 and device.code in again.text
    edit = f"/devices/{device.code}/edit"
    assert send(volunteer, edit, {"type": "smartphone", "imei": ONE, "imei2": TWO}).status_code == 303
    assert TWO in volunteer.get(f"/devices/{device.code}").text
