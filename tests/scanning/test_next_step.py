"""The one strong button of a device never only refuses: it is done when pressed, or leads to where it is put right."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.reconditioning import places
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.lifecycle import Action, Fact, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Accessories, DeviceType, Grade, Lead
from tracker.devices.step_queries import ANSWERED, next_step, open_steps
from tracker.reconditioning import operations as bench
from tracker.reconditioning.rules import Answer
from tracker.wiping import declaration_operations
from tracker.wiping.rules import DeclarationKind

WORKERS = ("volunteer", "quality", "coordinator", "admin")
PAGES = ("/scan?code={code}", "/devices/{code}")


@dataclass(frozen=True)
class Button:
    """The strong button of a page: a link, or a form with its hidden fields."""

    words: str
    href: str | None
    fields: dict[str, str]


def strong(page: str) -> Button:
    main = page[page.index("<main") : page.index("</main>")]
    assert len(re.findall(r'class="strong"', main)) == 1, "one strong action a page"
    link = re.search(r'<a class="strong" href="([^"]+)">(.*?)</a>', main, re.S)
    if link:
        return Button(_words(link[2]), html.unescape(link[1]), {})
    form = next(one for one in re.findall(r"<form.*?</form>", main, re.S) if 'class="strong"' in one)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    if 'name="reason"' in form:
        fields["reason"] = "dit au téléphone"
    pressed = form[form.index('class="strong"') :].split("</button>", 1)[0]
    return Button(_words(pressed.split(">", 1)[1]), None, fields)


def _words(markup: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


def seen(page: str) -> str:
    """The page without what waits in it for a script."""
    return re.sub(r"<template.*?</template>", "", page, flags=re.S)


def must_do_as_it_says(client: FlaskClient, button: Button) -> None:
    """Press it as shown, with a reason where one is asked: it is done, or a page opens."""
    if button.href is not None:
        assert client.get(button.href).status_code == 200, button
        return
    answer = seen(client.post("/scan/act", data=button.fields, follow_redirects=True).text)
    assert "verdict-good" in answer and "verdict-bad" not in answer, f"{button} is refused"


def client_as(app: Flask, role: str) -> FlaskClient:
    client = browsing.client_of(app, browsing.person(role, f"hand-{role}@example.org"))
    client.set_cookie("lang", "en")
    return client


def flagged(flag: Flag, stage: Stage) -> Device:
    device = make.device(stage)
    with transaction():
        particulars.raise_flag(session.merge(device), flag, make.actor())
    return device


def declared() -> Device:
    device = make.device(Stage.RECEIVED)
    with transaction():
        declaration_operations.declare(
            session.merge(device), DeclarationKind.NO_STORAGE, make.actor(), "looked inside"
        )
    return device


def wiped_really() -> Device:
    device = declared()
    places.move(session.merge(device), Action.FINISH_WIPING, make.actor())
    return device


def through_the_bench(graded: bool) -> Device:
    device = wiped_really()
    places.move(session.merge(device), Action.START_RECONDITIONING, places.worker())
    with transaction():
        held = session.merge(device)
        bench.answer_all(held, Answer.PASSED, places.worker())
        if graded:
            bench.grade(held, Grade.B, places.worker())
    return device


def finished_really(graded: bool) -> Device:
    device = through_the_bench(graded)
    places.move(session.merge(device), Action.FINISH_RECONDITIONING, places.worker())
    return device


def promised(*, packed: bool) -> Device:
    device = make.ready()
    make.reserved(make.request(), device)
    if packed:
        with transaction():
            from tracker.distribution import packing_operations

            packing_operations.pack(session.merge(device), {Accessories.CHARGER}, make.actor())
    return device


def prepared() -> Device:
    device = promised(packed=True)
    places.move(session.merge(device), Action.PREPARE, make.actor())
    return device


def delivered() -> Device:
    device = make.ready()
    make.handover(make.request(), device)
    return device


WITHOUT_ITS_WIPE = (Stage.RECEIVED, Stage.WIPED, Stage.RECONDITIONED)
# What is really so at each stage, by real moves: where everything is proven, and where something is missing.
SITUATIONS: dict[str, Callable[[], Device]] = {
    **{f"placed at {stage}": partial(make.device, stage) for stage in Stage},
    **{f"a screen at {stage}": partial(make.device, stage, DeviceType.SCREEN) for stage in WITHOUT_ITS_WIPE},
    "a phone being wiped": lambda: make.device(Stage.WIPING, DeviceType.SMARTPHONE),
    "received without storage": declared,
    "wiped": wiped_really,
    "tested": lambda: through_the_bench(graded=True),
    "finished": lambda: finished_really(graded=True),
    "finished without a grade": lambda: finished_really(graded=False),
    "ready": make.ready,
    "reserved": lambda: promised(packed=False),
    "reserved and packed": lambda: promised(packed=True),
    "prepared": prepared,
    "delivered": delivered,
    **{
        f"{flag} at {stage}": partial(flagged, flag, stage)
        for flag in Flag
        for stage in ((Stage.RECONDITIONED, Stage.READY) if flag is Flag.ACCOUNT_LOCKED else (Stage.READY,))
    },
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_strong_button_is_never_refused(app: Flask, situation: str) -> None:
    for role in WORKERS:
        client, device = client_as(app, role), session.merge(SITUATIONS[situation]())
        for lead in leads_of(device, role):
            assert client.get(lead.address).status_code == 200, f"{lead.address} is closed to {role}"
        scanned, shown = (strong(client.get(page.format(code=device.code)).text) for page in PAGES)
        assert (scanned.words, scanned.href) == (shown.words, shown.href), "both pages say the same"
        must_do_as_it_says(client, scanned)


def leads_of(device: Device, role: str) -> set[Lead]:
    steps = open_steps(device, make.actor(role, f"hand-{role}@example.org"))
    return {step.lead for step in steps if step.lead and step.leads}


@pytest.mark.parametrize(
    ("situation", "role", "words", "href"),
    [
        ("placed at announced", "volunteer", "Receive", None),
        ("placed at received", "volunteer", "Start wiping", None),
        ("received without storage", "volunteer", "Record the wipe", None),
        ("placed at wiping", "volunteer", "Drop the reports", "/wiping/upload?device={code}"),
        ("a phone being wiped", "volunteer", "Declare the factory reset", "/wiping/{code}/declare/factory_reset"),
        ("a screen at received", "volunteer", "Record the wipe", None),
        ("placed at reconditioning", "volunteer", "Fill in the checklist", "/reconditioning/{code}"),
        ("tested", "volunteer", "Finish reconditioning", None),
        ("finished without a grade", "quality", "Grade the device", "/reconditioning/{code}/quality"),
        ("finished", "quality", "Pass the quality check", None),
        ("finished", "volunteer", "Scan another device", "/scan"),
        ("ready", "coordinator", "Reserve", "/requests"),
        ("ready", "volunteer", "Scan another device", "/scan"),
        ("reserved", "volunteer", "Pack and prepare the device", "/devices/{code}/prepare"),
        ("reserved and packed", "volunteer", "Prepare", None),
        ("needs_part at ready", "coordinator", "Say that “Needs a part” is solved", "/devices/{code}/flags/needs_part/clear"),
        ("placed at recycled", "coordinator", "Scan another device", "/scan"),
    ],
)  # fmt: skip
def test_the_strong_button_names_what_comes_next(
    app: Flask, situation: str, role: str, words: str, href: str | None
) -> None:
    client, code = client_as(app, role), SITUATIONS[situation]().code
    for page in PAGES:
        button = strong(client.get(page.format(code=code)).text)
        assert (button.words, button.href) == (words, href.format(code=code) if href else None)


def test_a_prepared_device_is_handed_over_on_the_page_of_its_request(app: Flask) -> None:
    button = strong(client_as(app, "volunteer").get(f"/scan?code={prepared().code}").text)
    assert button.words == "Hand over" and re.fullmatch(r"/requests/\d+/handover", button.href or "")


@pytest.mark.parametrize(
    "situation",
    ["placed at received", "received without storage", "placed at wiping", "a phone being wiped", "a screen at received"],
)  # fmt: skip
def test_scan_page_device_page_and_wiping_page_agree(app: Flask, situation: str) -> None:
    client, code = client_as(app, "volunteer"), SITUATIONS[situation]().code
    buttons = [strong(client.get(page.format(code=code)).text) for page in (*PAGES, "/wiping/{code}")]
    assert len({(one.words, one.href) for one in buttons}) == 1, buttons


def test_the_reason_stands_beside_the_button_that_leads_to_the_cure(app: Flask) -> None:
    device = flagged(Flag.NEEDS_PART, Stage.READY)
    page = client_as(app, "coordinator").get(f"/scan?code={device.code}").text
    beside = page[page.index('class="stands-against"') :].split("</div>", 1)[0]
    assert "Needs a part" in beside and beside.count("<p>") == 1


def test_who_may_not_clear_a_flag_is_not_sent_to_clear_it(app: Flask) -> None:
    device = flagged(Flag.ACCOUNT_LOCKED, Stage.RECONDITIONING)
    with transaction():
        bench.answer_all(session.merge(device), Answer.PASSED, places.worker())
    volunteer = strong(client_as(app, "volunteer").get(f"/scan?code={device.code}").text)
    checker = strong(client_as(app, "quality").get(f"/scan?code={device.code}").text)
    assert volunteer.href == "/scan" and checker.href == f"/devices/{device.code}/flags/account_locked/clear"


def test_an_announced_device_can_still_be_collected(app: Flask) -> None:
    page = client_as(app, "volunteer").get(f"/scan?code={make.device(Stage.ANNOUNCED).code}").text
    others = page[page.index('class="other-actions"') :]
    assert 'name="action" value="collect"' in others


def test_a_refused_scan_leads_to_the_cure_once(app: Flask) -> None:
    """The button says where; the verdict above it does not say it twice."""
    device, client = make.device(Stage.WIPING), client_as(app, "volunteer")
    token = browsing.token_on(client.get("/scan").text)
    asked = {"csrf_token": token, "code": device.code, "action": "finish_wiping"}
    page = client.post("/scan/act", data=asked, follow_redirects=True).text
    assert "verdict-bad" in page
    content = page[page.index("<main") :]
    assert content.count(f'href="/wiping/upload?device={device.code}"') == 1
    assert 'class="stands-against"' not in content, "the verdict has just said it"


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("placed at collected", "Print the new label: Intake label"),
        ("placed at received", "Label"),  # being wiped asks for no label of its own
        ("reserved and packed", "Label"),  # prepared: it bears the allocation label already
    ],
)
def test_after_a_move_that_changes_the_label_the_new_one_is_offered(
    app: Flask, situation: str, words: str
) -> None:
    client, device = client_as(app, "volunteer"), SITUATIONS[situation]()
    link = f'<a class="quiet" href="/devices/{device.code}/label">'
    press = f'<form method="post" action="/devices/{device.code}/label/now"'
    offered, end = (link, "</a>") if words == "Label" else (press, "</form>")
    fields = strong(client.get(f"/scan?code={device.code}").text).fields
    page = client.post("/scan/act", data=fields, follow_redirects=True).text
    assert "verdict-good" in page and page.count(offered) == page.count(link) + page.count(press) == 1
    assert _words(page[page.index(offered) :].split(end, 1)[0]) == words


def test_an_association_that_closed_is_looked_at_by_who_may(app: Flask) -> None:
    """The cure of a recipient that may not receive is a coordinator's; a volunteer is told, and goes on."""
    device, code = prepared(), ""
    with transaction():
        code = session.merge(device).code
        make.association().active = False
    assert strong(client_as(app, "volunteer").get(f"/scan?code={code}").text).href == "/scan"
    chief = client_as(app, "coordinator")
    button = strong(chief.get(f"/scan?code={code}").text)
    assert re.fullmatch(r"/associations/\d+", button.href or "")
    must_do_as_it_says(chief, button)


def test_every_fact_a_person_can_do_something_about_has_its_page(app: Flask) -> None:
    """For a coordinator, who may do everything; a second person is someone else, and a free gift is within any cap."""
    from tracker.devices import registry

    device, by = promised(packed=False), make.actor("coordinator")
    with transaction():
        particulars.raise_flag(session.merge(device), Flag.NEEDS_PART, by)
        device = session.merge(device)
        found = {fact for fact in Fact if registry.solution_of(fact, device, by)}
    assert found == set(Fact) - {Fact.SECOND_PERSON, Fact.PRICE_WITHIN_CAP}
    assert found >= ANSWERED


def test_open_steps_begin_with_the_next_one(app: Flask) -> None:
    device, by = declared(), make.actor()
    device = session.merge(device)
    step = next_step(device, by)
    assert step is not None and open_steps(device, by)[0].move is step.move
    assert [one.move.action for one in open_steps(device, by)].count(Action.FINISH_WIPING) == 1
