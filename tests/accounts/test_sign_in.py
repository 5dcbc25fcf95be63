"""The sign-in page: who comes in, who does not, and that nothing is given away to who tries."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests import make
from tests.web import browsing
from tracker.accounts import passwords
from tracker.accounts.models import AttemptCount, User
from tracker.database import db, session, transaction


def attempt(client: FlaskClient, email: str, password: str, **more: str):  # type: ignore[no-untyped-def]
    return browsing.send(client, "/login", {"email": email, "password": password, **more})


def test_the_right_password_opens_the_home_page(client: FlaskClient) -> None:
    user = make.user()
    answer = attempt(client, f" {user.email.upper()} ", make.PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert user.name in client.get("/").text


@pytest.mark.parametrize("password", ["wrong and wrong again", "", make.PASSWORD + " "])
def test_a_wrong_password_does_not(client: FlaskClient, password: str) -> None:
    assert attempt(client, make.user().email, password).status_code == 422
    assert client.get("/").status_code == 302


def test_a_stranger_and_a_wrong_password_get_the_same_words(client: FlaskClient) -> None:
    user = make.user()
    known = attempt(client, user.email, "not the right one").text.replace(user.email, "")
    unknown = attempt(client, "nobody@example.org", "not the right one").text.replace(
        "nobody@example.org", ""
    )
    drop = browsing.CSRF
    assert drop.sub("", known) == drop.sub("", unknown)


def test_a_disabled_user_and_one_without_password_stay_out(client: FlaskClient) -> None:
    user = make.user()
    with transaction():
        session.execute(update(User).where(User.id == user.id).values(active=False))
    assert attempt(client, user.email, make.PASSWORD).status_code == 422
    with transaction():
        session.execute(update(User).where(User.id == user.id).values(active=True, password=None))
    assert attempt(client, user.email, "nobody has this password").status_code == 422


@pytest.mark.parametrize(
    ("wish", "leads"),
    [
        ("/account", "/account"),
        ("/devices?stage=ready", "/devices?stage=ready"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_sign_in_leads_on_within_the_site_only(client: FlaskClient, wish: str, leads: str) -> None:
    assert attempt(client, make.user().email, make.PASSWORD, next=wish).headers["Location"] == leads


def test_the_page_wanted_is_remembered(client: FlaskClient) -> None:
    assert client.get("/account").headers["Location"] == "/login?next=/account"
    assert 'value="/account"' in client.get("/login?next=/account").text


def test_passwords_are_kept_as_argon2id(app: Flask) -> None:
    assert (make.user().password or "").startswith("$argon2id$")


def test_flask_security_and_the_commands_agree_on_passwords(app: Flask) -> None:
    from flask_security.utils import hash_password, verify_password

    with app.app_context():
        assert verify_password(passwords.normalised("déjà vu souvent"), passwords.hashed("déjà vu souvent"))
        assert passwords.is_right("déjà vu souvent", hash_password(passwords.normalised("déjà vu souvent")))


def test_an_accent_is_the_same_however_it_was_typed(app: Flask) -> None:
    composed, decomposed = "pass\u00e9 compos\u00e9 long", "passe\u0301 compose\u0301 long"
    assert passwords.is_right(decomposed, passwords.hashed(composed))


def test_an_old_hash_is_renewed_at_sign_in(client: FlaskClient) -> None:
    from argon2 import PasswordHasher

    user = make.user()
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(make.PASSWORD)
    with transaction():
        session.execute(update(User).where(User.id == user.id).values(password=old))
    assert attempt(client, user.email, make.PASSWORD).status_code == 302
    session.rollback()
    renewed = session.scalar(select(User.password).where(User.id == user.id))
    assert renewed != old
    assert passwords.is_right(make.PASSWORD, renewed)


def test_too_many_wrong_passwords_close_the_door_for_that_person(client: FlaskClient) -> None:
    user, other = make.user(), make.user("admin")
    for _ in range(10):
        assert attempt(client, user.email, "wrong again and again").status_code == 422
    closed = attempt(client, user.email, make.PASSWORD)
    assert closed.status_code == 429
    assert int(closed.headers["Retry-After"]) > 0
    for words in ("Trop d’essais", "en peu de temps", "un quart d’heure, puis réessayez", "demandez un lien"):
        assert words in closed.text
    client.set_cookie("lang", "en")
    closed = attempt(client, user.email, make.PASSWORD)
    assert "Too many tries" in closed.text and "Wait a quarter of an hour" in closed.text
    assert attempt(client, other.email, make.PASSWORD).status_code == 302


def test_signing_in_well_is_never_counted(app: Flask) -> None:
    user = make.user()
    for _ in range(12):
        assert attempt(app.test_client(), user.email, make.PASSWORD).status_code == 302


def test_tries_are_counted_for_all_processes_together(app: Flask, settings: None) -> None:
    """Two applications stand for two processes: what one has counted, the other knows."""
    from tracker.app import create_app

    user, second = make.user(), create_app()
    clients = [app.test_client(), second.test_client()]
    for turn in range(10):
        assert attempt(clients[turn % 2], user.email, "wrong again and again").status_code == 422
    assert [attempt(client, user.email, make.PASSWORD).status_code for client in clients] == [429, 429]
    with second.app_context():
        db.engine.dispose()


def test_the_count_names_nobody(client: FlaskClient) -> None:
    attempt(client, "jo.secret@example.org", "wrong again and again")
    session.rollback()
    keys = session.scalars(select(AttemptCount.key)).all()
    assert keys
    assert not [key for key in keys if "secret" in key]


def test_threads_lose_no_try(app: Flask) -> None:
    from tracker.accounts.limits import DatabaseStorage

    storage = DatabaseStorage()

    def hit() -> None:
        for _ in range(5):
            with app.app_context():
                storage.incr("one-key", 60)

    threads = [threading.Thread(target=hit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert storage.get("one-key") == 30
