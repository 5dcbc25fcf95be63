"""Every view × every role × one's own and another association's objects, against the table in `matrix.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import BaseConverter, Rule, UUIDConverter
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from tests.web import browsing
from tests.web.matrix import MATRIX, Line, line_of
from tracker.accounts import access
from tracker.accounts.models import User
from tracker.accounts.rules import Role

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = [role.value for role in Role]
# What stands in an address when no line makes the object: nothing has this number or code.
NOWHERE: dict[type[BaseConverter], Any] = {NumberConverter: 999_999_999, UUIDConverter: UUID(int=1)}


@pytest.fixture
def open_app(app: Flask) -> Flask:
    """CSRF is off here: what is asked is who comes in. That it is on everywhere is asked below."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every view with every method it takes."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if not (rule.endpoint == "static" or rule.endpoint.endswith(".static")):
            yield from ((rule, method) for method in METHODS if method in (rule.methods or ()))


def address(rule: Rule, values: dict[str, Any] | None = None) -> str:
    """The address of a view, with `values` or with what leads nowhere."""
    nowhere = {
        name: next((some for kind, some in NOWHERE.items() if isinstance(converter, kind)), "nothing")
        for name, converter in rule._converters.items()
    }
    built = rule.build({**nowhere, **(values or {})}, append_unknown=False)
    assert built is not None, rule
    return str(built[1])


def ask(app: Flask, path: str, method: str, user: User | None) -> TestResponse:
    """One request in a browser of its own; the API and the metrics by a key."""
    if path.startswith("/api/") or path == "/metrics":
        headers = browsing.key_of(user) if user else {}
        return app.test_client().open(path, method=method, headers=headers, buffered=True)
    client = browsing.client_of(app, user) if user else app.test_client()
    return client.open(path, method=method, buffered=True)


def turned_away(answer: TestResponse) -> bool:
    """Refused, or sent to sign in. (Who signs out ends on that page too.)"""
    to_login = answer.headers.get("Location", "").startswith("/login") and answer.request.path != "/logout"
    return answer.status_code in (401, 403) or to_login


def test_every_view_has_a_line(app: Flask) -> None:
    missing = {
        f"{rule.endpoint} {method}" for rule, method in routes(app) if line_of(rule.endpoint, method) is None
    }
    assert not missing, "add a line for each to tests/web/matrix.py"


def test_every_line_has_a_view(app: Flask) -> None:
    known = {rule.endpoint for rule, _ in routes(app)} | {
        f"{rule.endpoint} {method}" for rule, method in routes(app)
    }
    assert not set(MATRIX) - known


def test_every_view_declares_what_it_asks_for(app: Flask) -> None:
    assert not [
        f"{rule.endpoint} {method}"
        for rule, method in routes(app)
        if access.permission_of(rule.endpoint, method) is None
    ]


def test_a_view_that_declares_nothing_is_closed_to_all(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/forgotten-door", "forgotten_door", lambda: "open")
    app.add_url_rule("/api/v1/forgotten-door", "forgotten_api_door", lambda: "open")
    admin = browsing.person("admin")
    assert ask(app, "/forgotten-door", "GET", None).status_code == 403
    assert ask(app, "/forgotten-door", "GET", admin).status_code == 403
    assert ask(app, "/api/v1/forgotten-door", "GET", admin).status_code == 403


def test_a_stranger_is_sent_to_sign_in(open_app: Flask) -> None:
    wrong = []
    for rule, method in routes(open_app):
        line = line_of(rule.endpoint, method)
        if line is None:
            continue
        path = address(rule)
        answer = ask(open_app, path, method, None)
        allowed = "anonymous" in line.roles
        by_key = path.startswith("/api/") or path == "/metrics"
        right = not turned_away(answer) if allowed else answer.status_code == (401 if by_key else 302)
        if not right or (answer.status_code >= 500 and path != "/readyz"):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_matrix_says_and_nothing_else(open_app: Flask, role: str) -> None:
    user = browsing.person(role)
    wrong = []
    for rule, method in routes(open_app):
        line = line_of(rule.endpoint, method)
        if line is None:
            continue
        path = address(rule, line.own() if line.own else None)
        answer = ask(open_app, path, method, user)
        allowed = role in line.roles
        right = not turned_away(answer) if allowed else answer.status_code == 403
        if not right or (answer.status_code >= 500 and path != "/readyz"):
            wrong.append(
                f"{method} {path}: {answer.status_code} for {role}, who {'may' if allowed else 'may not'}"
            )
    assert not wrong, "\n".join(wrong)


def test_another_associations_things_are_not_there(open_app: Flask) -> None:
    user = browsing.person("association")
    wrong = []
    for rule, method in routes(open_app):
        line = line_of(rule.endpoint, method)
        if line is None or line.own is None or line.other is None or "association" not in line.roles:
            continue
        own = ask(open_app, address(rule, line.own()), method, user).status_code
        other = ask(open_app, address(rule, line.other()), method, user).status_code
        if own in (403, 404) or other != 404:
            wrong.append(f"{method} {rule}: {own} for one's own, {other} for another's")
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    """CSRF: signed in as one who may do all, every address that changes something refuses a request without token."""
    admin = browsing.person("admin")
    client = browsing.client_of(app, admin)
    taken = [
        f"{method} {path}: {answer.status_code}"
        for rule, method in routes(app)
        if method != "GET"
        and not (path := address(rule)).startswith("/api/")
        and (answer := client.open(path, method=method)).status_code != 400
    ]
    assert not taken


def test_the_table_is_read_by_method_first() -> None:
    MATRIX["a.view"], MATRIX["a.view POST"] = frozenset({"admin"}), Line(frozenset({"quality"}))
    try:
        assert line_of("a.view", "GET") == Line(frozenset({"admin"}))
        assert line_of("a.view", "POST") == Line(frozenset({"quality"}))
    finally:
        del MATRIX["a.view"], MATRIX["a.view POST"]
