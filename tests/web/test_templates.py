"""What pages draw once and keep: for each the same, with what is a visitor's or a device's own in its place."""

from __future__ import annotations

import os
import re
import uuid
from typing import Any

import pytest
from flask import Flask, url_for

from tests import make
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.i18n import Sentence
from tracker.web.addresses import address
from tracker.web.templates import NotPlain, new_token, plain


def tokens(page: str, name: str) -> list[str]:
    return re.findall(f'name="{name}" value="([^"]*)"', page)


def _in_language(app: Flask, locale: str) -> Any:
    person = browsing.person("volunteer")
    with transaction():
        session.merge(person).locale = locale
    return browsing.client_of(app, person)


def looks(app: Flask) -> tuple[Any, Any, str, str]:
    one, other = make.device(Stage.RECEIVED).code, make.device(Stage.RECEIVED).code
    clients = [browsing.client_of(app, browsing.person(role)) for role in ("volunteer", "volunteer")]
    return clients[0], clients[1], one, other


def test_each_session_is_given_its_own_token_in_what_is_drawn_once(app: Flask) -> None:
    first, second, one, _other = looks(app)
    given = [
        set(tokens(client.get(f"/devices/{one}").text, "csrf_token")) for client in (first, second, first)
    ]
    assert [len(found) for found in given] == [1, 1, 1]
    assert given[0] == given[2] != given[1]


def test_no_two_forms_share_what_makes_them_happen_once(app: Flask) -> None:
    first, second, one, other = looks(app)
    pages = [client.get(f"/devices/{code}").text for client in (first, second) for code in (one, other)]
    found = [token for page in pages for token in tokens(page, "scan_id") + tokens(page, "form_token")]
    assert len(found) == len(set(found)) > 3 * len(pages)


def test_the_page_of_one_device_never_names_another_of_the_same_stage(app: Flask) -> None:
    first, _second, one, other = looks(app)
    before, after = first.get(f"/devices/{one}").text, first.get(f"/devices/{other}").text
    assert one not in after and other not in before
    assert before.count(one) == after.count(other) > 20
    assert "Gap" not in before + after


def test_a_page_is_drawn_in_the_language_of_whoever_looks_after_another_has_looked(app: Flask) -> None:
    code = make.device(Stage.RECEIVED).code
    french, english = (_in_language(app, locale).get(f"/devices/{code}").text for locale in ("fr", "en"))
    assert "Autres actions" in french and "Other actions" in english and "Autres actions" not in english


def test_what_tells_nothing_of_its_look_is_never_kept(app: Flask) -> None:
    device = make.device()
    for value in (device, [device], {"a": (1, device)}, object()):
        with pytest.raises(NotPlain):
            plain(value)
    assert plain({"a": [1, Sentence("x")], "b": Stage.READY}) == plain(
        {"a": [1, Sentence("x")], "b": Stage.READY}
    )
    assert plain([Sentence("%(n)s", {"n": 1})]) != plain([Sentence("%(n)s", {"n": 2})])


def test_every_address_is_the_one_that_flask_gives(app: Flask) -> None:
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            for word in ("BCDFGHJX", "R-2026-0010", "à côté/..?x", "{0}"):
                values = dict.fromkeys(rule.arguments, word)
                try:
                    wanted = url_for(rule.endpoint, **values, q=word)
                except ValueError:  # a number stands there
                    continue
                assert address(rule.endpoint, **values, q=word) == wanted


def _lasting(page: str) -> str:
    page = re.sub(r'name="(csrf_token|scan_id|form_token)" value="[^"]*"', r'name="\1"', page)
    return re.sub(r"(<time [^>]*>)[^<]*", r"\1", page)  # a second passes; the moment itself stands in the tag


def test_what_is_kept_from_other_pages_shows_on_none(app: Flask) -> None:
    """Each page is the same whether it is the first that is drawn or comes after those of others."""
    codes = [make.device(stage).code for stage in (Stage.RECEIVED, Stage.WIPING, Stage.READY, Stage.RECEIVED)]
    people = [browsing.person("volunteer", f"{name}@example.org", name=name) for name in ("one", "other")]
    people += [browsing.person(role) for role in ("coordinator", "admin")]
    clients = [browsing.client_of(app, person) for person in people]
    kept = app.extensions.setdefault("kept_drawings", {})
    first = {}
    for client in clients:
        for code in codes:
            kept.clear()
            first[client, code] = _lasting(client.get(f"/devices/{code}").text)
    kept.clear()
    for client in clients * 2:
        for code in reversed(codes):
            assert _lasting(client.get(f"/devices/{code}").text) == first[client, code]
    assert len(set(first.values())) == len(first)


def test_what_was_said_to_one_visitor_is_said_once_and_to_nobody_else(app: Flask) -> None:
    first, second, one, other = looks(app)
    with first.session_transaction() as visit:
        visit["_flashes"] = [("good", "said to one")]
    pages = [
        client.get(f"/devices/{code}").text for client, code in ((first, one), (second, one), (first, other))
    ]
    assert ["said to one" in page for page in pages] == [True, False, False]


def test_two_processes_never_give_out_the_same_token(app: Flask) -> None:
    """Though the randomness of many is at hand when a server's process is made from another."""
    new_token()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover (another process)
        os.write(writing, " ".join(new_token() for _ in range(100)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        theirs = told.read().split()
    os.waitpid(child, 0)
    mine = [new_token() for _ in range(100)]
    assert len({*mine, *theirs}) == 200
    assert all(uuid.UUID(one).version == 4 and str(uuid.UUID(one)) == one for one in mine)
