"""The pages of printers, as a browser asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import make
from tests.web.browsing import FORM_TOKEN
from tracker.database import session, transaction
from tracker.printing import operations, queries
from tracker.printing.models import Printer
from tracker.printing.rules import Described, Way

VERSION = re.compile(r'name="version"[^>]*value="([^"]+)"')


def printer(name: str = "Zebra", **values: Any) -> Printer:
    boss = make.actor("coordinator")
    asked = Described(name, Way.DOWNLOAD, values.pop("format", "pdf"))
    with transaction():
        return operations.add_printer(asked, boss, **values)


def post(client: FlaskClient, path: str, **values: Any) -> TestResponse:
    """The form of a page, sent with these values."""
    page = client.get(values.pop("page", path)).get_data(as_text=True)
    given = {"csrf_token": make.csrf_token(page), **values}
    for name, pattern in (("form_token", FORM_TOKEN), ("version", VERSION)):
        if found := pattern.search(page):
            given.setdefault(name, found.group(1))
    return client.post(path, data=given)


def test_a_coordinator_adds_a_printer_once(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in("coordinator")
    page = client.get("/labels/printers/new").get_data(as_text=True)
    asked = {
        "csrf_token": make.csrf_token(page),
        "form_token": FORM_TOKEN.search(page).group(1),  # type: ignore[union-attr]
        "name": "Laser du bureau",
        "way": "download",
        "format": "pdf",
        "medium": "avery-l7160",
    }
    first, second = (client.post("/labels/printers/new", data=asked) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    listed = client.get("/labels/printers").get_data(as_text=True)
    assert "Laser du bureau" in listed
    assert "Avery L7160" in listed


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in("coordinator")
    answer = post(
        client, "/labels/printers/new", name="Zebra", way="queue", address="-o raw", format="zpl", medium=""
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="address-error"' in page
    assert 'value="-o raw"' in page


def test_a_volunteer_says_what_lies_in_it(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}"
    assert post(client, f"{path}/load", page=path, medium="zebra-51x25").status_code == 303
    session.expire_all()
    assert queries.printer(one.id, one.site_id).medium == "zebra-51x25"
    page = client.get(path).get_data(as_text=True)
    assert "/change" not in page
    assert "/retire" not in page


def test_a_printer_is_changed_and_retired(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in("coordinator")
    path = f"/labels/printers/{one.id}"
    assert post(client, f"{path}/change", name="Autre", way="browser", format="svg").status_code == 303
    assert "Autre" in client.get(path).get_data(as_text=True)
    assert post(client, f"{path}/retire", page=path).status_code == 303
    assert post(client, f"{path}/restore", page=path).status_code == 303
