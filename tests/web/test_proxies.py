"""Behind a web server that speaks HTTPS: the visitor's own address and scheme, and nobody else's word for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from tests import make
from tests.web.browsing import token_on
from tracker.app import create_app
from tracker.database import db
from tracker.web.access import requires

Behind = Callable[[int], Flask]


@pytest.fixture
def behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    """The application as it stands behind so many proxies, under an https address."""
    made: list[Flask] = []

    def start(proxies: int) -> Flask:
        monkeypatch.setenv("TRACKER_PROXIES", str(proxies))
        monkeypatch.setenv("TRACKER_SITE_URL", "https://tracker.example.org")
        started = create_app()

        @requires("public")
        def seen() -> str:
            return f"{request.remote_addr} {request.url}"

        started.add_url_rule("/seen", "seen", seen)
        made.append(started)
        return started

    yield start
    for one in made:
        with one.app_context():
            db.engine.dispose()


def sign_in(app: Flask, email: str, password: str, forwarded: str) -> TestResponse:
    """As the proxy passes it on: it appends the address it sees, and says the scheme."""
    client = app.test_client()
    told = {
        "X-Forwarded-For": forwarded,
        "X-Forwarded-Proto": "https",
        "Host": "tracker.example.org",
        "Referer": "https://tracker.example.org/login",
    }
    page = client.get("/login", headers=told)
    words = {"email": email, "password": password, "csrf_token": token_on(page.text)}
    return client.post("/login", data=words, headers=told)


def test_behind_a_proxy_tries_are_counted_by_the_visitors_address(behind: Behind) -> None:
    app, user = behind(1), make.user()
    for _ in range(10):
        assert sign_in(app, user.email, "wrong again and again", "192.0.2.1").status_code == 422
    assert sign_in(app, user.email, make.PASSWORD, "192.0.2.1").status_code == 429
    assert sign_in(app, user.email, make.PASSWORD, "192.0.2.2").status_code == 302


def test_an_address_the_visitor_claims_changes_no_count(behind: Behind) -> None:
    app, user = behind(1), make.user()
    for turn in range(10):
        claimed = f"203.0.113.{turn}, 192.0.2.1"  # the visitor wrote the first, the proxy added the second
        assert sign_in(app, user.email, "wrong again and again", claimed).status_code == 422
    assert sign_in(app, user.email, make.PASSWORD, "203.0.113.99, 192.0.2.1").status_code == 429


def test_without_proxies_nobody_is_believed(behind: Behind) -> None:
    told = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", "Host": "tracker.example.org"}
    seen = behind(0).test_client().get("/seen", headers=told).text
    assert seen == "127.0.0.1 http://tracker.example.org/seen"


def test_the_scheme_is_the_visitors_and_the_host_is_not_believed(behind: Behind) -> None:
    told = {
        "X-Forwarded-For": "198.51.100.7, 192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "Host": "tracker.example.org",
    }
    assert (
        behind(1).test_client().get("/seen", headers=told).text
        == "192.0.2.1 https://tracker.example.org/seen"
    )
    told["X-Forwarded-Proto"] = "https, http"
    assert behind(2).test_client().get("/seen", headers=told).text.startswith("198.51.100.7 https://")


def test_over_https_the_session_cookie_is_never_sent_in_the_open(behind: Behind) -> None:
    answer = sign_in(behind(1), make.user().email, make.PASSWORD, "192.0.2.1")
    assert answer.status_code == 302
    cookies = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session=")]
    assert cookies
    assert all("Secure" in line and "HttpOnly" in line for line in cookies)
    assert "Strict-Transport-Security" in answer.headers
