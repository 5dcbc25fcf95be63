"""A label in a stranger's hand: what helps her, what finders write, and what nobody is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.web import browsing
from tracker import clock
from tracker.contacts.models import Contact
from tracker.contacts.rules import Purpose
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Stage
from tracker.devices.tags import TagState
from tracker.history.models import HistoryEntry, Note
from tracker.scanning import stranger_operations as operations
from tracker.scanning import stranger_queries as queries
from tracker.scanning.stranger_models import FoundReport

WORDS = "Je l’ai trouvée dans le train de 18 h."


def write(app: Flask, code: str, **values: str) -> int:
    return browsing.send(
        app.test_client(), f"/found/{code}", {"words": WORDS, **values}, form=f"/D/{code}"
    ).status_code


def count(table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_finder_reaches_the_workshop_and_names_nobody(app: Flask) -> None:
    device = make.device(Stage.DELIVERED)
    assert write(app, device.code, email="Lea@example.org", phone="06 00 00 00 00") == 303
    report = session.scalars(select(FoundReport)).one()
    assert (report.code, report.device_id, report.site_id) == (device.code, device.id, device.site_id)
    contact = report.contact
    assert (contact.email, contact.purpose) == ("lea@example.org", Purpose.FOUND)
    assert contact.keep_until == report.keep_until > clock.now() + timedelta(days=364)
    page = browsing.client_of(app, make.user("coordinator")).get("/found").text
    assert WORDS in page and "lea@" in page
    assert "Lire et répondre" in browsing.client_of(app, make.user("coordinator")).get("/").text
    # Volunteers see on the device's page that somebody wrote, never who or what.
    shown = browsing.client_of(app, make.user()).get(f"/devices/{device.code}").text
    assert "a écrit à l’atelier" in shown and WORDS not in shown and "lea" not in shown


def test_an_answer_closes_the_message_and_shortens_its_time(app: Flask) -> None:
    device = make.device()
    write(app, device.code, email="lea@example.org")
    report = session.scalars(select(FoundReport)).one()
    client = browsing.client_of(app, make.user("coordinator"))
    browsing.send(client, f"/found/{report.id}/answer", {"note": "called back"}, form="/found")
    session.rollback()
    report = session.scalars(select(FoundReport)).one()
    assert report.answered_at is not None and report.keep_until < clock.now() + timedelta(days=91)
    assert report.contact.keep_until == report.keep_until
    assert queries.count_waiting(make.actor("coordinator")) == 0
    assert "found_answered" in set(session.scalars(select(HistoryEntry.action)))


def test_what_a_finder_wrote_is_erased_when_its_time_is_over(app: Flask) -> None:
    device = make.device()
    write(app, device.code, email="lea@example.org", name="Léa")
    write(app, device.code)
    session.rollback()
    with transaction():
        assert operations.erase_due(make.system()) == 0
        for one in (*session.scalars(select(FoundReport)), *session.scalars(select(Contact))):
            one.keep_until = clock.now() - timedelta(days=1)
    with transaction():
        assert operations.erase_due(make.system()) == 3
    assert not [one for one in session.scalars(select(Note.text)) if one]
    contact = session.scalars(select(Contact).where(Contact.purpose == Purpose.FOUND)).one()
    assert contact.forgotten and (contact.name, contact.email) == (None, None)


def test_a_program_that_fills_in_every_field_is_thanked_and_not_kept(app: Flask) -> None:
    device = make.device()
    assert write(app, device.code, website="http://spam.example") == 303
    assert count(FoundReport) == 0


def test_nobody_writes_without_end(app: Flask) -> None:
    device = make.device()
    answers = [write(app, device.code, website="x") for _ in range(11)]
    assert answers == [303] * 10 + [429]


def test_a_wrong_address_is_said_beside_its_field_and_nothing_is_lost(app: Flask) -> None:
    device = make.device()
    page = browsing.send(
        app.test_client(),
        f"/found/{device.code}",
        {"words": WORDS, "phone": "call me"},
        form=f"/D/{device.code}",
    )
    assert page.status_code == 422 and WORDS in page.text and count(FoundReport) == 0


def test_labels_that_are_on_nothing_answer_alike(app: Flask) -> None:
    make.site()
    with transaction():
        free = particulars.mint(Kind.DEVICE)[0].code
        void = particulars.mint(Kind.DEVICE, state=TagState.VOID)[0].code
    shapes = set()
    for code, words in (
        (free, "ne sert pas encore"),
        (void, "ne sert plus"),
        ("BCDFGHJX", "Code inconnu"),
        ("x", "Code inconnu"),
    ):
        answer = app.test_client().get(f"/D/{code}")
        assert answer.status_code == 404, code
        assert "/found/" not in answer.text
        if words != "Code inconnu":
            assert words in answer.text, code
        shapes.add(tuple(re.findall(r"<(h1|h2|form|section)\b", answer.text)))
    assert len(shapes) == 1


def test_whoever_tries_codes_is_stopped_and_whoever_holds_a_label_is_not(app: Flask) -> None:
    device = make.device()
    client = app.test_client()
    for _ in range(120):
        client.get("/D/nothing")
    stopped = client.get("/D/nothing")
    assert (
        stopped.status_code == 429 and "password" not in stopped.text and "mot de passe" not in stopped.text
    )
    assert browsing.client_of(app, make.user()).get(f"/D/{device.code}").status_code == 302


@pytest.mark.parametrize(("language", "words"), [("de", "seconde vie"), ("en", "second life")])
def test_a_label_speaks_french_unless_the_browser_asks_for_english(
    app: Flask, language: str, words: str
) -> None:
    answer = app.test_client().get(f"/D/{make.device().code}", headers={"Accept-Language": language})
    assert words in answer.text
    assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]


def test_every_kind_of_label_says_how_the_workshop_is_reached(app: Flask) -> None:
    place = make.location()
    client = browsing.client_of(app, make.user("coordinator"))
    told = {
        "name": "Atelier du quai",
        "phone": "02 47 00 00 00",
        "email": "",
        "address": "",
        "postcode": "",
        "city": "Tours",
    }
    assert browsing.send(client, "/found/contact", told).status_code == 303
    for address in (f"/L/{place.code}", f"/D/{make.device().code}", "/D/BCDFGHJX"):
        text = app.test_client().get(address).text
        assert "Atelier du quai" in text and "02 47 00 00 00" in text, address
    assert place.name not in app.test_client().get(f"/L/{place.code}").text


def test_another_workshops_messages_are_not_shown(app: Flask) -> None:
    write(app, make.device().code)
    other = make.user("coordinator", "sud@example.org")
    with transaction():
        session.merge(other).site_id = make.site("SUD").id
    assert (
        WORDS not in browsing.client_of(app, make.user("coordinator", "sud@example.org")).get("/found").text
    )
