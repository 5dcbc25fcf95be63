"""The list of devices and the page behind each code."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.scanning.test_views import form
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType


@pytest.fixture
def bench(app: Flask) -> Any:
    return browsing.client_of(app, browsing.person("volunteer"))


def shown(page: str) -> set[str]:
    return set(re.findall(r'href="/devices/([A-Z]{8})"', page))


def test_the_list_is_narrowed_by_what_stands_in_its_address(app: Flask, bench: Any) -> None:
    laptop = make.device(Stage.RECEIVED, manufacturer="HP", model="ProBook 450 G6", serial="5CD8211XYZ").code
    screen = make.device(Stage.COLLECTED, DeviceType.SCREEN, manufacturer="Dell").code
    assert shown(bench.get("/devices").text) >= {laptop, screen}
    for query in ("stage=received", "type=laptop", "q=probook", "q=5cd8211xyz", f"q={laptop.lower()}"):
        found = shown(bench.get(f"/devices?{query}").text)
        assert laptop in found and screen not in found, query
    both = shown(bench.get("/devices?stage=received&stage=collected").text)
    assert both >= {laptop, screen}


def test_the_list_of_a_collection_holds_its_devices(app: Flask, bench: Any) -> None:
    from tracker.collection import operations
    from tracker.collection.rules import Line
    from tracker.devices.lifecycle import Action

    one, outside = make.collection(), make.device().code
    with transaction():
        inside = operations.add_device(one, Line(DeviceType.LAPTOP), Action.RECEIVE, make.system()).code
    found = shown(bench.get(f"/devices?collection={one.reference}").text)
    assert inside in found and outside not in found
    assert bench.get("/devices?collection=none").status_code == 404


def test_a_filter_that_is_none_is_refused_in_words(app: Flask, bench: Any) -> None:
    make.device()
    for query in ("stage=gone", "type=car", "cursor=zzz"):
        assert bench.get(f"/devices?{query}").status_code == 422, query


def test_an_empty_list_says_how_to_begin(app: Flask, bench: Any) -> None:
    assert 'href="/collections"' in bench.get("/devices").text
    make.device()
    assert 'class="empty"' in bench.get("/devices?q=nothing+like+this").text


def test_pages_follow_one_another_without_gap_or_double(app: Flask, bench: Any) -> None:
    made = {make.device().code for _ in range(53)}
    first = bench.get("/devices?stage=received")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following and "stage=received" in following[1]
    second = bench.get(following[1].replace("&amp;", "&"))
    assert not shown(first.text) & shown(second.text) and shown(first.text) | shown(second.text) == made


def test_the_download_holds_the_whole_narrowed_list_and_no_formula(app: Flask, bench: Any) -> None:
    inside = make.device(model="=HYPERLINK(1)", manufacturer="@SUM", serial="+33", weight_g=1900).code
    make.device(Stage.COLLECTED)
    answer = bench.get("/devices.csv?stage=received")
    assert answer.mimetype == "text/csv" and answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    answer.close()
    assert len(rows) == 2 and rows[1][0] == codes.shown(inside)
    assert [rows[1][2], rows[1][3], rows[1][4], rows[1][5]] == ["'@SUM", "'=HYPERLINK(1)", "'+33", "1900"]


def test_the_page_of_a_device_says_what_happened_in_words(app: Flask, bench: Any) -> None:
    device, by = (
        make.device(Stage.RECEIVED, model="ProBook"),
        make.actor(name="Claire Dubois", email="c@example.org"),
    )
    with transaction():
        particulars.edit(session.merge(device), by, model="EliteBook", specification={"memory_mb": 8192})
        particulars.raise_flag(session.merge(device), Flag.NEEDS_PART, by, "une touche manque")
    page = bench.get(f"/devices/{device.code}").text
    for words in ("EliteBook", "une touche manque", "Claire Dubois", "8"):
        assert words in page


def test_the_next_step_is_done_from_the_page_and_comes_back_to_it(app: Flask, bench: Any) -> None:
    device = make.device(Stage.RECEIVED)
    fields = form(bench.get(f"/devices/{device.code}").text, "start_wiping")
    answer = bench.post("/scan/act", data=fields, follow_redirects=True)
    assert answer.request.path == f"/devices/{device.code}" and "verdict-good" in answer.text
    session.rollback()
    assert session.get(Device, device.id).stage is Stage.WIPING  # type: ignore[union-attr]


def test_a_move_leads_back_to_our_own_pages_only(app: Flask, bench: Any) -> None:
    device = make.device(Stage.RECEIVED)
    fields = form(bench.get(f"/devices/{device.code}").text, "start_wiping")
    answer = bench.post("/scan/act", data={**fields, "back": "//evil.example/"})
    assert answer.location.startswith("/scan?done=")


def test_any_way_of_writing_a_code_leads_to_its_page(app: Flask, bench: Any) -> None:
    device = make.device()
    old = device.code
    answer = bench.get(f"/devices/{codes.shown(old).lower()}")
    assert answer.location.endswith(f"/devices/{old}")
    with transaction():
        new = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(session.merge(device), new, make.actor())
    answer = bench.get(f"/devices/{old}", follow_redirects=True)
    assert answer.request.path == f"/devices/{new}" and "verdict-wait" in answer.text
    assert bench.get("/devices/BCDFGHJX").status_code == 404


@pytest.mark.parametrize("role", ["volunteer", "coordinator"])
def test_the_pages_stand_at_every_stage(app: Flask, role: str) -> None:
    client = browsing.client_of(app, browsing.person(role))
    for stage in Stage:
        code = make.device(stage).code
        assert client.get(f"/devices/{code}").status_code == 200, stage
        assert client.get(f"/scan?code={code}").status_code == 200, stage


def test_home_offers_nobody_a_step_of_another_role(app: Flask, bench: Any) -> None:
    ready = make.ready()  # reserved by a coordinator
    assert f'href="/devices/{ready.code}"' not in bench.get("/").text
    assert (
        f'href="/devices/{ready.code}"'
        in browsing.client_of(app, browsing.person("coordinator")).get("/").text
    )
    younger = make.device(Stage.RECEIVED, model="ProBook")
    assert f'href="/devices/{younger.code}"' in bench.get("/").text


def test_home_begins_with_the_field_and_names_what_has_waited_longest(app: Flask, bench: Any) -> None:
    device = make.device(Stage.RECEIVED, model="ProBook")
    make.device(Stage.RECEIVED)
    page = bench.get("/").text
    assert "data-scan-field" in page
    assert f'href="/devices/{device.code}"' in page
    association = browsing.client_of(app, browsing.person("association"))
    assert "data-scan-field" not in association.get("/").text
