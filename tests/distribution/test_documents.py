"""The handover document: any number of devices, both languages, nothing lost, nobody's name where it was erased."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from tests import make
from tests.distribution.drawings import drawn
from tracker.allocation import promise_operations as promises
from tracker.allocation import queries as allocation
from tracker.database import transaction
from tracker.devices import codes
from tracker.distribution import documents, operations, queries
from tracker.distribution.models import Handover
from tracker.distribution.operations import Terms
from tracker.distribution.rules import Signed
from tracker.web.drawn import read_drawing

ORGANISATION = "Atelier du Nord & <Cie>"


def written(handover: Handover, locale: str = "fr") -> PdfReader:
    return PdfReader(BytesIO(documents.pdf(handover, organisation=ORGANISATION, locale=locale)))


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def many(count: int) -> Handover:
    """A signed handover of so many screens."""
    request = make.request(("screen", count))
    by, line_id = make.actor("coordinator"), request.lines[0].id
    with transaction():
        screens = [
            make.device("ready", "screen", manufacturer="Écran & fils", model=f"<b>P{number:03}</b>")
            for number in range(count)
        ]
        for screen in screens:
            promises.reserve(screen, allocation.line(line_id), by)
    with transaction():
        signed = Signed("Une personne", "présidente", read_drawing(drawn()))
        made = operations.hand_over(request, screens, by, Terms(signed, packed=True, price_cents=10_00))
    return queries.handover(made.id)


def of_three_hundred() -> Handover:
    """The facts of one device three hundred times over, each with its own code: what is printed is the facts."""
    handover = many(1)
    item = handover.facts["items"][0]
    with transaction():
        kept = queries.handover(handover.id)
        kept.facts = {**kept.facts, "items": [{**item, "code": codes.new_code()} for _ in range(300)]}
    return queries.handover(handover.id)


@pytest.mark.parametrize("count", [1, 40, 300])
def test_every_device_is_in_the_document_however_many_there_are(app: Flask, count: int) -> None:
    handover = of_three_hundred() if count == 300 else many(count)
    reader = written(handover)
    text = text_of(reader)
    for item in handover.facts["items"]:
        assert codes.shown(item["code"]) in text
    assert len(reader.pages) >= count // 40 + 1
    for number, page in enumerate(reader.pages, 1):
        shown = page.extract_text()
        assert f"Page {number} sur {len(reader.pages)}" in shown
        assert handover.number in shown
        assert "Code" in shown or number == len(reader.pages)
    assert "<b>P000</b>" in text
    assert ORGANISATION in text
    assert f"{count * 10},00 €".replace("3000", "3 000") in text.replace("\u202f", " ").replace("\xa0", " ")


def test_english_is_whole(app: Flask) -> None:
    text = text_of(written(many(1), "en"))
    for words in ("Handover of devices", "Received by", "Page 1 of 1", "€10.00", "Wipe certificate"):
        assert words in text
    assert "Reçu" not in text


def test_the_certificate_of_each_device_is_named(app: Flask) -> None:
    handover = make.handover(make.request(), make.ready())
    number = handover.facts["items"][0]["certificate"]
    assert number in text_of(written(handover))


def test_the_document_stays_as_it_was_on_the_day(app: Flask) -> None:
    handover = many(1)
    before = documents.pdf(handover, organisation=ORGANISATION, locale="fr")
    with transaction():
        device = handover.items[0].device
        device.model, device.serial = "Another", "S-1"
    again = documents.pdf(queries.handover(handover.id), organisation=ORGANISATION, locale="fr")
    assert again == before


def test_an_erased_person_is_in_no_later_print(app: Flask) -> None:
    handover = many(1)
    assert "Une personne" in text_of(written(handover))
    assert written(handover).pages[0].images
    with transaction():
        operations.erase_signature(queries.handover(handover.id), make.actor("coordinator"))
    erased = written(queries.handover(handover.id))
    assert "Une personne" not in text_of(erased)
    assert "présidente" not in text_of(erased)
    assert not erased.pages[0].images
    assert codes.shown(handover.facts["items"][0]["code"]) in text_of(erased)


def test_letters_our_faces_lack_break_nothing(app: Flask) -> None:
    with transaction():
        request = make.request(("screen", 1), of=make.association("Ассоциация 协会 ✓ Łódź"))
    handover = make.handover(request, make.ready("screen", model="日本 \u202e\x07 model"))
    assert "Łódź" in text_of(written(handover))
