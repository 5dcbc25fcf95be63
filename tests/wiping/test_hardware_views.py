"""What is inside on the device's page: each value with its source, the choice where two disagree, what was before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done
from tests.web import browsing
from tests.wiping.arrivals import upload
from tests.wiping.test_hardware_operations import dmidecode, edited, inside, inxi, laptop, later, lshw, upower
from tracker import i18n
from tracker.clock import local, now
from tracker.devices.models import Device


@pytest.fixture
def bench(app: Flask) -> Any:
    return browsing.client_of(app, browsing.person("volunteer"))


def page(client: Any, device: Device) -> str:
    """The page's text with plain spaces, tags left out."""
    text = re.sub(r"<[^>]+>", " ", client.get(f"/devices/{device.code}").text)
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def post(client: Any, device: Device, piece: str, report: object) -> Any:
    token = make.csrf_token(client.get(f"/devices/{device.code}").text)
    return client.post(
        f"/devices/{device.code}/inside/{piece}", data={"report": report, "csrf_token": token}, follow_redirects=True
    )  # fmt: skip


def today() -> str:
    return i18n.day(local(now()).date(), "medium", "fr").replace("\xa0", " ").replace("\u202f", " ")


def test_each_value_is_shown_with_its_tool_and_its_day(app: Flask, bench: Any) -> None:
    device = laptop()
    upload(("l.json", lshw()), ("d.txt", dmidecode(8)), ("i.json", inxi(72, '15.6"')), device=device)
    text = page(bench, device)
    for words in (
        "8 Go dmidecode",
        "1 544 Go lshw",
        "72 % inxi",
        "15,6 ″ inxi",
        "Intel HD Graphics 520 inxi",
    ):
        assert f"{words}, {today()}" in text, words
    assert "pas d’accord" not in text and "autre chose" not in text


def test_where_two_sources_disagree_each_is_a_button_and_one_press_settles_it(app: Flask, bench: Any) -> None:
    device = laptop()
    inx, up = upload(("i.json", inxi(72)), ("u.txt", upower(45.0)), device=device)
    stands = inside(device)["battery_percent"]
    other, report = (90, up.report.id) if stands == 72 else (72, inx.report.id)
    text = page(bench, device)
    assert "Batterie : deux sources ne sont pas d’accord" in text
    assert f"{stands} % (" in text and f"{other} % (" in text
    answer = post(bench, device, "battery_percent", report)
    assert answer.status_code == 200 and inside(device)["battery_percent"] == other
    text = page(bench, device)
    assert "deux sources" not in text and "choisi le" in text
    assert "Choisi entre des sources en désaccord : Batterie" in text


def test_a_second_press_is_told_that_it_is_settled(app: Flask, bench: Any) -> None:
    device = laptop()
    upload(("i.json", inxi(72)), ("u.txt", upower(45.0)), device=device)
    assert post(bench, device, "battery_percent", "").status_code == 200
    again = post(bench, device, "battery_percent", "")
    assert "entre-temps" in again.text


@pytest.mark.parametrize(
    ("piece", "report"), [("colour", ""), ("cpu", "x"), ("cpu", "9" * 30), ("cpu", "-1")]
)
def test_what_is_no_choice_is_refused_in_words(app: Flask, bench: Any, piece: str, report: str) -> None:
    device = laptop()
    assert "choisi" in post(bench, device, piece, report).text.lower()
    assert inside(device) == {}


def test_who_only_looks_sees_the_question_and_no_button(app: Flask) -> None:
    device = laptop()
    upload(("i.json", inxi(72)), ("u.txt", upower(45.0)), device=device)
    viewer = browsing.client_of(app, browsing.person("association"))
    assert viewer.get(f"/devices/{device.code}").status_code in (403, 404)
    token = {"report": ""}
    assert viewer.post(f"/devices/{device.code}/inside/battery_percent", data=token).status_code in (400, 403)


def test_what_was_known_before_stays_on_the_page_until_when(app: Flask, bench: Any) -> None:
    device = laptop()
    upload(("d.txt", dmidecode(4)))
    later()
    upload(("after/d.txt", dmidecode(16)))
    text = page(bench, device)
    assert "16 Go dmidecode" in text and "Mémoire : 4 Go dmidecode" in text and "jusqu’au" in text
    assert "Ce qu’il contient, d’après un rapport : Mémoire" in text


def test_a_persons_word_names_her_and_what_a_report_says_against_it(app: Flask, bench: Any) -> None:
    device = laptop()
    edited(device, memory_mb=16384)
    upload(("d.txt", dmidecode(8)))
    text = page(bench, device)
    assert f"16 Go indiqué le {today()} · {make.user().name}" in text
    assert "Mémoire : un rapport dit autre chose" in text and "8 Go (dmidecode" in text


def test_the_page_of_what_is_inside_can_be_corrected_graphics_too(app: Flask, bench: Any) -> None:
    device = laptop()
    upload(("i.json", inxi()))
    at = f"/devices/{device.code}/edit"
    assert "Intel HD Graphics 520" in bench.get(at).text


def test_the_grade_begins_with_the_batterys_health_that_a_report_told(app: Flask, bench: Any) -> None:
    device = make.device("reconditioning", serial="PFRICO38")
    upload(("i.json", inxi(72)))
    found = re.search(r'<input[^>]*name="battery"[^>]*>', bench.get(f"/reconditioning/{device.code}").text)
    assert found and 'value="72"' in found[0]


def test_the_api_tells_each_value_with_its_source_what_disputes_it_and_what_was_before(app: Flask) -> None:
    device = laptop()
    (first,) = upload(("d.txt", dmidecode(4)))
    later()
    (second,) = upload(("after/d.txt", dmidecode(16)))
    (third,) = upload(("i.json", inxi(72)), device=device)
    (fourth,) = upload(("u.txt", upower(45.0)), device=device)
    told = done(Caller(app).get(f"/devices/{device.code}"), 200)
    assert told["specification"] == inside(device)
    pieces = {one["piece"]: one for one in told["hardware"]}
    memory, battery = pieces["memory_mb"], pieces["battery_percent"]
    assert (memory["value"], memory["source"], memory["report"]) == (16384, "dmidecode", second.report.id)
    assert memory["sha256"] == second.report.sha256
    assert [(one["value"], one["report"]) for one in memory["before"]] == [(4096, first.report.id)]
    assert {battery["report"], battery["disputed_by"][0]["report"]} == {third.report.id, fourth.report.id}
