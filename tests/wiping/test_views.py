"""The wiping pages as a browser without scripts sees them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.browsing import send, token_on
from tests.wiping.arrivals import NVME, SSD, arrived, ends, is_gone, upload, wiped_again
from tests.wiping.reports import FAILED, NEW, changed, text
from tests.wiping.test_declaration_operations import doubtful
from tests.wiping.test_report_operations import smartctl
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.wiping import report_queries
from tracker.wiping.models import ReportFile

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def drop(client: FlaskClient, *files: tuple[str, str | bytes], code: str = "") -> Any:
    """Send files through the upload page; the answer it leads to."""
    token = token_on(client.get("/wiping/upload").text)
    sent = [(io.BytesIO(data.encode() if isinstance(data, str) else data), name) for name, data in files]
    return client.post(
        "/wiping/upload",
        data={"csrf_token": token, "code": code, "files": sent},
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def stage_of(device: Device) -> Stage:
    session.expire_all()
    return devices.by_code(device.code).stage


def test_the_empty_board_says_how_to_begin(signed_in: SignIn) -> None:
    page = signed_in().get("/wiping").text
    assert "Begin with a collection" in page and 'href="/wiping/upload"' in page


def test_from_received_to_certified_in_three_presses(app: Flask, signed_in: SignIn) -> None:
    client, first, second = signed_in(), arrived(), arrived(serial="RICO034")
    whole = changed(text(NEW), ("YLRICO42", "RICO034"), (SSD, "RHD34B0002"), (NVME, "RHD34A0001"))
    page = drop(client, ("nwipe-1.txt", text(NEW)), ("nwipe-2.txt", whole)).text
    assert "Record the wipes of these 2 devices" in page and "by the computer’s serial number" in page
    answer = send(client, "/wiping/record", {"code": [first.code, second.code]}, form="/wiping")
    assert answer.status_code == 303
    assert stage_of(first) is stage_of(second) is Stage.WIPED
    assert "certificates issued" in client.get("/wiping").text
    assert "Valid" in client.get(f"/wiping/{first.code}").text


def test_the_result_says_for_each_file_what_it_is_and_proves(app: Flask, signed_in: SignIn) -> None:
    arrived(serial="RICO034")
    page = drop(
        signed_in(), ("nwipe.txt", text(FAILED)), ("notes.txt", "buy milk"), ("empty.txt", b""), ("smart.json", smartctl("ELSE0001")),
    ).text  # fmt: skip
    assert "Wiping log (nwipe, ShredOS)" in page and "The tool says the wipe failed" in page
    assert "not of a known format" in page and "is empty" in page
    assert "One report waits for you" in page and "One device is not done" in page


def test_the_same_file_twice_is_said(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    arrived()
    drop(client, ("nwipe.txt", text(NEW)))
    assert "received before" in drop(client, ("nwipe.txt", text(NEW))).text
    assert len(session.scalars(ReportFile.__table__.select()).all()) == 1


def test_the_result_stays_at_its_address(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived(serial="OTHER-SERIAL")
    drop(client, ("nwipe.txt", text(NEW)))
    assert "Which device?" in client.get("/wiping/uploads/1").text
    send(client, "/wiping/reports/1/assign", {"code": device.code.lower()}, form="/wiping/reports/1")
    assert "Which device?" not in client.get("/wiping/uploads/1").text


def test_a_report_without_device_is_given_to_one(app: Flask, signed_in: SignIn) -> None:
    client, first = signed_in(), arrived(serial=None)
    drop(client, ("nwipe.txt", text(NEW)))
    page = client.get("/wiping/reports/1")
    assert "What it would prove" in page.text and "Found /dev/sda" in page.text
    wrong = send(client, "/wiping/reports/1/assign", {"code": "BCDFGHJB"}, form="/wiping/reports/1")
    assert wrong.status_code == 422 and "No device has the code" in wrong.text
    right = send(client, "/wiping/reports/1/assign", {"code": first.code}, form="/wiping/reports/1")
    assert right.status_code == 303 and is_gone(first)


def test_a_report_that_is_not_ours_needs_a_word(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    drop(client, ("nwipe.txt", text(NEW)))
    assert "Say why" in send(client, "/wiping/reports/1/dismiss", {"note": ""}, form="/wiping/reports/1").text
    send(client, "/wiping/reports/1/dismiss", {"note": "a friend’s"}, form="/wiping/reports/1")
    assert report_queries.count_unmatched() == 0


def test_a_coordinator_takes_a_report_away(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    upload(("nwipe.txt", text(NEW)))
    client = signed_in("coordinator")
    send(client, "/wiping/reports/1/release", {"note": "mixed up"}, form="/wiping/reports/1")
    assert not is_gone(device)


def test_the_text_of_a_report_cannot_become_a_page(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    evil = "<script>alert(1)</script>\n" + text(NEW) + "\x1b[2J\x07"
    drop(client, ("<img src=x>.txt", evil))
    page = client.get("/wiping/reports/1").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "<img src=x>" not in page
    kept = client.get("/wiping/reports/1/file")
    assert kept.data == evil.encode() and kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.mimetype == "application/octet-stream"


def test_only_the_beginning_of_a_long_file_is_shown(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    drop(client, ("long.txt", text(NEW) + "x" * 1_300_000))
    page = client.get("/wiping/reports/1").text
    assert "Only the beginning is shown" in page and len(page) < 1_120_000


def test_recording_without_proof_says_what_is_missing(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived(serial="RICO034")
    drop(client, ("nwipe.txt", text(FAILED)))
    page = client.get(f"/wiping/{device.code}").text
    assert "Not proven yet." in page and "RHD34B0002" in page
    send(client, f"/wiping/{device.code}/finish", form=f"/wiping/{device.code}")
    assert "is missing" in client.get(f"/wiping/{device.code}").text and stage_of(device) is Stage.RECEIVED


def test_wiping_is_begun_and_recorded(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived()
    page = f"/wiping/{device.code}"
    send(client, f"{page}/start", form=page)
    assert stage_of(device) is Stage.WIPING
    drop(client, ("nwipe.txt", text(NEW)), code=device.code)
    send(client, f"{page}/finish", form=page)
    assert stage_of(device) is Stage.WIPED
    assert "certificate no." in client.get(page).text


def test_a_screen_is_recorded_without_certificate(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived(kind="screen")
    page = f"/wiping/{device.code}"
    assert "nothing has to be wiped" in client.get(page).text
    send(client, f"{page}/finish", form=page)
    assert stage_of(device) is Stage.WIPED and "no storage" in client.get(page).text


@pytest.mark.parametrize(
    ("kind", "values", "refusal"),
    [
        ("no_storage", {"reason": ""}, "few words"),
        ("destroyed", {"reason": "drilled", "drive": "other"}, "which drive"),
        ("destroyed", {"reason": "drilled", "drive": "other", "serial": "??"}, "does not tell"),
        ("removed", {"reason": "in box 4", "drive": "999999"}, "Not a valid choice"),
        ("factory_reset", {"reason": "reset", "lock_checked": "y"}, "phones and tablets only"),
        ("no_storage", {"reason": "empty bay"}, "drive is on record"),
    ],
)
def test_a_wrong_declaration_is_said_and_nothing_typed_is_lost(
    app: Flask, signed_in: SignIn, kind: str, values: dict[str, str], refusal: str
) -> None:
    device = arrived(serial=None)
    upload(("a.json", smartctl("TWO0001A")), ("b.json", smartctl("TWO0002B")), device=device)
    answer = send(signed_in(), f"/wiping/{device.code}/declare/{kind}", values)
    assert answer.status_code == 422 and refusal in answer.text
    assert values["reason"] in answer.text and ends(device) == {"TWO0001A": None, "TWO0002B": None}


def test_a_drive_is_declared_destroyed_by_its_page(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived(serial="RICO034")
    drop(client, ("nwipe.txt", text(FAILED)))
    link = re.search(
        rf'href="(/wiping/{device.code}/declare/destroyed\?drive=\d+)"',
        client.get(f"/wiping/{device.code}").text,
    )
    assert link
    page = client.get(link[1]).text
    assert re.search(r'<input[^>]*checked[^>]*name="drive"|<input[^>]*name="drive"[^>]*checked', page)
    chosen = link[1].split("=")[1]
    send(client, link[1].split("?")[0], {"drive": chosen, "reason": "drilled three times"}, form=link[1])
    shown = client.get(f"/wiping/{device.code}").text
    assert "drilled three times" in shown and "Recorded under your name" in shown
    assert not is_gone(device) and "to be confirmed" in shown


def test_an_unknown_declaration_is_no_page(app: Flask, signed_in: SignIn) -> None:
    assert signed_in().get(f"/wiping/{arrived().code}/declare/wished").status_code == 404


def test_a_quality_checker_decides_on_a_doubtful_wipe(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    wipe = doubtful(device)
    page = f"/wiping/attempts/{wipe.id}"
    assert signed_in("volunteer").get(page).status_code == 403
    assert page not in signed_in("volunteer").get("/wiping").text
    client = signed_in("quality")
    assert page in client.get("/wiping").text and page in client.get(f"/wiping/{device.code}").text
    assert "few words" in send(client, page, {"decision": "accept", "note": ""}).text
    assert "Choose one" in send(client, page, {"note": "seen"}).text
    assert (
        send(client, page, {"decision": "accept", "note": "label says RSS42A0001", "serial": SSD}).status_code
        == 303
    )
    assert is_gone(device) and "decided on this attempt already" in client.get(page).text


def test_the_board_shows_each_thing_where_it_belongs(app: Flask, signed_in: SignIn) -> None:
    failing, doubt, waiting = arrived(serial="RICO034"), arrived(), arrived(serial=None)
    doubtful(doubt)
    upload(("failed.txt", text(FAILED)), ("lost.json", smartctl("NOBODYS01")))
    page = signed_in("quality").get("/wiping").text
    parts = {
        name: page[page.index(f'id="{name}"') :] for name in ("to-review", "failed", "unmatched", "waiting")
    }
    assert doubt.code[:4] in parts["to-review"].split("</section>")[0]
    assert failing.code[:4] in parts["failed"].split("</section>")[0]
    assert "lost.json" in parts["unmatched"].split("</section>")[0]
    assert waiting.code[:4] in parts["waiting"].split("</section>")[0]


def test_the_home_page_says_what_waits(app: Flask, signed_in: SignIn) -> None:
    doubtful(arrived())
    assert "Wipes to look at" not in signed_in("volunteer").get("/").text
    page = signed_in("quality").get("/").text
    assert "Wipes to look at" in page and "To wipe" in page


def test_the_device_page_shows_its_drives(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    upload(("nwipe.txt", text(NEW)))
    page = signed_in().get(f"/devices/{device.code}").text
    assert SSD in page and f"/wiping/{device.code}" in page


HOSTILE = {
    "NUL": b"\x00" * 5_000,
    "binary": bytes(range(256)) * 40,
    "deep JSON": b"[" * 200_000,
    "deep lshw": b'{"id": "x", "class": "system", "children": [' * 20_000,
    "a huge number": b'{"smartctl": {}, "device": {"name": "x"}, "user_capacity": {"bytes": 1'
    + b"0" * 5_000
    + b"}}",
    "one long line": b"[2026/09/06 09:00:07]  notice: Found /dev/sda, " + b"A" * 1_000_000,
    "half of UTF-16": "nwipe".encode("utf-16")[:-1],
    "surrogates": b'{"smartctl": {}, "device": {"name": "\\ud800"}, "model_name": "\\ud800", "serial_number": "AB\\udfffCD12"}',
    "a NUL in a serial": b'{"smartctl": {}, "device": {"name": "/dev/sda"}, "model_name": "M\\u0000M", "serial_number": "AB\\u0000CD1234"}',
    "not XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_gets_a_sentence(app: Flask, signed_in: SignIn, data: bytes) -> None:
    client, device = signed_in(), arrived(serial=None)
    answer = drop(client, ("evil\u202etxt.exe", data), code=device.code)
    assert answer.status_code == 200 and "What the reports say" in answer.text
    assert client.get("/wiping/reports/1").status_code == 200
    assert client.get(f"/wiping/{device.code}").status_code == 200


def test_nothing_chosen_is_said(app: Flask, signed_in: SignIn) -> None:
    answer = drop(signed_in())
    assert answer.status_code == 422 and "at least one report file" in answer.text


def test_too_many_files_are_refused_whole(app: Flask, signed_in: SignIn) -> None:
    answer = drop(signed_in(), *[(f"{n}.txt", f"{n}") for n in range(501)])
    assert answer.status_code == 422 and "At most 500 files" in answer.text
    assert session.scalars(ReportFile.__table__.select()).all() == []


def test_too_large_a_go_is_refused(app: Flask, signed_in: SignIn) -> None:
    answer = drop(signed_in(), ("large.bin", b"0" * (65 * 1024 * 1024)))
    assert answer.status_code == 413 and "too large" in answer.text.lower()


def test_too_large_a_file_is_said_among_the_others(app: Flask, signed_in: SignIn) -> None:
    arrived()
    page = drop(signed_in(), ("large.bin", b"0" * (9 * 1024 * 1024)), ("nwipe.txt", text(NEW))).text
    assert "is too large" in page and "Record the wipe of this device" in page


@pytest.mark.parametrize("code", ["BCDFGHJB", "nothing", "\u202e"])
def test_a_wrong_device_code_keeps_nothing(app: Flask, signed_in: SignIn, code: str) -> None:
    answer = drop(signed_in(), ("nwipe.txt", text(NEW)), code=code)
    if answer.status_code == 422:
        assert "No device has the code" in answer.text
        assert session.scalars(ReportFile.__table__.select()).all() == []


def test_a_device_that_has_left_takes_no_reports(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    with transaction():
        device.stage = Stage.DELIVERED
    answer = drop(signed_in(), ("nwipe.txt", text(NEW)), code=device.code)
    assert answer.status_code == 422 and "record its return first" in answer.text


def test_addresses_that_lead_nowhere_say_so(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("admin")
    for path in (
        "/wiping/BCDFGHJB",
        "/wiping/reports/99",
        "/wiping/uploads/99",
        "/wiping/attempts/99",
        "/wiping/reports/99/file",
    ):
        assert client.get(path).status_code == 404, path


def test_another_way_of_writing_the_code_leads_to_the_page(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    answer = signed_in().get(f"/wiping/{device.code[:4].lower()}-{device.code[4:].lower()}")
    assert answer.status_code == 302 and answer.location.endswith(f"/wiping/{device.code}")


def test_a_run_of_another_computer_is_shown_and_decided(app: Flask, signed_in: SignIn) -> None:
    device = arrived(serial="PF0TAGGED")
    client = signed_in("quality")
    page = drop(client, ("nwipe.txt", text(NEW)), code=device.code).text
    assert "names another computer" in page
    shown = client.get(f"/wiping/{device.code}").text
    assert "Runs on another computer" in shown
    (report,) = report_queries.reports_of(device)
    first = report_queries.wipes_of([report.id])[report.id][0]
    decided = f"/wiping/attempts/{first.id}", {"decision": "accept", "note": "wiped on the dock"}
    assert "You brought this report yourself" in send(client, *decided).text
    assert ends(device) == {}
    send(signed_in("coordinator"), *decided)
    assert ends(device) == {SSD: "wiped"}


def test_a_later_failure_is_seen_at_once(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived()
    drop(client, ("a.txt", text(NEW)))
    drop(client, ("b.txt", wiped_again(failed=True)))
    assert "Wipe failed" in client.get(f"/wiping/{device.code}").text
    assert not is_gone(device)
