"""The scan page without JavaScript, and what a label tells a stranger."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests import make
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.tags import TagState
from tracker.history.models import HistoryEntry
from tracker.scanning import queries
from tracker.scanning.models import Scan

LAYOUTS = {  # what a scanner set to that layout makes of HTTPS://TRACKER.EXAMPLE/D/<code>
    "us": "HTTPS://TRACKER.EXAMPLE/D/{code}",
    "fr": "https>!!trqcker:exq,ple!d!{lower}",
    "fr, Caps Lock": "HTTPSM§§TRQCKER/EXQ?PLE§D§{code}",
    "de": "HTTPSÖ--TRACKER:EXAMPLE-D-{code}",
    "typed by hand": " {a} {b} ",
    "typed by hand with a hyphen": "{a}-{b}",
}


@pytest.fixture
def bench(app: Flask) -> Any:
    return browsing.client_of(app, browsing.person("volunteer"))


def text_of(answer: TestResponse) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def form(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form whose button does this."""
    for one in re.findall(r"<form[^>]*>.*?</form>", page, re.S):
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', one))
        if fields.get("action") == action:
            return fields
    raise AssertionError(f"no button for {action}")


def look(client: Any, typed: str) -> TestResponse:
    token = browsing.token_on(client.get("/scan").text)
    answer: TestResponse = client.post(
        "/scan", data={"csrf_token": token, "code": typed}, follow_redirects=True
    )
    return answer


def entries(device_id: int) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(HistoryEntry.subject_id == device_id)) or 0


def test_a_scanner_set_to_any_layout_finds_the_device(app: Flask, bench: Any) -> None:
    code = make.device(manufacturer="HP", model="ProBook 450 G6").code
    for layout, written in LAYOUTS.items():
        page = look(bench, written.format(code=code, lower=code.lower(), a=code[:4].lower(), b=code[4:]))
        assert page.status_code == 200, layout
        assert codes.shown(code) in page.text and "HP ProBook 450 G6" in page.text, layout


def test_a_volunteer_scans_moves_and_undoes_without_a_script(app: Flask, bench: Any) -> None:
    device = make.device(Stage.RECEIVED)
    page = look(bench, device.code).text
    done = bench.post("/scan/act", data=form(page, "start_wiping"), follow_redirects=True)
    assert "verdict-good" in done.text and 'data-feedback="good"' in done.text
    undone = bench.post("/scan/act", data=form(done.text, "correct"), follow_redirects=True)
    assert "verdict-good" in undone.text
    session.rollback()
    assert session.get(Device, device.id).stage is Stage.RECEIVED  # type: ignore[union-attr]
    assert entries(device.id) == 3


def test_a_double_click_is_one_entry(app: Flask, bench: Any) -> None:
    device = make.device(Stage.RECEIVED)
    fields = form(look(bench, device.code).text, "start_wiping")
    first = bench.post("/scan/act", data=fields)
    second = bench.post("/scan/act", data=fields)
    assert first.location == second.location and "verdict-good" in bench.get(second.location).text
    assert entries(device.id) == 2


def test_an_undo_never_takes_back_what_somebody_did_since(app: Flask) -> None:
    device = make.device(Stage.COLLECTED)
    chief = browsing.client_of(app, browsing.person("coordinator"))
    done = chief.post("/scan/act", data=form(look(chief, device.code).text, "receive"), follow_redirects=True)
    undo = form(done.text, "correct")
    other = browsing.client_of(app, browsing.person("volunteer"))
    other.post("/scan/act", data=form(look(other, device.code).text, "start_wiping"))
    answer = chief.post("/scan/act", data=undo, follow_redirects=True)
    assert "verdict-conflict" in answer.text
    session.rollback()
    assert session.get(Device, device.id).stage is Stage.WIPING  # type: ignore[union-attr]


def test_a_reason_that_was_typed_and_refused_need_not_be_typed_again(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    chief = browsing.client_of(app, browsing.person("coordinator"))
    fields = form(look(chief, device.code).text, "lose")
    without = chief.post("/scan/act", data=fields, follow_redirects=True)
    assert "verdict-bad" in without.text
    done = chief.post(
        "/scan/act", data={**form(without.text, "lose"), "reason": "pas sur l’étagère"}, follow_redirects=True
    )
    assert "verdict-good" in done.text


def test_a_wrong_letter_is_shown_with_what_was_perhaps_meant(app: Flask, bench: Any) -> None:
    code = make.device().code
    wrong = code[:6] + next(one for one in codes.ALPHABET if one != code[6]) + code[7:]
    page = look(bench, wrong)
    assert "verdict-unknown" in page.text and f"code={code}" in page.text


def test_a_code_that_is_not_ours_stays_in_the_list_until_it_is_dismissed(app: Flask, bench: Any) -> None:
    page = look(bench, "BCDFGHJX").text
    number = re.search(r'action="/scan/unknown/(\d+)/dismiss"', page)
    assert number and "BCDF-GHJX" in page
    bench.post(f"/scan/unknown/{number[1]}/dismiss", data={"csrf_token": browsing.token_on(page)})
    assert "/dismiss" not in bench.get("/scan").text


def test_a_free_tag_leads_to_where_it_is_bound(app: Flask, bench: Any) -> None:
    reference = make.collection().reference
    with transaction():
        code = particulars.mint(Kind.DEVICE, state=TagState.PRINTED)[0].code
    assert look(bench, code).request.path == f"/labels/tags/{code}/bind"
    page = bench.get(f"/scan?code={code}").text
    assert f'href="/labels/tags/{code}/bind"' in page
    assert f'value="{code}"' in bench.get(f"/collections/{reference}/add?code={code}").text
    assert f"/collections/{reference}/add?code={code}" in page


def test_looking_at_a_code_by_its_address_changes_nothing(app: Flask, bench: Any) -> None:
    code = make.device().code
    assert codes.shown(code) in bench.get(f"/scan?code={code}").text
    assert bench.get("/scan?code=xx").status_code == 200
    assert bench.get("/scan?done=nothing").status_code == 200
    session.rollback()
    assert session.scalar(select(func.count(Scan.id))) == 0


def test_whatever_is_typed_is_answered_by_a_page(app: Flask, bench: Any) -> None:
    for typed in ("", "%F0%9F", "<script>alert(1)</script>", "x" * 5_000, "' OR 1=1"):
        answer = look(bench, typed)
        assert answer.status_code == 200 and "<script>alert" not in answer.text, typed


def test_an_id_that_is_no_uuid_is_refused_in_words(app: Flask, bench: Any) -> None:
    token = browsing.token_on(bench.get("/scan").text)
    answer = bench.post("/scan/act", data={"csrf_token": token, "code": "BCDFGHJX", "scan_id": "x"})
    assert answer.status_code == 422


def test_a_label_opens_the_scan_page_for_who_works_here(app: Flask, bench: Any) -> None:
    code = make.device().code
    for kind in "DdLb":
        answer = bench.get(f"/{kind}/{code.lower()}", follow_redirects=True)
        assert answer.request.path == "/scan" and codes.shown(code) in answer.text, kind


def test_the_label_of_a_place_opens_the_place(app: Flask, bench: Any) -> None:
    place = make.location()
    answer = bench.get(f"/L/{place.code}", follow_redirects=True)
    assert answer.request.path.startswith("/stock") and place.name in answer.text


@pytest.mark.parametrize("who", ["anonymous", "association"])
def test_a_stranger_learns_no_serial_no_name_and_no_stage(app: Flask, who: str) -> None:
    by = make.actor("coordinator", "claire@example.org", name="Claire Dubois")
    given = make.collection(make.donor("person", "Jeanne Moreau"))
    device = make.device(
        Stage.RECEIVED, manufacturer="HP", model="ProBook 450 G6", serial="5CD8211XYZ", imei=None, by=by
    )
    client = browsing.client_of(app, browsing.person(who)) if who != "anonymous" else app.test_client()
    for address in (f"/D/{device.code}", f"/d/{device.code.lower()}", f"/P/{device.code}"):
        answer = client.get(address)
        assert answer.status_code == 200 and codes.shown(device.code) in answer.text
        for secret in (
            "5CD8211XYZ",
            "Claire",
            "Dubois",
            "Moreau",
            given.reference,
            "Réceptionné",
            "Received",
        ):
            assert secret not in answer.text


def test_a_strangers_page_has_no_form_that_changes_a_device(app: Flask) -> None:
    device = make.device()
    answer = app.test_client().get(f"/D/{device.code}")
    allowed = {"/language", "/logout", f"/found/{device.code}"}
    assert set(re.findall(r'<form[^>]*action="([^"]+)"', answer.text)) <= allowed


def test_a_code_that_is_not_ours_is_not_found_by_a_stranger(app: Flask) -> None:
    make.site()
    assert app.test_client().get("/D/BCDFGHJX").status_code == 404
    assert app.test_client().get("/D/nothing").status_code == 404


def test_a_code_that_is_not_ours_is_linked_from_the_list_of_the_scan_page(app: Flask, bench: Any) -> None:
    device, code, other = make.device(), codes.new_code(), codes.new_code()
    for typed in (code, other, code):
        look(bench, typed)
    stray = queries.unknown(1)[0]
    where = re.findall(r'href="(/scan/unknown/\d+)"', bench.get("/scan").text)
    assert len(where) == 2 and where[0] == f"/scan/unknown/{stray.scan.id}" and stray.times == 2
    where.append(f"/scan/unknown/{queries.waiting_like(stray.scan)[0].id}")  # the reading before
    page = bench.get(where[0]).text
    assert codes.shown(code) in page and "2 scans de ce code attendent" in page
    wrong = browsing.send(bench, where[0], {"device": codes.new_code()}, form=where[0])
    assert wrong.status_code == 422 and "device-error" in wrong.text
    done = browsing.send(bench, where[0], {"device": device.code}, form=where[0])
    assert done.location == f"/scan?code={device.code}"
    assert codes.shown(device.code) in text_of(look(bench, code)), "the code leads to the device from now on"
    assert re.findall(r'href="(/scan/unknown/\d+)"', bench.get("/scan").text) == [where[1]]
    assert "déjà traité" in bench.get(where[2]).text
    again = browsing.send(bench, where[2], {"device": device.code}, form="/scan")
    assert again.status_code == 422
    assert codes.shown(other) in bench.get(where[1]).text
    with transaction():
        session.get(Scan, int(where[1].rsplit("/", 1)[1])).site_id = make.site("SUD").id  # type: ignore[union-attr]
    assert bench.get(where[1]).status_code == 404 and where[1] not in bench.get("/scan").text
