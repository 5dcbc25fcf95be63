"""The pages of sheets and rolls, as a browser without scripts sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from labels.media import MEDIA
from tests import make
from tests.labelling.reading import read_back
from tests.web import browsing
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.labelling import operations
from tracker.labelling.models import PrintRun
from tracker.printing import medium_queries
from tracker.printing.medium_models import OwnMedium

SignIn = Callable[..., FlaskClient]
TYPED = {
    "words": "Étiquettes du bac", "kind": "sheet", "page": "a4", "width_mm": "63,5", "height_mm": "38.1",
    "columns": "3", "rows": "7", "left_mm": "7,2", "top_mm": "15,15",
}  # fmt: skip
NAME = "own-etiquettes-du-bac"


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    return lambda role="coordinator": browsing.client_of(app, make.user(role))


def count() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(OwnMedium)) or 0


def test_every_sheet_and_roll_is_listed_with_its_picture(signed_in: SignIn) -> None:
    page = signed_in("volunteer").get("/labels/media").text
    for one in MEDIA:
        assert f'href="/labels/media/{one.name}"' in page
    assert page.count("medium-picture") == len(MEDIA)
    assert "/labels/media/new" not in page and "Our own" not in page


def test_what_is_typed_with_commas_can_be_printed_on(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    answer = browsing.send(client, "/labels/media/new", TYPED)
    assert (answer.status_code, answer.location) == (303, f"/labels/media/{NAME}")
    assert "Étiquettes du bac" in client.get(f"/labels/media/{NAME}").text
    for path in ("/labels", "/labels/mint", f"/labels?medium={NAME}"):
        assert f'value="{NAME}"' in signed_in("volunteer").get(path).text
    device = make.device(Stage.RECEIVED)
    with transaction():
        made = operations.print_labels([device.code], None, NAME, "pdf", 5, make.actor())
    cells, _counted = read_back(made.data, medium_queries.medium(NAME, 1))
    assert list(cells) == [5]
    assert "Étiquettes du bac" in client.get("/labels/register").text


def test_showing_and_previewing_record_nothing(signed_in: SignIn) -> None:
    client = signed_in()
    shown = browsing.send(client, "/labels/media/new", {**TYPED, "show": "picture"})
    assert shown.status_code == 200 and shown.text.count("medium-picture") == 1
    seen = client.get("/labels/media/preview", query_string=TYPED)
    assert seen.status_code == 200 and "medium-picture" in seen.text and "66.05" in seen.text
    assert "<html" not in seen.text
    assert count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence", "drawn"),
    [
        ({"columns": "4"}, "overlap", 1),
        ({"left_mm": "50", "across_mm": "66"}, "beyond the page", 1),
        ({"width_mm": "5"}, "at least 10 × 8 mm", 1),
        ({"rows": "100000"}, "at most 1,000 labels", 0),
        ({"columns": "0"}, "at least one column", 0),
        ({"width_mm": ""}, "The picture appears", 0),
        ({"width_mm": "abc"}, "The picture appears", 0),
        ({"width_mm": "1e999"}, "The picture appears", 0),
        ({"kind": "cube"}, "The picture appears", 0),
        ({"page": "other"}, "The picture appears", 0),
        ({"words": "<script>"}, "medium-picture", 1),
    ],
)
def test_a_preview_says_what_cannot_be_and_draws_it_where_it_can(
    signed_in: SignIn, typed: dict[str, str], sentence: str, drawn: int
) -> None:
    answer = signed_in().get("/labels/media/preview", query_string={**TYPED, **typed})
    assert answer.status_code == 200
    assert sentence in answer.text and answer.text.count('<svg class="medium-picture') == drawn
    assert "<script" not in answer.text


def test_what_cannot_be_is_refused_beside_its_field_and_keeps_what_was_typed(signed_in: SignIn) -> None:
    answer = browsing.send(signed_in(), "/labels/media/new", {**TYPED, "columns": "4"})
    assert answer.status_code == 422
    assert 'id="across_mm-error"' in answer.text and 'value="63,5"' in answer.text
    assert count() == 0


def test_a_form_sent_twice_adds_one(signed_in: SignIn) -> None:
    client = signed_in()
    page = client.get("/labels/media/new").text
    sent = {
        **TYPED,
        "csrf_token": browsing.token_on(page),
        "form_token": browsing.FORM_TOKEN.search(page)[1],  # type: ignore[index]
    }
    for _ in range(2):
        answer = client.post(
            "/labels/media/new", data=sent, headers={"Referer": "http://localhost/labels/media/new"}
        )
        assert answer.location == f"/labels/media/{NAME}"
    assert count() == 1


def test_one_that_was_printed_on_is_changed_as_a_copy(signed_in: SignIn) -> None:
    client = signed_in()
    browsing.send(client, "/labels/media/new", TYPED)
    device = make.device(Stage.RECEIVED)
    with transaction():
        operations.print_labels([device.code], None, NAME, "pdf", 1, make.actor())
    path = f"/labels/media/{NAME}/change"
    assert "a copy with these measures" in client.get(path).text
    answer = browsing.send(client, path, {**TYPED, "rows": "6"})
    assert answer.location == f"/labels/media/{NAME}-2"
    session.rollback()
    run = session.scalars(select(PrintRun)).one()
    assert run.medium == NAME and medium_queries.ever(NAME).rows == 7
    assert "Retired" in client.get("/labels/media").text


def test_it_is_retired_and_offered_again(signed_in: SignIn) -> None:
    client = signed_in()
    browsing.send(client, "/labels/media/new", TYPED)
    browsing.send(client, f"/labels/media/{NAME}/retire", form=f"/labels/media/{NAME}")
    assert f'value="{NAME}"' not in client.get("/labels").text
    browsing.send(client, f"/labels/media/{NAME}/restore", form=f"/labels/media/{NAME}")
    assert f'value="{NAME}"' in client.get("/labels").text


def test_another_workshop_s_is_not_here(app: Flask, signed_in: SignIn) -> None:
    browsing.send(signed_in(), "/labels/media/new", TYPED)
    person, south = make.user(Role.COORDINATOR, "south@example.org"), make.site("SUD").id
    with transaction():
        person.site_id = south
    other = browsing.client_of(app, person)
    assert NAME not in other.get("/labels/media").text
    for path in (f"/labels/media/{NAME}", f"/labels/media/{NAME}/change", f"/labels/media/{NAME}/test.pdf"):
        assert other.get(path).status_code == 404


def test_a_tape_is_cut_to_what_was_asked_and_stays_chosen(signed_in: SignIn) -> None:
    client = signed_in("volunteer")
    answer = client.get("/labels/media/brother-dk-22205/cut?length=55")
    assert answer.location == "/labels?medium=brother-dk-22205x55"
    page = client.get(answer.location).text
    assert re.search(r'<option selected value="brother-dk-22205x55">Brother DK-22205×55', page)
    for wrong in ("5", "", "abc", "9" * 9, "²"):
        assert (
            client.get("/labels/media/brother-dk-22205/cut", query_string={"length": wrong}).status_code
            == 422
        )
    assert client.get("/labels/media/avery-l7160/cut?length=55").status_code == 422


@pytest.mark.parametrize("name", ["avery-l7160", "zebra-57x32", "brother-dk-22205"])
def test_every_medium_has_a_page_to_try_it_with(signed_in: SignIn, name: str) -> None:
    answer = signed_in("volunteer").get(f"/labels/media/{name}/test.pdf")
    assert answer.data.startswith(b"%PDF") and name in answer.headers["Content-Disposition"]


def test_what_no_medium_is_called_is_not_here(signed_in: SignIn) -> None:
    for name in ("avery-9999", "own-nothing", "brother-dk-22205x5", "x" * 400):
        assert signed_in("volunteer").get(f"/labels/media/{name}").status_code == 404
