"""The application as a whole: what every answer carries, and that bad input never ends in a fault of ours."""

from __future__ import annotations

import json
import logging
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import event
from werkzeug.datastructures import Headers

from tests import make
from tests.web import browsing
from tracker.app import create_app
from tracker.config import SettingsFault
from tracker.database import db
from tracker.errors import Conflict, Malformed, NotHere
from tracker.i18n import N_
from tracker.web.access import requires

FRENCH_404 = "Il n’y a rien ici"


def answered(client: FlaskClient, path: str) -> Headers:
    """The headers of an answer, whose file, if it is one, is closed again."""
    with client.get(path) as answer:
        return answer.headers


@pytest.fixture
def doors(app: Flask) -> FlaskClient:
    """Views that fail in each way, in the middle of the real application."""
    refusals = {
        "conflict": Conflict(N_("Someone has just changed this. Look at the page again, then repeat.")),
        "malformed": Malformed(N_("Choose French or English."), field="locale"),
        "gone": NotHere(N_("There is no such contact.")),
        "fault": RuntimeError("secret words of the machine"),
        "surrogate": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        "overflow": OverflowError("Python int too large to convert to SQLite INTEGER"),
    }

    @requires("public")
    def door(name: str) -> str:
        raise refusals[name]

    app.add_url_rule("/door/<name>", "door", door, methods=["GET", "POST"])
    app.add_url_rule("/api/v1/door/<name>", "api_door", door, methods=["GET", "POST"])
    return app.test_client()


def test_every_answer_forbids_what_is_not_ours(client: FlaskClient) -> None:
    for path in ("/login", "/nowhere", "/healthz", "/api/v1/nowhere", "/static/css/tracker.css"):
        headers = answered(client, path)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; ")
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in headers["Permissions-Policy"]


def test_a_page_of_someone_signed_in_is_kept_by_no_browser(app: Flask) -> None:
    client = browsing.client_of(app, make.user())
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    assert "no-store" not in answered(client, "/static/css/tracker.css").get("Cache-Control", "")


def test_an_unknown_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/login", base_url="http://evil.example").status_code == 400


def test_wrong_settings_are_listed_all_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "de")
    monkeypatch.setenv("TRACKER_SITE_URL", "tracker")
    with pytest.raises(SettingsFault) as fault:
        create_app()
    assert len(fault.value.faults) >= 2


def test_an_unknown_address_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert FRENCH_404 in answer.text
    assert 'href="/"' in answer.text


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/users", 403)])
def test_whoever_is_signed_in_keeps_the_menu_when_refused(app: Flask, path: str, status: int) -> None:
    client = browsing.client_of(app, make.user("volunteer"))
    answer = client.get(path, headers={"Referer": "http://localhost/stock"})
    assert answer.status_code == status
    assert 'class="scan-entry" href="/scan"' in answer.text and 'href="/devices"' in answer.text
    assert 'class="quiet" href="/stock"' in answer.text  # back to where the link was
    assert 'class="quiet" href="http' not in client.get(path, headers={"Referer": "http://elsewhere/x"}).text


def test_the_bar_does_not_say_its_name_twice(client: FlaskClient, app: Flask) -> None:
    assert 'class="whose"' not in client.get("/nowhere").text


def test_the_api_answers_with_problem_documents(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.text)
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("conflict", 409), ("malformed", 422), ("gone", 404), ("fault", 500)]
)
def test_a_refusal_has_the_status_of_its_kind(doors: FlaskClient, name: str, status: int) -> None:
    assert doors.get(f"/door/{name}").status_code == status
    answer = doors.get(f"/api/v1/door/{name}")
    assert (answer.status_code, json.loads(answer.text)["status"]) == (status, status)


def test_a_problem_names_the_field_that_is_wrong(doors: FlaskClient) -> None:
    assert json.loads(doors.get("/api/v1/door/malformed").text)["errors"] == {
        "locale": ["Choisissez le français ou l’anglais."]
    }


def test_a_refused_form_leads_back_to_its_page_and_says_why(doors: FlaskClient) -> None:
    token = browsing.token_on(doors.get("/privacy").text)
    answer = doors.post(
        "/door/conflict", data={"csrf_token": token}, headers={"Referer": "http://localhost/privacy?a=1"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy?a=1")
    assert "Quelqu’un vient de modifier ceci" in doors.get("/privacy").text
    assert "Quelqu’un vient de modifier ceci" not in doors.get("/privacy").text


@pytest.mark.parametrize("referrer", ["https://evil.example/privacy", "http://localhost//evil.example", ""])
def test_a_refused_form_leads_nowhere_else(doors: FlaskClient, referrer: str) -> None:
    token = browsing.token_on(doors.get("/privacy").text)
    answer = doors.post("/door/conflict", data={"csrf_token": token}, headers={"Referer": referrer})
    assert answer.status_code == 409
    assert "Quelqu’un vient de modifier ceci" in answer.text


def test_a_fault_shows_no_words_of_the_machine(doors: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        for path in ("/door/fault", "/api/v1/door/fault"):
            answer = doors.get(path)
            assert "secret words" not in answer.text
            assert "Traceback" not in answer.text
    assert "secret words" in caplog.text


@pytest.mark.parametrize("name", ["surrogate", "overflow"])
def test_what_no_column_can_hold_is_the_senders_fault(doors: FlaskClient, name: str) -> None:
    assert 400 <= doors.get(f"/door/{name}").status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/login?next=%00",
        "/login?next=%ff%fe",
        "/%00",
        "/%ff",
        "/users/99999999999999999999999999",
        "/users/-1",
        "/welcome/" + "x" * 5000,
        "/welcome/%00",
        "/login?" + "&".join(f"a{n}=1" for n in range(2000)),
    ],
)
def test_strange_addresses_are_no_fault_of_ours(app: Flask, path: str) -> None:
    client = browsing.client_of(app, make.user("admin"))
    assert client.get(path).status_code < 500


STRANGE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\x00",
            "\ud800",
            "\u202eabc",
            "9" * 400,
            "-1",
            "1e400",
            "<script>",
            "' OR 1=1 --",
            "{{ 7*7 }}",
            "%s %(x)s",
        ]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=STRANGE, rna=STRANGE, ground=STRANGE, email=STRANGE)
def test_strange_words_in_forms_are_no_fault_of_ours(
    app: Flask, name: str, rna: str, ground: str, email: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = browsing.client_of(app, make.user("admin"))
    words = {
        "name": name,
        "rna": rna,
        "siret": rna,
        "ground": ground,
        "role": ground,
        "email": email,
        "locale": name,
    }
    sent = {key: value.encode("utf-8", "surrogatepass") for key, value in words.items()}
    for path in ("/associations/new", "/users/new", "/language", "/account/keys"):
        assert client.post(path, data=sent).status_code < 500


def test_a_nul_sign_is_refused_with_a_sentence(app: Flask) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    answer = browsing.send(client, "/associations/new", {"name": "Les\x00Amis", "ground": "none"})
    assert answer.status_code == 303
    assert "NUL" in client.get("/associations/new").text


def test_a_body_that_is_too_large_is_refused_with_a_sentence(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    client = browsing.client_of(app, make.user())
    answer = client.post("/account/keys", data={"name": "x" * 2000})
    assert answer.status_code == 413
    assert "trop volumineux" in answer.text


def test_a_wrong_method_says_so(client: FlaskClient) -> None:
    answer = client.post("/privacy")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_visitor_chooses_the_language_and_keeps_it(app: Flask) -> None:
    user = make.user()
    client = browsing.client_of(app, user)
    assert "Votre compte" in client.get("/account").text
    browsing.send(client, "/language", {"locale": "en", "next": "/account"}, form="/account")
    assert "Your account" in client.get("/account").text
    assert "Your account" in browsing.client_of(app, user).get("/account").text
    assert "Connectez" not in client.get("/nowhere").text


def test_a_stranger_keeps_the_language_in_a_cookie(client: FlaskClient) -> None:
    browsing.send(client, "/language", {"locale": "en"}, form="/login")
    assert "Sign in" in client.get("/login").text
    assert browsing.send(client, "/language", {"locale": "xx"}, form="/login").status_code in (303, 422)
    assert "Sign in" in client.get("/login").text


def test_the_menu_shows_what_may_be_opened(app: Flask) -> None:
    assert 'href="/users"' in browsing.client_of(app, make.user("coordinator")).get("/").text
    assert 'href="/users"' not in browsing.client_of(app, make.user("volunteer")).get("/").text
    assert 'href="/devices"' not in browsing.client_of(app, make.user("association")).get("/").text


def test_the_icon_is_where_browsers_ask_for_it_and_where_pages_say(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert answer.status_code == 200
        assert answer.mimetype in ("image/x-icon", "image/vnd.microsoft.icon")
        assert "img-src 'self'" in answer.headers["Content-Security-Policy"]
        with Image.open(BytesIO(answer.data), formats=("ICO",)) as icon:
            assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
            assert icon.convert("RGBA").getpixel((24, 3)) == (200, 69, 27, 255)  # the colour of ricochet.svg
    linked = re.findall(r'<link rel="icon"[^>]*href="([^"]+)"', client.get("/login").text)
    assert "/favicon.ico" in linked
    for address in linked:
        with client.get(address) as answer:
            assert answer.status_code == 200


def test_a_live_process_says_so_without_a_database(app: Flask) -> None:
    db.engine.dispose()
    assert app.test_client().get("/healthz").text == "ok\n"


def test_readiness_tells_of_database_disk_and_backup(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["database"]["ok"]
    assert told["disk"]["ok"]
    assert told["backup"]["age_s"] is None
    (app.config["SETTINGS"].instance / "last-backup").touch()
    assert app.test_client().get("/readyz").get_json()["backup"]["age_s"] < 60


def test_a_database_that_cannot_be_written_is_not_ready(app: Flask) -> None:
    engine = db.engine
    sqlite = engine.dialect.name == "sqlite"
    order = "PRAGMA query_only=ON" if sqlite else "SET default_transaction_read_only = on"

    def close_for_writing(connection: Any, *rest: Any) -> None:
        connection.cursor().execute(order)
        connection.commit()

    event.listen(engine, "checkout", close_for_writing)
    try:
        answer = app.test_client().get("/readyz")
    finally:
        event.remove(engine, "checkout", close_for_writing)
        engine.dispose()
    assert answer.status_code == 503
    assert not answer.get_json()["database"]["ok"]


def test_figures_for_the_watch_count_answers(app: Flask) -> None:
    header = browsing.key_of(make.user("admin"))
    text = app.test_client().get("/metrics", headers=header).text
    assert "tracker_responses_total" in text
    assert "tracker_disk_free_bytes" in text
