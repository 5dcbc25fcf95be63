"""What each label says, from what is on record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from labels.designs import DESIGNS, PHASES
from labels.formats import render
from labels.label import Label
from labels.media import medium
from labels.pictograms import PICTOGRAMS
from tests import make
from tests.wiping import reports
from tests.wiping.arrivals import arrived, upload
from tests.wiping.test_hardware_operations import inxi
from tracker.accounts.models import Site
from tracker.clock import now
from tracker.collection import operations as collections
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Accessories, DeviceType
from tracker.labelling import documents, queries
from tracker.labelling.documents import Imprint
from tracker.labelling.voice_rules import Voice
from tracker.reconditioning import operations as bench
from tracker.reconditioning import queries as bench_queries
from tracker.reconditioning.rules import Answer
from tracker.recycling import operations as recycling
from tracker.stock import operations as stock
from tracker.wiping import certificate_operations, declaration_operations
from tracker.wiping import certificate_queries as certificates
from tracker.wiping.rules import DeclarationKind

ON = Imprint("HTTPS://R.EXAMPLE", "https://tracker.example.org", "Le Rebond", "fr")


def label(thing: Any, design: str, on: Imprint = ON) -> Label:
    return documents.label_of(queries.by_code(thing.code), design, on)


def said(one: Label) -> str:
    return (
        " | ".join((one.word, one.right, one.title, *one.lines)).replace("\u202f", " ").replace("\xa0", " ")
    )


def laptop(stage: Stage = Stage.RECEIVED, **values: Any) -> Device:
    given = {"manufacturer": "HP", "model": "ProBook 450 G6", "serial": "5CD9123ABC", "weight_g": 1_900}
    return make.device(stage, by=make.actor("coordinator"), **{**given, **values})


def test_the_tag_says_nothing_but_the_code(app: Flask) -> None:
    device = laptop()
    one = label(device, "tag")
    assert (one.code, one.payload) == (device.code, f"HTTPS://R.EXAMPLE/D/{device.code}")
    assert said(one).strip(" |") == ""


def test_a_collected_device_says_where_it_came_from_by_reference_only(app: Flask) -> None:
    gift = make.collection(make.donor("person", name="Camille Martin"))
    with transaction():
        for model in ("ProBook", "EliteBook"):
            line = Line(DeviceType.LAPTOP, "HP", model)
            collections.add_device(gift, line, Action.COLLECT, make.system())
    first = session.scalars(select(Device).order_by(Device.id)).first()
    text = said(label(first, "collection"))
    assert gift.reference in text and gift.donor.reference in text and "1 sur 2" in text
    assert text.startswith("Collecté")
    assert "Martin" not in text and "Camille" not in text


def test_a_received_device_says_what_it_is_and_what_comes_next(app: Flask) -> None:
    device = laptop()
    text = said(label(device, "intake"))
    assert text.startswith("Reçu")
    for fact in (
        "HP ProBook 450 G6",
        "Portable",
        "5CD9123ABC",
        "1,9 kg",
        "Chargeur : non",
        "Suite : Commencer l’effacement",
    ):
        assert fact in text
    with transaction():
        particulars.set_accessories(device, {Accessories.CHARGER}, make.actor())
    assert "Chargeur : oui" in said(label(device, "intake"))


def test_what_is_not_known_stays_blank(app: Flask) -> None:
    bare = make.device(Stage.ANNOUNCED)
    one = label(bare, "intake")
    assert said(one).count("None") == 0
    assert "kg" not in said(one) and "N/S" not in said(one) and "Chargeur" not in said(one)
    assert "" not in one.lines


@pytest.fixture
def wiped(app: Flask) -> Device:
    """A laptop whose two drives a real report shows as wiped, with its certificate."""
    device, by = arrived(manufacturer="HP", model="ProBook 450 G6"), make.actor()
    upload(("nwipe.log", reports.text(reports.NEW)), device=device)
    with transaction():
        device = devices.locked(device.id)
        moves.perform(device, Action.FINISH_WIPING, by)
        certificate_operations.issue(device, by)
    return device


def test_a_wiped_device_says_how_many_drives_how_well_and_where_to_check(wiped: Device) -> None:
    number = certificates.numbers([wiped.id])[wiped.id]
    one = label(wiped, "wipe")
    text = said(one)
    assert text.startswith("Effacé") and one.phase == "wipe"
    for fact in ("Supports effacés : 2 sur 2", "6 sept. 2026", f"Attestation {number}", "Niveau Clear"):
        assert fact in text
    assert one.lines[-2:] == ("tracker.example.org/verify/", number)
    short = label(wiped, "wipe", Imprint(ON.qr_base, "https://r.example", "Le Rebond", "fr"))
    assert short.lines[-1] == f"r.example/verify/{number}"


def test_a_wipe_label_never_calls_wiped_what_is_not(app: Flask) -> None:
    one = label(laptop(), "wipe")
    assert one.word == "Non effacé" and one.pictogram == "stop"
    assert "Attestation" not in said(one)


def test_a_wipe_label_takes_back_its_word_when_the_device_comes_back(wiped: Device) -> None:
    assert label(wiped, "wipe").word == "Effacé"
    with transaction():
        device = devices.locked(wiped.id)
        moves.advance(device, Action.WIPE_AGAIN, make.actor(), reason="another drive")
    assert label(wiped, "wipe").word == "Non effacé"


def test_a_screen_says_that_it_has_no_storage(app: Flask) -> None:
    assert label(make.device(Stage.WIPED, DeviceType.SCREEN), "wipe").word == "Sans support"


def test_a_declared_device_says_that_nothing_is_fitted(app: Flask) -> None:
    device, by = laptop(), make.actor()
    with transaction():
        declaration_operations.declare(device, DeclarationKind.NO_STORAGE, by, "opened, nothing there")
    assert "Sans support de stockage" in said(label(device, "wipe"))


def test_a_device_on_the_bench_lists_what_is_open_flags_first(wiped: Device) -> None:
    by = make.actor()
    with transaction():
        moves.perform(devices.locked(wiped.id), Action.START_RECONDITIONING, by)
        lines = bench_queries.checklist(wiped).lines
        bench.answer_all(wiped, Answer.PASSED, by)
        bench.answer(wiped, {lines[1].line.key: Answer.FAILED}, by)
        particulars.raise_flag(wiped, Flag.NEEDS_PART, by)
    one = label(wiped, "test")
    assert one.word == "En atelier" and one.right == "1 à voir"
    assert one.lines[0] == "Pièce manquante" or "pièce" in one.lines[0].lower()
    assert one.lines[1].startswith("Défaut")


def test_a_ready_device_says_its_grade_its_parts_and_its_place(app: Flask) -> None:
    machine = {
        "cpu": "i5-8265U",
        "memory_mb": 8_192,
        "storage_gb": 256,
        "battery_percent": 81,
        "system": "Linux Mint 22",
    }
    device = make.ready(manufacturer="HP", model="ProBook", specification=machine)
    with transaction():
        stock.put(devices.locked(device.id), make.location("Étagère 7"), make.actor())
    text = said(label(device, "ready"))
    assert text.startswith("Prêt")
    for fact in (
        "Catégorie B",
        "HP ProBook",
        "i5-8265U",
        "RAM 8 Go",
        "256 Go",
        "Batterie 81 %",
        "Linux Mint 22",
        "Étagère 7",
    ):
        assert fact in text


def test_a_ready_device_says_what_reports_found_in_it(app: Flask) -> None:
    device = make.ready(serial="PFRICO38")
    lshw = (reports.FIXTURES / "lshw_laptop.json").read_text(encoding="utf-8")
    upload(("lshw.json", lshw), ("inxi.json", inxi(72, '15.6"')), device=device)
    one = label(devices.by_code(device.code), "ready")
    text = said(one)
    for fact in ("Intel Core i5-7200U", "RAM 8 Go", "1 544 Go", "15,6″", "Batterie 72 %"):
        assert fact in text, fact
    assert one.lines[-1] == "Intel HD Graphics 520"  # the first to be left out where there is no room


def test_a_reserved_and_a_prepared_device_say_for_whom_and_what_to_pack(app: Flask) -> None:
    asked = make.request(of=make.association("Les Liens du Nord"))
    (device,) = make.reserved(asked, make.ready(manufacturer="HP", model="ProBook"))
    text = said(label(device, "allocation"))
    for fact in ("Réservé", "Les Liens du Nord", asked.number, "À joindre : Chargeur"):
        assert fact in text
    make.handover(asked, device)
    assert "Les Liens du Nord" in said(label(device, "allocation"))


def test_a_delivered_device_says_who_reconditioned_it_and_where_help_is(app: Flask) -> None:
    device = make.ready()
    make.handover(make.request(), device)
    session.expire_all()
    text = said(label(device, "handover"))
    assert text.startswith("Remis")
    assert "Appareil reconditionné | par Le Rebond" in text
    assert f"tracker.example.org/D/{device.code}" in text
    assert Voice("fr").day(now()) in label(device, "handover").right


def test_the_help_line_stands_on_what_was_handed_over_and_nowhere_else(app: Flask) -> None:
    device = make.ready()
    on = replace(ON, help_line="02 47 00 00 00")
    assert "Aide : 02 47 00 00 00" in said(label(device, "handover", on))
    assert "02 47" not in said(label(device, "handover")) + said(label(device, "ready", on))


def test_no_label_calls_reconditioned_what_was_not_tested(app: Flask) -> None:
    for stage in (Stage.RECEIVED, Stage.WIPED, Stage.RECONDITIONING, Stage.RECONDITIONED, Stage.RECYCLED):
        assert "reconditionné |" not in said(label(laptop(stage), "handover"))


def test_what_leaves_says_under_which_slip_or_why(app: Flask) -> None:
    slip, none = make.device(Stage.PARTS, DeviceType.SCREEN), make.device(Stage.PARTS, DeviceType.SCREEN)
    by = make.actor("coordinator")
    with transaction():
        recycling.recycle(devices.locked(slip.id), by, {"slip_number": "B-12", "recycler": "Le Tri"})
        recycling.recycle(devices.locked(none.id), by, {"reason": "déchèterie sans bordereau"})
    assert "Recyclé" in said(label(slip, "exit"))
    assert "Bordereau B-12 | Le Tri" in said(label(slip, "exit"))
    assert "déchèterie sans bordereau" in said(label(none, "exit"))


def test_a_place_and_a_box_are_printed_large_with_what_is_around_them(app: Flask) -> None:
    shelf = make.location("Étagère 7")
    box = make.location("Caisse 12", "box", parent=shelf)
    site = session.get(Site, box.site_id)
    one = label(box, "box")
    assert one.payload == f"HTTPS://R.EXAMPLE/B/{box.code}"
    assert (one.title, one.word, one.lines) == ("Caisse 12", "Caisse", ("Étagère 7", site.name))
    assert label(shelf, "location").payload == f"HTTPS://R.EXAMPLE/L/{shelf.code}"


def test_cards_and_badges_have_their_letter(app: Flask) -> None:
    make.site()
    with transaction():
        card, badge = particulars.mint(Kind.COMMAND)[0], particulars.mint(Kind.PERSON)[0]
    assert label(card, "command").payload == f"HTTPS://R.EXAMPLE/C/{card.code}"
    assert label(badge, "badge").payload == f"HTTPS://R.EXAMPLE/P/{badge.code}"


def test_any_design_can_be_printed_at_any_stage_and_never_lies_about_it(app: Flask) -> None:
    for stage in Stage:
        device = laptop(stage)
        made = [label(device, design) for design in DESIGNS]
        for one in made:
            assert one.code == device.code
            assert not one.pictogram or one.pictogram in PICTOGRAMS
            assert not one.phase or one.phase in PHASES
            assert "None" not in said(one)
            assert one.word != "Prêt" or stage is Stage.READY, (stage, one.design)
            assert one.word != "Effacé" or (stage is Stage.WIPED and one.design != "wipe"), (
                stage,
                one.design,
            )
        assert render(made, medium("avery-l7163"), "pdf").media_type == "application/pdf"


def test_words_are_in_the_language_asked_for(app: Flask) -> None:
    english = Imprint(ON.qr_base, ON.site_url, ON.organisation, "en")
    text = said(label(laptop(), "intake", english))
    assert "Taken in" in text and "Charger: no" in text and "1.9 kg" in text


def test_a_replaced_tag_prints_the_one_in_force(app: Flask) -> None:
    device, by = laptop(), make.actor()
    old = device.code
    with transaction():
        fresh = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(devices.locked(device.id), fresh, by)
    one = documents.label_of(queries.by_code(old), "tag", ON)
    assert (one.code, one.payload) == (fresh, f"HTTPS://R.EXAMPLE/D/{fresh}")
