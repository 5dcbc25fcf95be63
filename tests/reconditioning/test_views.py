"""The bench and the quality check through their pages, as a browser without scripts sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import tracker.wiping.queries  # noqa: F401 (proves that data is gone; screens have none)
from tests import make
from tests.reconditioning.places import begun, checker, finished, move, worked_through, worker
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Grade
from tracker.history.models import HistoryEntry
from tracker.reconditioning import operations, queries
from tracker.reconditioning.rules import Answer

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def post(client: FlaskClient, path: str, page: str, **values: Any) -> str:
    """Send a form of `page` to `path`; the text of the page it leads to."""
    token = make.csrf_token(client.get(page).text)
    answer = client.post(
        path,
        data={"csrf_token": token, **values},
        headers={"Referer": f"http://localhost{page}"},
        follow_redirects=True,
    )
    session.expire_all()
    return answer.text


def bench_of(device: Device) -> str:
    return f"/reconditioning/{device.code}"


def stage_of(device: Device) -> Stage:
    return devices.by_code(device.code).stage


def test_the_list_says_what_waits_with_the_oldest_first(app: Flask, signed_in: SignIn) -> None:
    older, newer = make.device(Stage.WIPED, model="Older"), make.device(Stage.WIPED, model="Newer")
    worked = begun()
    with transaction():
        operations.answer(worked, {"power": Answer.PASSED}, make.actor())
    text = signed_in().get("/reconditioning").text
    assert text.index(older.code[:4]) < text.index(newer.code[:4])
    assert f"1 of {len(queries.checklist(worked).lines)}" in text


def test_the_empty_list_says_how_to_begin(signed_in: SignIn) -> None:
    text = signed_in().get("/reconditioning").text
    assert "Begin by wiping what was received" in text and 'href="/wiping"' in text


def test_a_device_goes_over_the_bench_without_scripts(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), make.device(Stage.WIPED)
    page = bench_of(device)
    post(client, f"{page}/start", page)
    text = post(
        client, f"{page}/answers", page, **{"answer-power": "passed", "answer-camera": "not_applicable"}
    )
    assert f"2 of {len(queries.checklist(device).lines)} points answered" in text
    text = post(client, f"{page}/finish", page)
    assert "Still to test" in text and stage_of(device) is Stage.RECONDITIONING
    assert "Every point is answered" in post(client, f"{page}/answers", page, rest="passed")
    post(client, f"{page}/grade", page, grade="B", screen="A", battery="71")
    assert "Someone else now checks the device" in post(client, f"{page}/finish", page)
    grading = queries.grading(device)
    assert grading and (grading.grade, grading.battery_percent, grading.casing) == (Grade.B, 71, None)
    assert stage_of(device) is Stage.RECONDITIONED


def test_all_the_rest_is_listed_before_it_is_passed(app: Flask, signed_in: SignIn) -> None:
    device = begun(DeviceType.SCREEN)
    with transaction():
        operations.answer(device, {"power": Answer.PASSED}, make.actor())
    text = signed_in().get(bench_of(device)).text
    shortcut = text[text.index("All the rest works") : text.index('name="rest"')]
    for one in queries.checklist(device).unanswered:
        assert one.line.text in shortcut
    assert "Starts, stops" not in shortcut


def test_an_old_page_does_not_write_over_newer_answers(app: Flask, signed_in: SignIn) -> None:
    device, client = begun(), signed_in()
    page = bench_of(device)
    with transaction():
        operations.answer(device, {"power": Answer.FAILED}, make.actor(Role.QUALITY))
    seen = {
        "answer-power": "passed",
        "seen-power": "passed",
        "answer-speakers": "passed",
        "seen-speakers": "",
    }
    post(client, f"{page}/answers", page, **seen)
    state = queries.checklist(device)
    assert (state.answer_of("power"), state.answer_of("speakers")) == (Answer.FAILED, Answer.PASSED)


def test_absent_is_only_offered_where_it_can_be(app: Flask, signed_in: SignIn) -> None:
    text = signed_in().get(bench_of(begun())).text
    choices = {name: re.findall(rf'name="answer-{name}" value="(\w+)"', text) for name in ("power", "camera")}
    assert choices == {"power": ["passed", "failed"], "camera": ["passed", "failed", "not_applicable"]}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"answer-power": "perhaps"}, "not “perhaps”"),
        ({"answer-power": "not_applicable"}, "exists on every device"),
        ({}, "Nothing new was answered"),
        ({"answer-nonsense": "passed"}, "Nothing new was answered"),
        ({"rest": "whatever"}, "not “whatever”"),
    ],
)
def test_wrong_answers_get_a_sentence(
    app: Flask, signed_in: SignIn, values: dict[str, str], says: str
) -> None:
    device = begun()
    page = bench_of(device)
    assert says in post(signed_in(), f"{page}/answers", page, **values)
    assert not queries.checklist(device).answered


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Choose a grade"),
        ({"grade": "Z"}, "choice"),
        ({"grade": "A", "battery": "120"}, "between 0 and 100"),
        ({"grade": "A", "battery": "much"}, "whole number"),
        ({"grade": "A", "note": "x" * 1001}, "1000 characters"),
    ],
)
def test_a_wrong_grade_gets_a_sentence_beside_its_field(
    app: Flask, signed_in: SignIn, values: dict[str, str], says: str
) -> None:
    device = worked_through()
    page = bench_of(device)
    assert says in post(signed_in(), f"{page}/grade", page, **values)
    assert queries.grading(device) is None


def test_what_was_typed_with_a_wrong_grade_is_not_lost(app: Flask, signed_in: SignIn) -> None:
    device = worked_through()
    page = bench_of(device)
    assert "a worn space bar" in post(signed_in(), f"{page}/grade", page, note="a worn space bar")


def test_a_double_click_does_no_harm(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), make.device(Stage.WIPED)
    page = bench_of(device)
    post(client, f"{page}/start", page)
    assert "Already" in post(client, f"{page}/start", page)
    started = [row for row in session.query(HistoryEntry) if row.action == Action.START_RECONDITIONING]
    assert len(started) == 1


def test_a_fault_offers_its_flag_and_the_flag_its_clearing(app: Flask, signed_in: SignIn) -> None:
    device, client = begun(), signed_in()
    page = bench_of(device)
    assert "Mark: Needs a part" in post(client, f"{page}/answers", page, **{"answer-speakers": "failed"})
    post(client, f"{page}/flag", page, flag="do_not_give")
    assert not devices.by_code(device.code).flags
    text = post(client, f"{page}/flag", page, flag="needs_part")
    assert [row.flag for row in devices.by_code(device.code).flags] == [Flag.NEEDS_PART]
    assert f"/devices/{device.code}/flags/needs_part/clear" in text


def test_the_check_shows_who_tested_what(app: Flask, signed_in: SignIn) -> None:
    device = finished()
    text = signed_in("quality").get(f"{bench_of(device)}/quality").text
    assert "Keyboard, key by key" in text
    assert make.user(Role.VOLUNTEER, "tester@example.org").name in text


def test_a_volunteer_may_send_back_but_not_pass(app: Flask, signed_in: SignIn) -> None:
    device, client = finished(), signed_in()
    page = f"{bench_of(device)}/quality"
    assert f'action="{page}/pass"' not in client.get(page).text
    assert "Next device" in client.get(page).text  # she is led on
    token = make.csrf_token(client.get(page).text)
    assert client.post(f"{page}/pass", data={"csrf_token": token}).status_code == 403
    assert "so that the bench can put it right" in post(client, f"{page}/fail", page)
    text = post(client, f"{page}/fail", page, reason="The left speaker is silent", lines=["speakers"])
    assert "The left speaker is silent" in text and stage_of(device) is Stage.RECONDITIONING
    assert [one.line.key for one in queries.checklist(device).failed] == ["speakers"]


def test_the_check_says_why_the_same_person_cannot_pass(app: Flask, signed_in: SignIn) -> None:
    device = worked_through(DeviceType.SCREEN)
    person = make.actor(Role.QUALITY)
    with transaction():
        operations.grade(device, Grade.A, person)
    move(device, Action.FINISH_RECONDITIONING, person)
    client, page = signed_in("quality"), f"{bench_of(device)}/quality"
    assert "You finished this device yourself" in client.get(page).text
    assert "You finished this device yourself" in post(client, f"{page}/pass", page)
    assert stage_of(device) is Stage.RECONDITIONED


def test_a_code_in_small_letters_leads_to_the_one_address(app: Flask, signed_in: SignIn) -> None:
    device = begun()
    answer = signed_in().get(f"/reconditioning/{device.code.lower()}")
    assert (answer.status_code, answer.location) == (302, bench_of(device))


@pytest.mark.parametrize("stage", list(Stage))
def test_the_pages_open_at_every_stage(app: Flask, signed_in: SignIn, stage: Stage) -> None:
    device, client = make.device(stage), signed_in("quality")
    for page in (bench_of(device), f"{bench_of(device)}/quality"):
        assert client.get(page).status_code == 200


def test_an_unknown_code_is_nothing_here(signed_in: SignIn) -> None:
    assert signed_in().get("/reconditioning/BCDFGHJX").status_code == 404


def test_home_tells_what_waits_to_whom_it_concerns(app: Flask, signed_in: SignIn) -> None:
    finished()
    begun()
    assert "1 begun" in signed_in().get("/").text
    assert "Waiting for a quality check" not in signed_in().get("/").text
    assert "Waiting for a quality check" in signed_in("quality").get("/").text


def test_a_second_person_passes_the_device_on_its_page(app: Flask, signed_in: SignIn) -> None:
    device = finished(DeviceType.SCREEN)
    page = f"{bench_of(device)}/quality"
    assert "ready to be given" in post(signed_in("quality"), f"{page}/pass", page)
    assert stage_of(device) is Stage.READY


def test_the_device_page_leads_to_the_bench_and_to_the_check(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in("quality"), begun(DeviceType.SCREEN)
    text = client.get(f"/devices/{device.code}").text
    assert "0 of 11 points answered" in text and f'href="{bench_of(device)}"' in text
    other = finished(DeviceType.SCREEN)
    assert f'href="{bench_of(other)}/quality"' in client.get(f"/devices/{other.code}").text


def test_the_tests_of_before_a_return_are_called_so(app: Flask, signed_in: SignIn) -> None:
    client, screen, request = signed_in(), finished(DeviceType.SCREEN), make.request(("screen", 1))
    move(screen, Action.PASS_QUALITY_CHECK, checker())
    make.reserved(request, screen)
    assert "Tests from before it came back" not in client.get(f"/devices/{screen.code}").text
    make.handover(request, screen)
    move(screen, Action.TAKE_BACK, make.actor("coordinator"), reason="does not start")
    assert "Tests from before it came back" in client.get(f"/devices/{screen.code}").text
    move(screen, Action.FINISH_WIPING, worker())
    move(screen, Action.START_RECONDITIONING, worker())
    assert "Tests from before it came back" not in client.get(f"/devices/{screen.code}").text
