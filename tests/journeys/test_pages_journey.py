"""A laptop from the donor's list to an association's hands, back, and out: through the pages, without scripts, by the
hands of different people, with each wrong turn refused by a sentence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from labels.media import medium
from tests import make
from tests.journeys.person import Person, Seen, file
from tests.labelling.reading import read_back
from tracker import clock
from tracker.accounts.rules import Ground
from tracker.database import session
from tracker.demo.reports import Disk, Machine, nwipe_log, smartctl_json
from tracker.devices import check_queries, codes
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.history import queries as history

LIST = "type;marque;modèle;numéro de série;poids (kg);chargeur\nportable;Lenovo;ThinkPad L480;PF1RICO8;1,9;oui\nécran;Dell;P2419H;CN0RICO9;4,5;\n".encode()
LAPTOP = Machine("LENOVO", "ThinkPad L480", "PF1RICO8")
DISK = Disk("sda", "SATA-SSD", "RICO SSD 256", "RSS80A0001", 256_060_514_304)
SLIP = "BSD-20261124-H7F59G71D"


class Workshop:
    """The people of the journey, and the addresses that it leads to."""

    gift: str
    handover: str

    def __init__(self, app: Flask) -> None:
        make.site()
        make.association("Le Relais", ground=Ground.REUSE_BODY)
        self.coordinator = Person(app, "coordinator")
        self.volunteer = Person(app, "volunteer")
        self.checker = Person(app, "quality")
        self.association = Person(app, "association")
        self.other = Person(app, "association", "autre@example.org", association_name="Autre Maison")
        self.stranger = Person(app)


@pytest.fixture
def workshop(app: Flask) -> Workshop:
    return Workshop(app)


def says(seen: Seen, *sentences: str, status: int = 200) -> Seen:
    """The page has this status and can be read to say all of this."""
    assert seen.status == status, (seen.status, seen.path, seen.words[:1500])
    for sentence in sentences:
        assert sentence in seen.words, f"“{sentence}” is not on {seen.path}: {seen.words[:3000]}"
    return seen


def stands(code: str, stage: str) -> None:
    session.rollback()
    assert devices.by_code(code).stage is Stage(stage)


def scanned(by: Person, code: str) -> Seen:
    """What a scanner does on the scan page."""
    return by.sends("/scan", code=f"https://tracker.example/d/{code.lower()}")


def presses(by: Person, code: str, action: str, /, *, twice: bool = False, **typed: str) -> Seen:
    """Scan the code, press the button of this action."""
    page = scanned(by, code).path
    return by.sends(page, "/scan/act", pick={"action": action}, twice=twice, **typed)


def test_a_laptop_goes_the_whole_way_through_the_pages(workshop: Workshop) -> None:
    code, screen = _comes_in(workshop)
    _gets_its_label(workshop, code, screen)
    _is_received(workshop, code)
    number = _is_wiped(workshop, code)
    _has_a_certificate(workshop, code, number)
    _is_reconditioned(workshop, code)
    request = _is_asked_for(workshop, code)
    _is_handed_over(workshop, code, request)
    _comes_back_and_is_wiped_again(workshop, code, number)
    _leaves(workshop, code)
    _is_told_in_words(workshop, code)
    assert history.chain_faults() == []
    assert list(check_queries.stage_faults()) == []


def _comes_in(shop: Workshop) -> tuple[str, str]:
    assert shop.volunteer.opens("/donors/new").status == 403
    donor = says(
        shop.coordinator.sends("/donors/new", kind="public_body", name="Mairie de Tours"), "est enregistré"
    )
    opened = f"/collections/new?donor={donor.path.rsplit('/', 1)[1]}"
    gift = says(shop.coordinator.sends(opened, twice=True), "est ouverte").path
    assert len(re.findall(r'href="/collections/C-', shop.coordinator.opens("/collections").html)) <= 2

    nothing = shop.coordinator.sends(f"{gift}/import", action="announce")
    says(nothing, "Choisissez le fichier de la liste du donateur.", status=422)
    look = _chosen(shop, gift)
    says(look, "Rien n’est encore enregistré", "PF1RICO8", "CN0RICO9")
    session.rollback()
    assert sum(devices.count_by_stage().values()) == 0, "a dry run adds nothing"
    says(shop.coordinator.sends(look.path, look.path.split("?")[0]), "2 appareils ajoutés")
    again = _chosen(shop, gift)
    says(again, "Il n’y a rien de nouveau à importer.")
    session.rollback()
    assert sum(devices.count_by_stage().values()) == 2

    (laptop,), (screen,) = devices.with_serial("PF1RICO8"), devices.with_serial("CN0RICO9")
    shop.gift = gift
    return laptop.code, screen.code


def _chosen(shop: Workshop, gift: str) -> Seen:
    return shop.coordinator.sends(f"{gift}/import", file=file(LIST, "don.csv"), action="announce")


def _gets_its_label(shop: Workshop, code: str, screen: str) -> None:
    reference = shop.gift.rsplit("/", 1)[1]
    page = f"/labels?collection={reference}&design=collection"
    says(shop.volunteer.opens(page), codes.shown(code), codes.shown(screen))
    sheet = shop.volunteer.sends(page, "/labels")
    assert sheet.kind == "application/pdf" and sheet.data.startswith(b"%PDF"), sheet.words
    cells, _counts = read_back(sheet.data, medium("avery-l7160"))
    assert sorted(text.rsplit("/", 1)[1] for text in cells.values()) == sorted([code, screen])


def _is_received(shop: Workshop, code: str) -> None:
    stranger = shop.stranger.client.get("/scan")
    assert stranger.status_code == 302 and "/login" in stranger.location
    says(scanned(shop.volunteer, code), codes.shown(code), "Annoncé")
    stopped = shop.volunteer.forced("/scan/act", "/scan", code=code, action="start_wiping")
    says(stopped, "n’est pas possible : cet appareil est « Annoncé »")
    says(presses(shop.volunteer, code, "receive", twice=True), "Réceptionné")
    stands(code, "received")


def _log(*, minutes_ago: int = 0, failed: bool = False) -> tuple[bytes, str]:
    broken = frozenset({DISK.serial}) if failed else frozenset()
    ended = clock.now() - timedelta(minutes=minutes_ago)
    return file(nwipe_log(LAPTOP, [DISK], ended, failed=broken), "nwipe_2026.log")


def _is_wiped(shop: Workshop, code: str) -> str:
    bench = f"/wiping/{code}"
    says(shop.volunteer.opens(f"/reconditioning/{code}"), codes.shown(code))
    early = shop.volunteer.forced(f"/reconditioning/{code}/start", bench)
    says(early, "« Reconditionner » n’est pas possible")
    says(shop.volunteer.forced(f"{bench}/finish", bench), "Aucun support n’est connu pour cet appareil")
    stands(code, "received")
    says(shop.volunteer.sends(bench, f"{bench}/start"), "En effacement")

    smart = file(smartctl_json(DISK, 4_000), "sda-smart.json")
    told = shop.volunteer.sends("/wiping/upload", files=[_log(minutes_ago=2, failed=True), smart], code=code)
    says(told, DISK.serial, "L’outil dit que l’effacement a échoué.")
    says(
        shop.volunteer.forced(f"{bench}/finish", bench),
        "Supports effacés : 0 sur 1. Il manque le support",
        DISK.serial,
    )
    stands(code, "wiping")
    told = says(shop.volunteer.sends("/wiping/upload", files=[_log()]), DISK.serial, codes.shown(code))
    says(shop.volunteer.sends(told.path, "/wiping/record", twice=True))
    stands(code, "wiped")
    found = re.findall(r"/verify/([\w-]+)", shop.volunteer.opens(bench).html)
    assert len(set(found)) == 1, "one certificate, though the button was pressed twice"
    return str(found[0])


def _has_a_certificate(shop: Workshop, code: str, number: str) -> None:
    paper = shop.volunteer.opens(f"/wiping/{code}/certificates/{number}.pdf")
    assert paper.kind == "application/pdf" and paper.data.startswith(b"%PDF")
    public = says(shop.stranger.opens(f"/verify/{number}"), number, "Authentique.")
    assert "verdict-good" in public.html and "verdict-bad" not in public.html
    assert DISK.serial not in public.html and "Mairie" not in public.html
    unknown = says(shop.stranger.opens("/verify/9999-99999"), status=404)
    assert "verdict-good" not in unknown.html


def _is_reconditioned(shop: Workshop, code: str) -> None:
    bench, check = f"/reconditioning/{code}", f"/reconditioning/{code}/quality"
    says(presses(shop.volunteer, code, "start_reconditioning"), "En reconditionnement")
    says(shop.volunteer.sends(bench, f"{bench}/finish"), "Reste à tester")
    stands(code, "reconditioning")
    says(shop.volunteer.sends(bench, f"{bench}/answers", rest="passed"), "Tous les points sont contrôlés.")
    says(shop.volunteer.sends(bench, f"{bench}/grade"), "Choisissez une catégorie.", status=422)
    says(shop.volunteer.sends(bench, f"{bench}/grade", grade="B", battery="72"), "B")
    says(shop.volunteer.sends(bench, f"{bench}/finish"), "Reconditionnement terminé")
    says(shop.volunteer.forced(f"{check}/pass", "/scan"), status=403)
    stands(code, "reconditioned")
    says(shop.checker.sends(check, f"{check}/pass", twice=True), "Contrôle")
    stands(code, "ready")

    # Whoever finished it does not check it, whatever the role.
    says(shop.checker.sends(check, f"{check}/fail", reason="une touche colle"), "Renvoyé")
    says(shop.checker.sends(bench, f"{bench}/finish"), "Reconditionnement terminé")
    says(
        shop.checker.sends(check, f"{check}/pass"),
        "Vous avez terminé cet appareil vous-même : demandez à quelqu’un d’autre de le contrôler.",
    )
    stands(code, "reconditioned")
    says(shop.coordinator.sends(check, f"{check}/pass"), "Contrôle")
    stands(code, "ready")


def _is_asked_for(shop: Workshop, code: str) -> str:
    asked = {"lines-0-type": "laptop", "lines-0-quantity": "1", "reference": "F-12"}
    says(shop.volunteer.opens("/requests/new"), status=403)
    says(shop.association.sends("/requests/new", **{**asked, "lines-0-type": ""}), "Choisissez", status=422)
    page = says(shop.association.sends("/requests/new", twice=True, **asked), "est envoyée").path
    says(shop.other.opens(page), status=404)
    assert page.rsplit("/", 1)[1] not in re.findall(r"/requests/(\d+)", shop.other.opens("/requests").html)
    says(shop.volunteer.forced(f"{page}/reserve", "/scan", code=code, line="1"), status=403)
    assert "/reserve" not in shop.association.opens(page).html

    says(shop.coordinator.opens(page), codes.shown(code), "Il en manque un.")
    pick = {"code": code}
    says(shop.coordinator.sends(page, f"{page}/reserve", pick=pick), "est réservé pour cette demande")
    stands(code, "reserved")
    late = shop.coordinator.forced(f"{page}/reserve", "/scan", code=code, line="1")
    says(late, "réservé")
    return page


def _is_handed_over(shop: Workshop, code: str, request: str) -> None:
    counter, packing = f"{request}/handover", f"/devices/{code}/prepare"
    signed = {"signed_by": "Claire Exemple", "signed_role": "bénévole"}
    says(shop.association.opens(counter), status=403)
    says(shop.volunteer.sends(counter, **signed), "Rien n’a été remis.", "Chargeur", status=422)
    says(shop.volunteer.sends(packing, accessories="bag"), "Chargeur", status=422)
    stands(code, "reserved")
    says(shop.volunteer.sends(packing, accessories="charger"), "est préparé")
    stands(code, "prepared")
    says(shop.volunteer.sends(counter), "Écrivez le nom.", status=422)
    dear = {**signed, "parcels-0-price": "999"}
    says(shop.volunteer.sends(counter, **dear), "plafond", status=422)
    stands(code, "prepared")

    page = says(shop.volunteer.sends(counter, twice=True, **signed), "Claire Exemple", "nom tapé").path.split(
        "?"
    )[0]
    stands(code, "delivered")
    paper = shop.association.opens(f"{page}/document")
    assert paper.kind == "application/pdf" and paper.data.startswith(b"%PDF")
    says(shop.other.opens(page), status=404)
    says(shop.other.opens(f"{page}/document"), status=404)
    says(shop.association.opens(request), "Servie")
    shop.handover = page


def _comes_back_and_is_wiped_again(shop: Workshop, code: str, number: str) -> None:
    page = shop.handover
    says(
        shop.volunteer.sends(page, f"{page}/return", reason=""),
        "Dites pourquoi en quelques mots.",
        status=422,
    )
    says(shop.volunteer.sends(page, f"{page}/return", twice=True, reason="ne charge plus"), "à nouveau")
    stands(code, "received")
    says(shop.volunteer.opens(f"/wiping/{code}"), "Supports effacés : 0 sur 1.", DISK.serial)
    says(shop.stranger.opens(f"/verify/{number}"), number, "Authentique.")

    leaving = {"codes": code, "slip_number": SLIP, "recycler": "Recycleur Exemple"}
    says(shop.coordinator.sends("/recycling", **leaving), DISK.serial, status=422)
    says(shop.volunteer.forced(f"/reconditioning/{code}/start", "/scan"), "n’est pas possible")
    bench = f"/wiping/{code}"
    shop.volunteer.sends("/wiping/upload", files=[_log(minutes_ago=5)])
    says(shop.volunteer.forced(f"{bench}/finish", bench), "Supports effacés : 0 sur 1.", DISK.serial)
    stands(code, "received")
    told = shop.volunteer.sends("/wiping/upload", files=[_log()])
    shop.volunteer.sends(told.path, "/wiping/record")
    stands(code, "wiped")


def _leaves(shop: Workshop, code: str) -> None:
    says(shop.volunteer.forced("/recycling", "/scan", codes=code, reason="-"), status=403)
    says(shop.coordinator.sends("/recycling", codes=code), "bordereau", status=422)
    stands(code, "wiped")
    leaving = {"codes": code, "slip_number": SLIP, "recycler": "Recycleur Exemple"}
    says(
        shop.coordinator.sends("/recycling", twice=True, **leaving),
        "Un appareil est parti au recyclage.",
        SLIP,
    )
    stands(code, "recycled")
    says(scanned(shop.volunteer, code), "Son parcours ici est terminé")


def _is_told_in_words(shop: Workshop, code: str) -> None:
    told = shop.volunteer.opens(f"/devices/{code}")
    says(
        told,
        "Annoncé par son donateur",
        "Réceptionné à l’atelier",
        "Effacement commencé",
        f"Effacement du support {DISK.serial} : Non effacé",
        "Données effacées, preuve à l’appui",
        "Attestation d’effacement",
        "Points testés :",
        "Catégorie B attribuée",
        "Reconditionnement terminé",
        "Repris à l’établi",
        "Contrôle qualité validé",
        "Réservé pour la demande",
        "Mis dans le colis : Chargeur",
        "Préparé pour la remise",
        "Remis, bon R-",
        "Revenu",
        "ne charge plus",
        f"Envoyé au recyclage, bordereau {SLIP}",
    )
    assert "_wiping" not in told.words and "take_back" not in told.words, "no word of the machine"
