"""Requests by their pages: an association's way, a coordinator's way, and what neither may do."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.web.browsing import client_of, send, token_on
from tracker.allocation import operations, queries
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.rules import RequestState
from tracker.clock import now
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.web.shown import day

LINE = {"lines-0-type": "laptop", "lines-0-quantity": "2"}


@pytest.fixture
def asking(app: Flask) -> FlaskClient:
    return client_of(app, make.user("association"))


@pytest.fixture
def answering(app: Flask) -> FlaskClient:
    return client_of(app, make.user("coordinator"))


def all_requests() -> list[EquipmentRequest]:
    return queries.page(make.actor("coordinator")).items


def test_an_association_asks_and_sees_its_place(asking: FlaskClient) -> None:
    empty = asking.get("/requests").text
    assert "Aucune demande pour l’instant" in empty
    answer = send(asking, "/requests/new", {**LINE, "reference": "B-12", "note": "le mardi", "send": "1"})
    assert answer.status_code == 303
    shown = asking.get(answer.location).text
    assert "Envoyée" in shown
    assert "Première dans la file" in shown
    assert "personne ne peut donner une date honnête" in shown
    assert "B-12" in shown
    assert "le mardi" in shown
    assert "Réserver" not in shown


def test_lines_are_added_without_scripts_and_nothing_typed_is_lost(asking: FlaskClient) -> None:
    more = send(asking, "/requests/new", {**LINE, "reference": "B-12", "add_line": "1"})
    assert more.status_code == 200
    assert 'name="lines-1-type"' in more.text
    assert 'value="B-12"' in more.text
    assert all_requests() == []
    fewer = send(
        asking,
        "/requests/new",
        {**LINE, "lines-1-type": "screen", "lines-1-quantity": "1", "remove_line": "1"},
    )
    assert 'name="lines-1-type"' not in fewer.text
    both = send(
        asking, "/requests/new", {**LINE, "lines-1-type": "screen", "lines-1-quantity": "4", "send": "1"}
    )
    assert both.status_code == 303
    assert [(line.type.value, line.quantity) for line in all_requests()[0].lines] == [
        ("laptop", 2),
        ("screen", 4),
    ]


def test_what_it_must_have_is_asked_for_as_people_say_it(asking: FlaskClient) -> None:
    wanted = {
        "lines-0-memory_gb": "8",
        "lines-0-storage_gb": "256",
        "lines-0-screen_inches": "14",
        "lines-0-usage": "study",
    }
    send(asking, "/requests/new", {**LINE, **wanted})
    needs = all_requests()[0].lines[0].needs
    assert needs == {"memory_mb": 8192, "storage_gb": 256, "screen_inches": 14, "usage": "study"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"lines-0-type": ""}, "Choisissez ce qu’il vous faut"),
        ({"lines-0-type": "spaceship"}, None),
        ({"lines-0-quantity": ""}, "Dites combien"),
        ({"lines-0-quantity": "many"}, None),
        ({"lines-0-quantity": "501"}, None),
        ({"lines-0-quantity": "99999999999999999999"}, None),
        ({"lines-0-memory_gb": "7"}, None),
        ({"reference": "someone@example.org"}, "jamais une adresse ni un nom"),
        ({"reference": "x" * 200}, None),
        ({"note": "x" * 3000}, None),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_recorded(
    asking: FlaskClient, wrong: dict[str, str], words: str | None
) -> None:
    answer = send(asking, "/requests/new", {**LINE, "note": "kept", **wrong})
    assert answer.status_code == 422
    assert "error" in answer.text
    assert words is None or words in answer.text
    assert wrong.get("note", "kept") in answer.text
    assert all_requests() == []


def test_the_summary_names_each_wrong_field_of_a_line_and_leads_to_it(asking: FlaskClient) -> None:
    empty = {"lines-0-type": "", "lines-0-quantity": "1", "lines-1-type": "laptop", "lines-1-quantity": "0"}
    answer = send(asking, "/requests/new", {**empty, "send": "1"})
    assert answer.status_code == 422
    summary = answer.text.split("error-summary")[1].split("</ul>")[0]
    assert '<a href="#lines-0-type">Quoi</a> – Choisissez ce qu’il vous faut.' in summary
    assert '<a href="#lines-1-quantity">' in summary
    assert "2 points à corriger" in summary
    assert "{" not in summary
    assert 'id="lines-0-type"' in answer.text and 'id="lines-1-quantity"' in answer.text


def test_sent_twice_it_is_made_once(asking: FlaskClient) -> None:
    page = asking.get("/requests/new").text
    form = re.search(r'name="form_token"[^>]*value="([^"]+)"', page).group(1)
    data = {"csrf_token": token_on(page), "form_token": form, **LINE}
    first, second = (asking.post("/requests/new", data=data) for _ in range(2))
    assert first.location == second.location
    assert len(all_requests()) == 1


def test_a_draft_is_changed_and_sent(asking: FlaskClient) -> None:
    made = send(asking, "/requests/new", {**LINE, "lines-0-memory_gb": "8", "draft": "1"}).location
    assert "Brouillon" in asking.get(made).text
    form = asking.get(f"{made}/edit").text
    assert re.search(r'<option selected value="8">', form)
    answer = send(asking, f"{made}/edit", {**LINE, "lines-0-quantity": "3", "send": "1"})
    assert answer.status_code == 303
    (request,) = all_requests()
    assert (request.state, request.lines[0].quantity) == (RequestState.SENT, 3)
    assert asking.get(f"{made}/edit").status_code == 303


def test_nothing_of_another_association_shows(app: Flask, asking: FlaskClient) -> None:
    other = make.association("Une autre")
    theirs = make.request(("tablet", 7), of=other, reference="SECRET-1", note="SECRET-2")
    device = make.ready("tablet")
    handover = make.handover(theirs, device)
    own = make.request(by=make.actor("association"))
    for path in (
        f"/requests/{theirs.id}",
        f"/requests/{theirs.id}/edit",
        f"/handovers/{handover.id}",
        f"/handovers/{handover.id}/document",
        f"/requests/{2**40}",
        "/requests/0",
    ):
        assert asking.get(path).status_code == 404, path
    for path in ("send", "cancel", "link"):
        answer = asking.post(
            f"/requests/{theirs.id}/{path}", data={"csrf_token": token_on(asking.get("/requests/new").text)}
        )
        assert answer.status_code == 404
    for path in ("/requests", f"/requests/{own.id}", "/", "/requests?state=served", "/requests?state=sent"):
        text = asking.get(path).text
        for word in ("SECRET", "Une autre", theirs.number, handover.number, device.code):
            assert word not in text, (path, word)
    assert queries.by_id(theirs.id).state is RequestState.ACCEPTED


@pytest.mark.parametrize("path", ["decline", "close", "reserve", "release"])
def test_an_association_does_not_answer_itself(asking: FlaskClient, path: str) -> None:
    own = make.request(by=make.actor("association"))
    data = {"csrf_token": token_on(asking.get("/requests/new").text), "reason": "no", "line": own.lines[0].id}
    assert asking.post(f"/requests/{own.id}/{path}", data=data).status_code == 403
    assert queries.by_id(own.id).state is RequestState.SENT


def test_an_association_cannot_name_another_in_the_form(asking: FlaskClient) -> None:
    other = make.association("Une autre")
    send(asking, "/requests/new", {**LINE, "association": str(other.id)})
    assert all_requests()[0].association_id == make.actor("association").association_id


def test_a_coordinator_reserves_what_is_proposed_and_releases_it(answering: FlaskClient) -> None:
    request, device = (
        make.request(("laptop", 1, {"memory_mb": 8192})),
        make.device("ready", manufacturer="Lenovo"),
    )
    path = f"/requests/{request.id}"
    shown = answering.get(path).text
    assert device.code[:4] in shown
    assert "Non renseigné" in shown
    answer = send(answering, f"{path}/reserve", {"code": device.code, "line": request.lines[0].id}, form=path)
    assert answer.status_code == 303
    after = answering.get(path).text
    assert "est réservé pour cette demande" in after
    assert "Remettre l’appareil" in after
    assert devices.by_id(device.id).stage is Stage.RESERVED
    send(answering, f"{path}/release", {"code": device.code}, form=path)
    assert devices.by_id(device.id).stage is Stage.READY


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "BCDFGHJX", "line": "own"}, None),
        ({"code": "hello", "line": "own"}, None),
        ({"code": "", "line": "own"}, "Scannez ou tapez le code"),
        ({"code": "own", "line": ""}, "Scannez ou tapez le code"),
        ({"code": "own", "line": "9999999"}, None),
        ({"code": "own", "line": "other"}, None),
    ],
)
def test_a_wrong_reservation_is_refused_in_words(
    answering: FlaskClient, values: dict[str, str], words: str | None
) -> None:
    request, other, device = make.request(), make.request(), make.device("ready")
    real = {"code": device.code, "line": request.lines[0].id}
    sent = {key: real[key] if value == "own" else value for key, value in values.items()}
    if sent["line"] == "other":
        sent["line"] = other.lines[0].id
    path = f"/requests/{request.id}"
    answer = send(answering, f"{path}/reserve", sent, form=path)
    assert answer.status_code in (303, 404, 422)
    shown = answering.get(answer.location).text if answer.location else answer.text
    assert words is None or words in shown
    assert devices.by_id(device.id).stage is Stage.READY


def test_who_comes_second_reads_that_someone_was_first(answering: FlaskClient) -> None:
    first, second, device = make.request(), make.request(), make.device("ready")
    make.reserved(first, device)
    path = f"/requests/{second.id}"
    answer = send(answering, f"{path}/reserve", {"code": device.code, "line": second.lines[0].id}, form=path)
    assert "Quelqu’un a été plus rapide" in answering.get(answer.location).text


@pytest.mark.parametrize(
    ("act", "state"), [("decline", RequestState.DECLINED), ("close", RequestState.CLOSED)]
)
def test_a_request_is_ended_with_a_reason_that_the_association_reads(
    answering: FlaskClient, asking: FlaskClient, act: str, state: RequestState
) -> None:
    request = make.request(by=make.actor("association"))
    path = f"/requests/{request.id}"
    assert send(answering, f"{path}/{act}", {"reason": " "}, form=path).status_code == 422
    assert send(answering, f"{path}/{act}", {"reason": "plus de portables"}, form=path).status_code == 303
    assert queries.by_id(request.id).state is state
    assert "plus de portables" in asking.get(path).text


def test_the_private_link_shows_how_it_stands_and_nothing_private(app: Flask, asking: FlaskClient) -> None:
    request = make.request(by=make.actor("association"), reference="B-77", note="une chose privée")
    device = make.device("ready", serial="SN-1234")
    make.reserved(request, device)
    path = f"/requests/{request.id}"
    page = send(asking, f"{path}/link", form=path).text
    link = re.search(r'value="http://[^"]+(/track/[^"]+)"', page).group(1)
    stranger = app.test_client()
    shown = stranger.get(link)
    assert shown.status_code == 200
    assert request.number in shown.text
    for word in (
        "B-77",
        "une chose privée",
        device.code,
        device.code[:4],
        "SN-1234",
        "association@example.org",
    ):
        assert word not in shown.text
    assert stranger.get("/track/guess").status_code == 404
    send(asking, f"{path}/link", form=path)
    assert stranger.get(link).status_code == 404


def test_what_people_write_is_shown_as_text(answering: FlaskClient) -> None:
    request = make.request(reference="<b>R</b>", note="<script>alert(1)</script>")
    shown = answering.get(f"/requests/{request.id}").text
    assert "<script>alert" not in shown
    assert "<b>R</b>" not in shown


def test_the_name_of_an_association_stands_in_the_workshops_list_alone(
    asking: FlaskClient, answering: FlaskClient
) -> None:
    send(asking, "/requests/new", {"lines-0-type": "laptop", "lines-0-quantity": "1", "send": "1"})
    assert 'data-label="Association"' in answering.get("/requests").text
    own = asking.get("/requests").text
    assert 'data-label="Quoi"' in own and 'data-label="Association"' not in own


def test_the_list_goes_on_page_by_page(answering: FlaskClient) -> None:
    numbers = {make.request().number for _ in range(53)}
    first = answering.get("/requests").text
    older = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = answering.get(older).text
    assert {number for number in numbers if number in first + second} == numbers
    assert answering.get("/requests?cursor=nonsense").status_code == 422
    assert answering.get("/requests?state=nonsense").status_code == 200


def test_the_home_page_says_what_waits(answering: FlaskClient, asking: FlaskClient) -> None:
    assert "Demander des appareils" in asking.get("/").text
    make.request(by=make.actor("association"))
    home = answering.get("/").text
    assert "Demandes auxquelles répondre" in home and "0 autres" not in home
    assert "Première dans la file" in asking.get("/").text


def test_english_is_whole(app: Flask, answering: FlaskClient) -> None:
    request = make.request(("laptop", 2, {"memory_mb": 8192}))
    with transaction():
        operations.decline(make.request(), make.actor("coordinator"), reason="none")
    answering.set_cookie("lang", "en")
    for path, words in (("/requests", "Make a request"), (f"/requests/{request.id}", "First in the queue")):
        assert words in answering.get(path).text


def test_an_associations_home_page_has_one_strong_action_and_says_how_to_begin(asking: FlaskClient) -> None:
    page = asking.get("/").text
    assert re.findall(r'class="strong" href="([^"]+)"', page) == ["/requests/new"]
    assert "Demander des appareils" in page
    assert "Aucune demande pour l’instant" in page


def test_an_associations_home_page_says_how_each_of_its_requests_stands(
    app: Flask, asking: FlaskClient
) -> None:
    by = make.actor("association")
    elsewhere = make.request(of=make.association("Les Liens du Nord"))
    draft = make.request(("screen", 3), by=by, draft=True)
    waiting = make.request(("laptop", 2), by=by)
    make.reserved(waiting, make.ready())
    served = make.request(("laptop", 1), by=by)
    make.handover(served, make.ready())

    rows = {
        number: re.sub(r"<[^>]+>|\s+", " ", row)
        for row in asking.get("/").text.split("<tr>")
        for number in re.findall(r"\b\d{4}-\d{4}\b", row)[:1]
    }

    assert elsewhere.number not in rows
    assert "Pas encore envoyée" in rows[draft.number]
    assert "Remis : 0 sur 2 ; mis de côté pour vous : 1." in plain_spaces(rows[waiting.number])
    assert "Place 2 dans la file" in rows[waiting.number]
    with app.test_request_context():
        today = day(now())
    assert f"Tout a été remis le {today}" in rows[served.number]


def plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_workshops_home_page_does_not_ask_for_devices(answering: FlaskClient) -> None:
    assert "/requests/new" not in re.findall(r'class="strong" href="([^"]+)"', answering.get("/").text)
