"""A drive has a page of its own that tells its life, and what is left to do with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests import make
from tests.web.browsing import client_of, send
from tests.wiping.arrivals import NVME, SSD, arrived, destroyed, drive, ends, is_gone, upload
from tests.wiping.reports import FAILED, NEW, text
from tests.wiping.test_destruction_operations import declared
from tests.wiping.test_report_operations import smartctl
from tracker.database import session
from tracker.wiping import destruction_queries

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def holder(serial: str | None = None) -> object:
    device = arrived(serial=serial)
    upload(("smart.json", smartctl(SSD)), device=device)
    return device


def page_of(serial: str) -> str:
    return f"/wiping/drives/{drive(serial).id}"


def jpeg() -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "Telephone de Mme Untel"
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def test_a_drive_tells_its_life_through_two_devices(app: Flask) -> None:
    client, first, second = make.signed_in(app), arrived(), arrived(serial="PFOTHER01")
    upload(("nwipe.txt", text(NEW)), device=first)
    upload(("smart.json", smartctl(SSD)), device=second)
    shown = client.get(page_of(SSD)).text
    for code in (first.code, second.code):
        assert f"{code[:4]}-{code[4:]}" in shown
    assert "Wipe attempted in" in shown and "Seen in several devices" in shown


def test_a_drive_seen_in_two_devices_keeps_its_duty_in_both_until_it_is_taken_out_of_one(app: Flask) -> None:
    client = make.signed_in(app)
    first, second = arrived(serial="PFFIRST01"), arrived(serial="PFOTHER01")
    upload(("a.json", smartctl(SSD)), device=first)
    upload(("b.json", smartctl(SSD, power_on_time={"hours": 7})), device=second)
    assert not is_gone(first) and not is_gone(second)
    assert "Also on record for" in client.get(f"/wiping/{first.code}").text
    link = re.search(
        rf'href="(/wiping/{first.code}/declare/removed\?drive=\d+)"', client.get(page_of(SSD)).text
    )
    assert link
    chosen = link[1].split("=")[1]
    send(client, link[1].split("?")[0], {"drive": chosen, "reason": "now in the other one"}, form=link[1])
    assert is_gone(first) and not is_gone(second)
    assert "Seen in several devices" not in client.get(page_of(SSD)).text


def test_a_swapped_drive_is_named_and_keeps_its_duty(app: Flask) -> None:
    client, device = make.signed_in(app), arrived(serial=None)
    upload(("a.json", smartctl(SSD)), device=device)
    upload(("b.json", smartctl(NVME)), device=device)
    shown = client.get(f"/wiping/{device.code}").text
    assert shown.count("Another drive was seen here later") == 1
    assert ends(device) == {SSD: None, NVME: None}


def test_a_drive_taken_out_lies_in_a_box_and_still_has_to_be_wiped(app: Flask) -> None:
    client, device, box = make.signed_in(app), arrived(serial=None), make.location("Caisse 4", "box")
    upload(("a.json", smartctl(SSD)), device=device)
    form = f"/wiping/{device.code}/declare/removed"
    send(client, form, {"drive": str(drive(SSD).id), "reason": "noisy", "place": box.code})
    assert is_gone(device)
    shown = client.get(page_of(SSD)).text
    assert "Caisse 4" in shown and "In no device, and it may hold data" in shown
    assert SSD in client.get("/wiping/drives?show=loose").text


def test_a_place_that_is_none_is_said_and_nothing_is_declared(app: Flask) -> None:
    client, device = make.signed_in(app), arrived(serial=None)
    upload(("a.json", smartctl(SSD)), device=device)
    form = f"/wiping/{device.code}/declare/removed"
    answer = send(client, form, {"drive": str(drive(SSD).id), "reason": "noisy", "place": device.code})
    assert answer.status_code == 422 and "No box or shelf" in answer.text and not is_gone(device)


def test_a_drive_in_no_device_is_put_into_another_box(app: Flask) -> None:
    client, device = make.signed_in(app), arrived(serial=None)
    box = make.location("Caisse 4", "box")
    upload(("a.json", smartctl(SSD)), device=device)
    form = f"{page_of(SSD)}/place"
    refused = send(client, form, {"place": box.code})
    assert refused.status_code == 422 and "taken out of it first" in refused.text
    send(client, f"/wiping/{device.code}/declare/removed", {"drive": str(drive(SSD).id), "reason": "noisy"})
    assert send(client, form, {"place": box.code}).status_code == 303
    assert "Put into “Caisse 4”" in client.get(page_of(SSD)).text
    place = client.get(f"/stock/locations/{box.code}").text
    assert "One drive lies in it" in place and SSD in client.get(f"/wiping/drives?place={box.code}").text
    closed = send(client, f"/stock/locations/{box.code}/close", form=f"/stock/locations/{box.code}")
    assert closed.status_code in (303, 409, 422) and session.get_one(type(box), box.id).active


def test_a_destruction_goes_through_two_people_on_the_pages(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    declarer, second = make.signed_in(app), make.signed_in(app, "quality")
    form = f"/wiping/{device.code}/declare/destroyed"
    values = {"reason": "drilled three times", "photo": (BytesIO(jpeg()), "drive.jpg")}
    assert send(declarer, form, values).status_code == 303
    (row,) = destruction_queries.waiting()
    page = f"/wiping/destructions/{row.id}"
    assert page in second.get(f"/wiping/{device.code}").text and page in second.get("/").text
    assert page not in declarer.get("/").text
    own = send(declarer, page, {"decision": "confirm"})
    assert own.status_code == 422 and "someone else" in own.text and not is_gone(device)
    assert send(second, page, {"decision": "confirm"}).status_code == 303
    assert is_gone(device) and "Confirmed." in second.get(page).text


def test_a_destruction_without_proof_is_asked_for_it_on_the_page(app: Flask) -> None:
    device = holder()
    row = declared(device)  # type: ignore[arg-type]
    client, page = make.signed_in(app, "quality"), f"/wiping/destructions/{row.id}"
    assert "Add a photo" in send(client, page, {"decision": "confirm"}).text
    gif = {"decision": "confirm", "photo": (BytesIO(b"GIF89a" + b"\0" * 50), "x.jpg")}
    assert "JPEG or PNG" in send(client, page, gif).text
    assert "few words" in send(client, page, {"decision": "refuse"}).text
    assert not is_gone(device)  # type: ignore[arg-type]
    assert send(client, page, {"decision": "confirm", "slip": "BSD-7"}).status_code == 303
    assert is_gone(device)  # type: ignore[arg-type]


def test_a_photo_is_shown_to_staff_alone_and_as_nothing_but_a_picture(app: Flask) -> None:
    client, device = make.signed_in(app), holder()
    send(
        client,
        f"/wiping/{device.code}/declare/destroyed",  # type: ignore[attr-defined]
        {"drive": str(drive(SSD).id), "reason": "drilled", "photo": (BytesIO(jpeg()), "x.png")},
    )
    (row,) = destruction_queries.waiting()
    path = f"/wiping/destructions/{row.id}/photo.jpg"
    answer = client.get(path)
    assert (
        answer.mimetype == "image/jpeg"
        and answer.data.startswith(b"\xff\xd8")
        and b"Untel" not in answer.data
    )
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert app.test_client().get(path).status_code in (302, 303, 401)
    assert client_of(app, make.user("association")).get(path).status_code in (403, 404)


@pytest.mark.parametrize("typed", ["rss42", "RSS42A0001", "42-a00", "rico ssd"])
def test_a_drive_is_found_by_a_part_of_its_serial_or_model(app: Flask, typed: str) -> None:
    upload(("nwipe.txt", text(NEW)), device=arrived())
    client = make.signed_in(app)
    shown = client.get("/wiping/drives", query_string={"q": typed}).text
    assert SSD in shown and NVME not in shown


def test_a_search_finds_nothing_without_breaking(app: Flask) -> None:
    client = make.signed_in(app)
    for typed in ("%", "_", "' OR 1=1", "\u202e", "x" * 500):
        assert client.get("/wiping/drives", query_string={"q": typed}).status_code == 200
    assert client.get("/wiping/drives?show=nonsense").status_code == 200
    assert client.get("/wiping/drives?cursor=nonsense").status_code == 422


def test_each_list_shows_the_drives_that_it_names(app: Flask) -> None:
    client, device = make.signed_in(app), arrived(serial=None)
    upload(("a.json", smartctl(SSD)), device=device)
    upload(("b.json", smartctl(NVME)), device=arrived(serial="PFOTHER01"))
    upload(("c.json", smartctl(NVME, power_on_time={"hours": 9})), device=arrived(serial="PFTHIRD01"))
    declared(device, slip="BSD-7")
    assert SSD in client.get("/wiping/drives?show=to_confirm").text
    several = client.get("/wiping/drives?show=several").text
    assert NVME in several and SSD not in several
    assert SSD not in client.get("/wiping/drives?show=loose").text


def test_a_destroyed_drive_says_so_and_offers_nothing_more(app: Flask) -> None:
    device = holder()
    destroyed(device)  # type: ignore[arg-type]
    shown = make.signed_in(app).get(page_of(SSD)).text
    assert "Destruction confirmed by a second person" in shown and "BSD-7" in shown
    assert "/declare/" not in shown and "/place" not in shown


def test_a_drive_that_is_not_here_is_not_found(app: Flask) -> None:
    client = make.signed_in(app)
    for path in ("/wiping/drives/999", "/wiping/drives/999/place", "/wiping/destructions/999"):
        assert client.get(path).status_code == 404
