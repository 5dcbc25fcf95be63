"""Walks the site as a browser or a script would, without going through the sign-in page each time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import make
from tracker.accounts import operations
from tracker.accounts.models import SignedInSession, User
from tracker.accounts.secrets import hash_of, new_secret
from tracker.clock import now
from tracker.database import session, transaction

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM_TOKEN = re.compile(r'name="form_token"[^>]*value="([^"]+)"')


def client_of(app: Flask, user: User) -> FlaskClient:
    """A browser with a session of this user, as if she had signed in a moment ago."""
    client = app.test_client()
    client.set_cookie("session", session_of(user))
    return client


def session_of(user: User) -> str:
    """What the cookie `session` holds of a session that this user has begun."""
    raw_id, moment = new_secret(), now()
    with transaction():
        session.add(
            SignedInSession(
                id_hash=hash_of(raw_id),
                user_id=user.id,
                data={"_user_id": user.fs_uniquifier, "_fresh": True, "csrf_token": new_secret()},
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + timedelta(hours=1),
            )
        )
    return raw_id


def key_of(user: User) -> dict[str, str]:
    """The header of a script that acts for this user."""
    with transaction():
        key = operations.add_token(user, "a script")
    return {"Authorization": f"Bearer {key}"}


def person(role: str, email: str | None = None, **values: Any) -> User:
    return make.user(role, email, **values)


def token_on(page: str) -> str:
    """The CSRF token of a page's first form."""
    found = CSRF.search(page)
    assert found, "no form on this page"
    return found.group(1)


def send(
    client: FlaskClient, path: str, data: dict[str, Any] | None = None, *, form: str | None = None
) -> TestResponse:
    """Open the page with the form (`form`, else `path`), fill it in, send it to `path`."""
    page = client.get(form or path).text
    filled: dict[str, Any] = {"csrf_token": token_on(page)}
    once = FORM_TOKEN.search(page)
    if once:
        filled["form_token"] = once.group(1)
    return client.post(
        path, data={**filled, **(data or {})}, headers={"Referer": f"http://localhost{form or path}"}
    )
