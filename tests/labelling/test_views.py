"""The pages of labels, as a browser without scripts sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from labels.media import MEDIA, medium
from tests import make
from tests.labelling.reading import read_back
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device, Tag
from tracker.devices.tags import TagState
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.rules import DESIGN_NAMES

SignIn = Callable[..., FlaskClient]
SHEET = medium("avery-l7160")
PAGES = ("/labels", "/labels/mint", "/labels/tags", "/labels/media", "/labels/register")


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """A browser with the session of a person of that role; the sign-in page has its own tests."""
    return lambda role="volunteer": browsing.client_of(app, make.user(role))


def items_on(page: str) -> list[str]:
    """The labels ticked on a page."""
    return re.findall(r'name="item" value="([^"]+)" checked', page)


def start_on(page: str) -> str:
    """The cell chosen on the picture of the sheet."""
    return re.search(r'name="start" value="(\d+)" checked', page)[1]


def count_prints() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Print)) or 0


def form_of(page: str, **values: Any) -> dict[str, Any]:
    """What a browser would send of the page's printing form, with these values changed."""
    chosen = re.search(r'<option selected value="([^"]+)">(?:Avery|Brother|Dymo|Zebra)', page)[1]
    start = re.search(r'name="start" value="(\d+)" checked', page)
    sent = {
        "csrf_token": browsing.token_on(page),
        "form_token": browsing.FORM_TOKEN.search(page)[1],
        "item": items_on(page),
        "medium": chosen,
        "shown_medium": re.search(r'name="shown_medium" value="([^"]+)"', page)[1],
        "format": re.search(r'<option selected value="(pdf|svg|png|zpl|brother)"', page)[1],
        "start": start[1] if start else "",
    }
    return {**sent, **values}


def post(client: FlaskClient, path: str, sent: dict[str, Any]) -> TestResponse:
    return client.post(path, data=sent, headers={"Referer": f"http://localhost{path}"})


def test_the_queue_prints_on_one_sheet_and_is_empty_afterwards(app: Flask, signed_in: SignIn) -> None:
    base = app.config["SETTINGS"].qr_base
    made = [make.device(Stage.RECEIVED, model="ProBook"), make.device(Stage.WIPED), make.device(Stage.READY)]
    client = signed_in("volunteer")
    page = client.get("/labels").text
    assert items_on(page) == [
        f"{one.code}:{design}" for one, design in zip(made, ("intake", "wipe", "ready"), strict=True)
    ]
    answer = post(client, "/labels", form_of(page, start="7"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    cells, counted = read_back(answer.data, SHEET)
    assert cells == {7 + at: f"{base}/D/{one.code}" for at, one in enumerate(made)}
    assert set(counted.values()) == {1}
    page = client.get("/labels").text
    assert "No label waits" in page and not items_on(page)
    assert start_on(client.get(f"/labels?codes={made[0].code}").text) == "10"


def test_the_home_page_says_how_many_labels_wait(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("volunteer")
    assert "Labels to print" not in client.get("/").text
    make.device(Stage.RECEIVED)
    assert "Labels to print" in client.get("/").text


def test_some_can_be_chosen_and_one_design_be_looked_at(app: Flask, signed_in: SignIn) -> None:
    one, two, other = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED), make.device(Stage.WIPED)
    client = signed_in("volunteer")
    page = client.get("/labels?design=intake").text
    assert other.code not in page and one.code in page
    post(client, "/labels?design=intake", form_of(page, item=[f"{two.code}:intake"]))
    assert [row.code for row in session.scalars(select(Print))] == [two.code]
    assert items_on(client.get("/labels").text) == [f"{one.code}:intake", f"{other.code}:wipe"]


def test_a_form_sent_twice_gives_the_same_file_and_one_entry(app: Flask, signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    sent = form_of(client.get("/labels").text)
    first, second = post(client, "/labels", sent), post(client, "/labels", sent)
    assert first.data == second.data and first.mimetype == "application/pdf"
    assert count_prints() == 1


def test_another_sheet_is_shown_before_it_is_printed_on(app: Flask, signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    page = client.get("/labels").text
    for sent in (form_of(page, medium="avery-l7163"), form_of(page, medium="avery-l7163", show="medium")):
        shown = post(client, "/labels", sent)
        assert shown.status_code == 200 and shown.mimetype == "text/html"
        assert 'name="start" value="14"' in shown.text and 'name="start" value="15"' not in shown.text
        assert items_on(shown.text) == items_on(page)
    assert count_prints() == 0
    assert post(client, "/labels", form_of(shown.text)).mimetype == "application/pdf"
    assert post(client, "/labels", form_of(page, medium="zebra-57x32", format="zpl")).data.startswith(b"^XA")


def test_the_sheet_and_the_file_are_remembered(app: Flask, signed_in: SignIn) -> None:
    device = make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    page = client.get(f"/devices/{device.code}/label?medium=zebra-57x32").text
    post(client, f"/devices/{device.code}/label", form_of(page, design="intake", format="zpl"))
    sent = form_of(client.get(f"/devices/{device.code}/label").text)
    assert (sent["medium"], sent["format"]) == ("zebra-57x32", "zpl")
    assert 'value="avery-l7160"' in signed_in("quality").get(f"/devices/{device.code}/label").text


def test_one_device_is_printed_in_the_design_of_its_stage(app: Flask, signed_in: SignIn) -> None:
    device = make.device(Stage.RECEIVED, model="ProBook 450")
    client = signed_in("volunteer")
    path = f"/devices/{device.code}/label"
    page = client.get(path).text
    assert '<option selected value="intake">' in page
    assert f"/labels/preview/{device.code}?design=intake" in page
    answer = post(client, path, form_of(page, design="intake", start="21"))
    assert list(read_back(answer.data, SHEET)[0]) == [21]
    (row,) = session.scalars(select(Print))
    assert (row.design, row.cell, row.reason) == ("intake", 21, None)
    again = client.get(path).text
    assert "Why again?" in again
    post(client, path, form_of(again, design="intake", reason="lost"))
    assert session.scalars(select(Print).order_by(Print.id.desc())).first().reason == "lost"


def test_a_preview_is_a_drawing_and_records_nothing(app: Flask, signed_in: SignIn) -> None:
    device, shelf = make.device(Stage.RECEIVED), make.location()
    client = signed_in("volunteer")
    for path in (f"{device.code}?design=wipe&medium=dymo-99012", f"{device.code}", shelf.code):
        answer = client.get(f"/labels/preview/{path}")
        assert answer.status_code == 200 and answer.mimetype == "image/svg+xml"
    for path, status in (
        (f"{device.code}?design=none", 422),
        (f"{device.code}?medium=none", 422),
        ("BCDFGHJX", 404),
        ("%00", 422),
    ):
        assert client.get(f"/labels/preview/{path}").status_code == status
    assert count_prints() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the same page on either
def test_every_sheet_and_roll_has_its_picture(app: Flask, signed_in: SignIn) -> None:
    device, client = make.device(Stage.RECEIVED), signed_in("volunteer")
    for one in MEDIA:
        page = client.get(f"/devices/{device.code}/label?medium={one.name}").text
        assert len(re.findall(r'name="start"', page)) == (0 if one.is_roll else one.cells), one.name


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"start": "22"}, "labels 1 to 21"),
    ({"start": "-1"}, "labels 1 to 21"),
    ({"start": "'; DROP TABLE prints"}, "labels 1 to 21"),
    ({"start": "9" * 400}, "20 characters"),
    ({"format": "exe"}, "no label format"),
    ({"medium": "a4", "shown_medium": "a4"}, "no label medium"),
    ({"medium": ""}, "Choose the sheet or roll"),
    ({"format": "zpl"}, "Choose a roll, or PDF"),
    ({"reason": "fun"}, "no reason to print again"),
    ({"item": []}, "no label to print"),
    ({"item": ["BCDFGHJX:intake"]}, "BCDF-GHJX"),
    ({"item": ["nonsense"]}, "Not a code of ours: nonsense"),
    ({"item": ["BCDFGHJX:postcard"]}, "no label design"),
    ({"codes": "hello world"}, "Not a code of ours: hello, world"),
    ({"codes": "BCDFGHJX"}, "BCDF-GHJX"),
]


def test_wrong_answers_get_a_sentence_and_print_nothing(app: Flask, signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    page = client.get("/labels").text
    for values, says in WRONG:
        answer = post(client, "/labels", form_of(page, **values))
        assert answer.status_code == 422 and answer.mimetype == "text/html", values
        assert says in answer.text, values
    assert count_prints() == 0 and session.scalar(select(func.count()).select_from(PrintRun)) == 0


def test_an_unknown_code_among_known_ones_is_named_and_the_ticks_are_kept(
    app: Flask, signed_in: SignIn
) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    page = client.get("/labels").text
    answer = post(client, "/labels", form_of(page, codes="BCDFGHJX"))
    assert "BCDF-GHJX" in answer.text and items_on(answer.text) == items_on(page)


def test_codes_typed_beside_are_printed_too(app: Flask, signed_in: SignIn) -> None:
    device, shelf, box = make.device(Stage.WIPING), make.location(), make.location("Caisse 1", "box")
    client = signed_in("volunteer")
    page = client.get("/labels").text
    answer = post(client, "/labels", form_of(page, codes=f"{shelf.code}\n{device.code}, {box.code}"))
    base = app.config["SETTINGS"].qr_base
    cells, _ = read_back(answer.data, SHEET)
    assert list(cells.values()) == [
        f"{base}/L/{shelf.code}",
        f"{base}/D/{device.code}",
        f"{base}/B/{box.code}",
    ]
    assert [row.design for row in session.scalars(select(Print).order_by(Print.id))] == [
        "location",
        "intake",
        "box",
    ]


def test_links_of_other_pages_lead_to_their_labels(app: Flask, signed_in: SignIn) -> None:
    shelf, gift, device = (
        make.location("Étagère 7"),
        make.collection(),
        make.ready(in_collection=make.collection()),
    )
    client = signed_in("volunteer")
    assert items_on(client.get(f"/labels?codes={shelf.code}&design=location").text) == [
        f"{shelf.code}:location"
    ]
    assert (
        "no device in this list" in client.get(f"/labels?collection={gift.reference}&design=collection").text
    )
    assert items_on(client.get(f"/labels?codes={device.code}").text) == [f"{device.code}:ready"]
    page = client.get("/labels?codes=BCDFGHJX")
    assert page.status_code == 422 and "BCDF-GHJX" in page.text
    assert client.get("/labels?collection=NONE").status_code == 422
    assert client.get(f"/labels?codes={device.code}&design=none").status_code == 422


def test_a_collection_is_printed_in_its_order(app: Flask, signed_in: SignIn) -> None:
    from tracker.collection import operations
    from tracker.collection.rules import Line
    from tracker.devices.lifecycle import Action
    from tracker.devices.rules import DeviceType

    gift = make.collection()
    with transaction():
        for number in range(3):
            operations.add_device(
                gift, Line(DeviceType.LAPTOP, "HP", f"M{number}"), Action.COLLECT, make.system()
            )
    page = signed_in("volunteer").get(f"/labels?collection={gift.reference}&design=collection").text
    order = session.scalars(select(Device.code).order_by(Device.id)).all()
    assert items_on(page) == [f"{code}:collection" for code in order]


def test_tags_are_minted_once_and_printed(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("volunteer")
    sent = form_of(client.get("/labels/mint").text, count="3", start="4")
    first, second = post(client, "/labels/mint", sent), post(client, "/labels/mint", sent)
    tags = session.scalars(select(Tag)).all()
    assert first.data == second.data and len(tags) == 3
    base = app.config["SETTINGS"].qr_base
    cells, _ = read_back(first.data, SHEET)
    assert list(cells) == [4, 5, 6] and set(cells.values()) == {f"{base}/D/{tag.code}" for tag in tags}
    assert {tag.state for tag in tags} == {TagState.PRINTED}
    for count in ("0", "1001", "x", ""):
        assert (
            post(client, "/labels/mint", form_of(client.get("/labels/mint").text, count=count)).status_code
            == 422
        )
    assert session.scalar(select(func.count()).select_from(Tag)) == 3


def test_free_tags_are_listed_and_one_can_be_made_void(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("volunteer")
    assert "No free tag" in client.get("/labels/tags").text
    with transaction():
        one, two = (tag.code for tag in particulars.mint(Kind.DEVICE, 2))
    make.device()
    page = client.get("/labels/tags").text
    assert f"/labels/tags/{one}/void" in page and f"/labels/tags/{two}/void" in page
    answer = browsing.send(client, f"/labels/tags/{one}/void", {"reason": "torn"})
    assert answer.status_code == 303
    page = client.get("/labels/tags?state=minted").text
    assert one[:4] not in page.split("<tbody>")[1] and f"/labels/tags/{two}/void" in page
    assert client.get(f"/labels?codes={one}&design=tag").status_code == 422
    assert client.get("/labels/tags/BCDFGHJX/void").status_code == 404


def test_a_tag_in_use_says_so(app: Flask, signed_in: SignIn) -> None:
    device = make.device()
    answer = browsing.send(signed_in("volunteer"), f"/labels/tags/{device.code}/void", {"reason": ""})
    assert answer.status_code == 422 and "in use" in answer.text


def test_the_register_says_who_printed_what_on_what_and_why(app: Flask, signed_in: SignIn) -> None:
    device, other = make.device(Stage.RECEIVED), make.device(Stage.WIPED)
    client = signed_in("volunteer")
    post(client, "/labels", form_of(client.get("/labels").text, start="20", reason="damaged"))
    page = client.get("/labels/register").text
    for fact in (
        device.code[:4],
        other.code[:4],
        "Intake label",
        "Avery L7160, label 20",
        "damaged",
        "volunteer",
    ):
        assert fact in page
    only = client.get(f"/labels/register?q={device.code}").text.split("<tbody>")[1]
    assert device.code[:4] in only and other.code not in only
    assert client.get("/labels/register?q=nonsense").status_code == 422
    assert client.get("/labels/register?cursor=nonsense").status_code == 422


def test_pages_name_every_design_and_medium_in_french(app: Flask, signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("volunteer")
    client.set_cookie("lang", "fr")
    page = client.get("/labels").text
    assert "Étiquettes à imprimer" in page and "Imprimer ces étiquettes" in page
    for path in PAGES:
        assert client.get(path).status_code == 200
    for design in DESIGN_NAMES:
        assert f'value="{design}"' in page
