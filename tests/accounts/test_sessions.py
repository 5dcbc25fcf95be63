"""Sessions: hashed at rest, new at sign-in, dead at sign-out and when the user is disabled, quiet when only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from tests import make
from tests.web import browsing
from tracker.accounts import operations, sessions
from tracker.accounts.models import SignedInSession, User
from tracker.accounts.rules import SYSTEM
from tracker.clock import now
from tracker.database import db, session, transaction


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def rows() -> list[SignedInSession]:
    session.rollback()
    return list(session.scalars(select(SignedInSession)))


def sign_in(client: FlaskClient, user: User) -> str:
    answer = browsing.send(client, "/login", {"email": user.email, "password": make.PASSWORD})
    assert answer.status_code == 302
    return cookie(client)


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("session", value)
    return client


def test_the_table_holds_no_id_that_opens_a_session(client: FlaskClient) -> None:
    raw = sign_in(client, make.user())
    (row,) = rows()
    assert raw not in (row.id_hash, str(row.data))
    assert with_cookie(client.application, row.id_hash).get("/").status_code == 302


def test_sign_in_begins_a_new_session(client: FlaskClient) -> None:
    user = make.user()
    first = sign_in(client, user)
    client.get("/logout")
    planted = with_cookie(client.application, "planted-by-someone-else")
    assert sign_in(planted, user) != "planted-by-someone-else"
    again = with_cookie(client.application, first)
    page = again.get("/account").text
    changed = {
        "present": make.PASSWORD,
        "password": "another long sentence",
        "csrf_token": browsing.token_on(page),
    }
    assert again.post("/account", data=changed).status_code == 302
    assert cookie(again) != first
    assert with_cookie(client.application, first).get("/account").status_code == 302


def test_a_copy_of_the_cookie_is_dead_after_sign_out(client: FlaskClient) -> None:
    raw = sign_in(client, make.user())
    assert with_cookie(client.application, raw).get("/account").status_code == 200
    assert browsing.send(client, "/logout", form="/account").status_code == 302
    assert with_cookie(client.application, raw).get("/account").status_code == 302
    assert rows() == []


def test_opening_the_sign_out_address_signs_nobody_out(client: FlaskClient) -> None:
    sign_in(client, make.user())
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200


def test_a_disabled_user_is_out_at_once(app: Flask) -> None:
    user = make.user()
    client = browsing.client_of(app, user)
    assert client.get("/account").status_code == 200
    with transaction():
        operations.disable(session.get_one(User, user.id), SYSTEM)
    assert client.get("/account").status_code == 302


def test_a_user_switched_off_in_the_table_is_out_too(app: Flask) -> None:
    user = make.user()
    client = browsing.client_of(app, user)
    with transaction():
        session.execute(update(User).values(active=False))
    assert client.get("/account").status_code == 302


@contextmanager
def no_database() -> Iterator[None]:
    """Whatever is asked, the database answers with an error, as it does while it starts anew."""

    def refuse(connection: Any, *rest: Any) -> None:
        connection.cursor().execute("SELECT 1 FROM a_table_that_is_nowhere")

    db.engine.dispose()
    event.listen(db.engine, "checkout", refuse)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", refuse)
        db.engine.dispose()


def test_a_database_that_does_not_answer_ends_no_session(client: FlaskClient) -> None:
    raw = sign_in(client, make.user())
    session.rollback()
    with no_database():
        for ask in (lambda: client.get("/account"), lambda: client.post("/scan/sync", json={})):
            answer = ask()
            assert answer.status_code == 503
            assert "Set-Cookie" not in answer.headers
        stranger = client.application.test_client().get("/account")
        assert stranger.status_code == 302
    assert cookie(client) == raw
    assert client.get("/account").status_code == 200


@contextmanager
def writes() -> Iterator[list[str]]:
    """Every statement that changes a table, the door's own included."""
    seen: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", look)
    yield seen
    event.remove(db.engine, "before_cursor_execute", look)


def test_reading_pages_writes_nothing(client: FlaskClient) -> None:
    """Not even the first page after sign-in, which has a form and so needs a token."""
    sign_in(client, make.user())
    with writes() as seen:
        client.get("/account")
        client.get("/")
    assert seen == []


def test_a_message_between_two_pages_costs_no_write(client: FlaskClient) -> None:
    sign_in(client, make.user())
    client.post("/account", headers={"Referer": "http://localhost/account"})
    with writes() as seen:
        assert "Rien n’a été enregistré" in client.get("/account").text
        assert "Rien n’a été enregistré" not in client.get("/account").text
    assert seen == []


def test_last_seen_is_written_once_a_minute_at_most(app: Flask) -> None:
    client = browsing.client_of(app, make.user())
    with time_machine.travel(now() + timedelta(seconds=30), tick=False):
        client.get("/account")
        before = rows()[0].last_seen_at
    with time_machine.travel(now() + timedelta(seconds=90), tick=False):
        client.get("/account")
        after = rows()[0].last_seen_at
    with time_machine.travel(now() + timedelta(seconds=120), tick=False):
        client.get("/account")
        assert rows()[0].last_seen_at == after
    assert after - before >= timedelta(seconds=60)


def test_a_session_ends_when_it_is_not_used(client: FlaskClient) -> None:
    sign_in(client, make.user())
    with time_machine.travel(now() + sessions.IDLE + timedelta(minutes=1)):
        assert client.get("/account").status_code == 302


def test_a_session_ends_even_when_it_is_used_every_day(client: FlaskClient) -> None:
    sign_in(client, make.user())
    start, alive = now(), 0
    for day in range(1, sessions.LONGEST.days + 2):
        with time_machine.travel(start + timedelta(days=day, seconds=1)):
            alive += client.get("/account").status_code == 200
    assert alive == sessions.LONGEST.days - 1


def test_the_signed_cookie_cannot_sign_in(app: Flask) -> None:
    """The cookie of strangers is signed, so a leaked key could write one: it still names nobody."""
    user = make.user()
    interface = app.session_interface
    assert isinstance(interface, sessions.ServerSessions)
    client = app.test_client()
    client.set_cookie("visit", str(interface.signer.dumps({"_user_id": user.fs_uniquifier, "_fresh": True})))
    assert client.get("/account").status_code == 302
    assert client.get("/account").status_code == 302
    assert rows() == []


def test_a_form_opened_before_sign_in_is_not_taken_after_it(client: FlaskClient) -> None:
    page = client.get("/login").text
    sign_in(client, make.user())
    answer = client.post("/language", data={"locale": "en", "csrf_token": browsing.token_on(page)})
    assert answer.status_code == 400


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    page = client.get("/login")
    user = make.user()
    answer = client.post(
        "/login",
        data={"email": user.email, "password": make.PASSWORD, "csrf_token": browsing.token_on(page.text)},
    )
    for one in [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]:
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one


def test_over_https_cookies_are_bound_to_the_host(settings: None, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from tracker.app import create_app

    monkeypatch.setenv("TRACKER_SITE_URL", "https://tracker.example.org")
    answer = create_app().test_client().get("/login", base_url="https://tracker.example.org")
    assert answer.headers["Set-Cookie"].startswith("__Host-visit=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_stranger_leaves_no_row(client: FlaskClient) -> None:
    client.get("/login")
    client.get("/privacy")
    assert rows() == []
