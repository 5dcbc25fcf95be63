"""Certificates: exactly the drives, numbered, revocable, checked by anybody, and readable on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy import text as text_of

from tests import make
from tests.web.browsing import send
from tests.wiping.arrivals import NVME, SSD, arrived, destroyed, is_gone, move, upload, wiped_again
from tests.wiping.reports import FAILED, NEW, changed, text
from tests.wiping.test_declaration_operations import declare, doubtful, review
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.models import User
from tracker.database import is_postgresql, session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history.models import ChainHead, HistoryEntry
from tracker.wiping import certificate_operations, certificate_queries, certificate_rules, documents
from tracker.wiping.certificate_rules import Revocation
from tracker.wiping.models import Certificate
from tracker.wiping.rules import DeclarationKind

SignIn = Callable[..., FlaskClient]
SITE = "https://tracker.example.org"


def wiped(serial: str = "YL-RICO42") -> Device:
    """A device whose two drives are wiped and recorded so."""
    device = arrived(serial, manufacturer="FUJITSU", model="ESPRIMO R42", kind="desktop")
    log = changed(text(NEW), ("system-serial-number = YLRICO42", f"system-serial-number = {serial}"))
    upload(("nwipe.txt", log + "\n" + device.code), device=device)
    move(device, Action.FINISH_WIPING, make.actor())
    return device


def certificate(device: Device) -> Certificate:
    session.expire_all()
    return certificate_queries.of_device(device)[0]


def valid(device: Device) -> str | None:
    session.expire_all()
    found = certificate_queries.valid_for(device)
    return found.number if found else None


def issue(device: Device) -> str:
    who = make.actor()
    with transaction():
        return certificate_operations.issue(devices.locked(device.id), who).number


def revoke(device: Device, role: str = "coordinator", reason: str = "mixed up") -> None:
    who = make.actor(role)
    with transaction():
        certificate_operations.revoke(
            certificate_queries.of_device(device)[0], who, reason, Revocation.WRONG_DEVICE
        )


def unsealed(table: str) -> None:
    """Take the trigger away that refuses a change, as somebody with the whole database could."""
    trigger = f"DROP TRIGGER {table}_no_update"
    with transaction():
        session.execute(text_of(trigger if not is_postgresql() else f"{trigger} ON {table}"))


def paper(device: Device, locale: str = "fr") -> str:
    """The text of the certificate's PDF, spaces and line breaks as one."""
    pdf = documents.pdf(certificate(device), organisation="Ricochet", address=SITE, locale=locale)
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def test_recording_the_wipe_issues_the_certificate(app: Flask) -> None:
    device = wiped()
    one = certificate(device)
    assert valid(device) == one.number and re.fullmatch(r"\d{4}-00001", one.number)
    (told,) = one.payload["devices"]
    lines = {line["serial"]: line for line in told["drives"]}
    assert set(lines) == {SSD, NVME} and one.payload["counts"] == {
        "found": 2, "wiped": 2, "removed": 0, "destroyed": 0,
    }  # fmt: skip
    ssd = lines[SSD]
    assert (ssd["method"], ssd["level"], ssd["verification"]) == ("Fill With Zeros", "clear", "last")
    assert ssd["maker"] is None, "no maker is called so"
    assert "spare blocks" in ssd["limit"] and ssd["tool_version"] == "0.42" and ssd["errors"] == 0
    assert len(ssd["report_sha256"]) == 64 and ssd["finished"].startswith("2026-09-06T10:20")


def test_numbers_follow_one_another(app: Flask) -> None:
    first, second = wiped(), wiped("RICO-OTHER-9")
    assert int(certificate(second).number[5:]) == int(certificate(first).number[5:]) + 1


def test_a_number_that_was_rolled_back_is_given_again(app: Flask) -> None:
    device, who = arrived(), make.actor()
    upload(("nwipe.txt", text(NEW)))
    with transaction():
        certificate_operations.issue(devices.locked(device.id), who)
        session.rollback()
    assert issue(device).endswith("-00001")


def test_asking_twice_gives_the_same_certificate(app: Flask) -> None:
    device = wiped()
    assert issue(device) == certificate(device).number
    assert len(certificate_queries.of_device(device)) == 1


def test_no_certificate_while_a_drive_is_not_accounted_for(app: Flask) -> None:
    device = arrived("RICO034")
    upload(("nwipe.txt", text(FAILED)))
    with pytest.raises(Unproven):
        issue(device)


def test_no_certificate_for_nothing(app: Flask) -> None:
    with pytest.raises(Unproven):
        issue(arrived())
    with pytest.raises(RuleBroken, match="nothing to certify"):
        issue(arrived(kind="screen"))


def test_the_hash_is_that_of_the_payload_as_it_is_read_back(app: Flask) -> None:
    one = certificate(wiped())
    assert certificate_rules.payload_hash(one.payload) == one.sha256
    changed = {**one.payload, "counts": {**one.payload["counts"], "wiped": 3}}
    assert certificate_rules.payload_hash(changed) != one.sha256


def test_the_certificate_is_a_witness_of_the_journal(app: Flask) -> None:
    journal = certificate(wiped()).payload["journal"]
    entry = session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.site_id == journal["site"], HistoryEntry.sequence == journal["sequence"]
        )
    ).one()
    assert entry.hash == journal["head"]
    assert session.get_one(ChainHead, journal["site"]).sequence > journal["sequence"]


def test_a_drive_newly_seen_ends_the_cover(app: Flask) -> None:
    device = wiped()
    upload(("smart.json", smartctl("NEWLYSEEN1")), device=device)
    assert valid(device) is None
    with pytest.raises(Unproven):
        issue(device)
    declare(device, DeclarationKind.REMOVED, serial="NEWLYSEEN1")
    assert issue(device).endswith("-00002") and valid(device) is not None


def test_a_later_failure_ends_the_cover_and_a_new_wipe_needs_a_new_certificate(app: Flask) -> None:
    device = wiped()
    upload(("failed.txt", wiped_again("08", failed=True)))
    assert valid(device) is None
    upload(("good.txt", wiped_again("10")))
    assert is_gone(device) and valid(device) is None
    assert issue(device).endswith("-00002")


def test_a_revoked_certificate_covers_nothing(app: Flask) -> None:
    device = wiped()
    with pytest.raises(NotAllowed):
        revoke(device, "quality")
    with pytest.raises(Malformed, match="few words"):
        revoke(device, reason=" ")
    revoke(device)
    assert valid(device) is None and certificate_queries.numbers([device.id]) == {}
    with pytest.raises(RuleBroken, match="already"):
        revoke(device)
    assert issue(device).endswith("-00002")


def test_what_comes_back_must_be_wiped_and_certified_again(app: Flask) -> None:
    device = wiped()
    move(device, Action.WIPE_AGAIN, reason="brought back")
    assert not is_gone(device) and valid(device) is None
    with pytest.raises(Unproven):
        move(device, Action.FINISH_WIPING)
    destroyed(device, serial=SSD)
    destroyed(device, serial=NVME)
    move(device, Action.FINISH_WIPING)
    assert valid(device) is not None and certificate(device).number.endswith("-00002")


def test_an_empty_device_that_comes_back_is_looked_into_and_certified_again(app: Flask) -> None:
    device = arrived()
    declare(device, DeclarationKind.NO_STORAGE)
    move(device, Action.FINISH_WIPING, make.actor())
    move(device, Action.WIPE_AGAIN, reason="brought back")
    assert not is_gone(device)
    declare(device, DeclarationKind.NO_STORAGE, "looked again, still empty")
    assert is_gone(device) and valid(device) is None
    move(device, Action.FINISH_WIPING, make.actor())
    assert certificate(device).number.endswith("-00002") and valid(device) is not None


def test_undoing_the_return_lets_the_old_proof_count_again(app: Flask) -> None:
    device = wiped()
    number = valid(device)
    move(device, Action.WIPE_AGAIN, reason="a slip of the finger")
    move(device, Action.CORRECT)
    session.expire_all()
    assert device.stage is Stage.WIPED and is_gone(device) and valid(device) == number


def test_undoing_the_return_does_not_hide_a_drive_seen_since(app: Flask) -> None:
    device = wiped()
    move(device, Action.WIPE_AGAIN, reason="a drive newly seen")
    upload(("smart.json", smartctl("NEWLYSEEN1")), device=device)
    with pytest.raises(Unproven):
        move(device, Action.CORRECT)
    session.expire_all()
    assert device.stage is Stage.RECEIVED and not is_gone(device)


def test_the_proof_of_delivery_asks_for_the_certificate(app: Flask) -> None:
    device = wiped()
    assert certificate_queries.prove_certified(device, make.actor(), {}).held
    revoke(device)
    session.expire_all()
    proof = certificate_queries.prove_certified(device, make.actor(), {})
    assert not proof.held and "issue it" in str(proof.missing[0])
    assert certificate_queries.prove_certified(arrived(kind="screen"), make.actor(), {}).held
    refusal = moves.judge(arrived(), Action.FINISH_WIPING, make.actor())
    assert isinstance(refusal, Unproven)


def test_the_paper_says_all_that_is_attested(app: Flask) -> None:
    device = wiped()
    one, shown = certificate(device), paper(device, "en")
    for words in (
        one.number, "RICO SSD 128", SSD, NVME, "128 GB", "512 GB", "Fill With Zeros", "last pass verified", "nwipe 0.42",
        "Clear (NIST SP 800-88)", "Errors: 0", "spare blocks", "2 found: 2 wiped, 0 taken out, 0 destroyed",
        one.payload["devices"][0]["drives"][0]["report_sha256"], one.payload["address"], one.payload["journal"]["head"],
        "ESPRIMO R42", "YL-RICO42", "hidden sectors: none reported", "It cannot prove more than the reports",
    ):  # fmt: skip
        assert words in shown, words
    assert one.sha256 in shown.replace(" ", "")  # on two lines, beside the code
    french = paper(device, "fr")
    for words in (
        "Attestation d’effacement",
        "dernière passe vérifiée",
        "Ce que cela dit",
        "Erreurs",
        "effacés",
        "128 Go",
    ):
        assert words in french, words


def test_the_paper_names_people_that_are_known_today_only(app: Flask) -> None:
    device = arrived()
    review(doubtful(device), True, serial=SSD)
    move(device, Action.FINISH_WIPING, make.actor())
    checker = make.user("quality")
    assert checker.name in paper(device, "en")
    assert checker.name not in str(certificate(device).payload)
    with transaction():
        session.get_one(User, checker.id).name = "Name removed"
    assert "Name removed" in paper(device, "en")


def test_a_declaration_stands_on_the_paper(app: Flask) -> None:
    device = arrived()
    declare(device, DeclarationKind.NO_STORAGE)
    move(device, Action.FINISH_WIPING, make.actor())
    assert "No storage is fitted: declared by" in paper(device, "en")
    other = arrived("RICO034")
    upload(("nwipe.txt", text(FAILED)))
    destroyed(other)
    move(other, Action.FINISH_WIPING, make.actor())
    assert "Destroyed: declared by" in paper(other, "en")
    shown = paper(other, "en")
    assert "2 found: 1 wiped, 0 taken out, 1 destroyed" in shown
    assert "confirmed by quality" in shown and "slip no. BSD-7" in shown and "Decided on by quality" in shown


def test_the_maker_of_a_drive_stands_on_its_certificate(app: Flask) -> None:
    device = arrived(None)
    upload(("smart.json", smartctl("Z1D0000001", "ST500LM021-1KJ152")), device=device)
    destroyed(device, "drilled through")
    move(device, Action.FINISH_WIPING, make.actor())
    assert certificate(device).payload["devices"][0]["drives"][0]["maker"] == "Seagate"
    assert "Seagate ST500LM021" in paper(device)


def test_the_paper_says_first_what_it_comes_to(app: Flask) -> None:
    device = wiped()
    shown = paper(device, "en")
    assert shown.index("Every drive of this device is accounted for") < shown.index("Issued by")
    assert "Drives at level Clear (NIST SP 800-88): 2" in shown and "Purge (NIST" not in shown
    revoke(device)
    assert "is accounted for" not in paper(device, "en")


def test_a_revoked_paper_says_so(app: Flask) -> None:
    device = wiped()
    revoke(device)
    assert "REVOKED" in paper(device, "en") and "about another device" in paper(device, "en")


def test_what_a_drive_calls_itself_cannot_break_the_paper(app: Flask) -> None:
    device = arrived(None, model="<b>&amp; ]]> \u202e 电脑")
    upload(("smart.json", smartctl("EVIL<0001>", "<para>&</b> " + "W" * 150)), device=device)
    destroyed(device, "melted")
    move(device, Action.FINISH_WIPING, make.actor())
    assert "EVIL<0001>" in paper(device)


@pytest.fixture
def in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def test_anybody_can_check_a_certificate(app: Flask, client: FlaskClient, in_english: None) -> None:
    device = wiped()
    one = certificate(device)
    page = client.get(f"/verify/{one.number}").text
    assert "Genuine." in page and one.sha256 in page and "ESPRIMO R42" in page and "Fill With Zeros" in page
    assert "…0001" in page and "spare blocks" in page
    for secret in (SSD, NVME, "YL-RICO42", device.code, device.code[:4], make.user().name, make.user().email):
        assert secret not in page, secret


def test_the_public_page_says_unknown_and_revoked(app: Flask, client: FlaskClient, in_english: None) -> None:
    answer = client.get("/verify/2026-99999")
    assert answer.status_code == 404 and "Not known here." in answer.text and "Genuine" not in answer.text
    device = wiped()
    revoke(device, reason="Mrs Someone took the wrong one")
    page = client.get(f"/verify/{certificate(device).number}").text
    assert "Revoked." in page and "The report was about another device" in page
    assert "Genuine" not in page and "Someone took" not in page


def test_a_payload_that_was_tampered_with_is_not_genuine(
    app: Flask, client: FlaskClient, in_english: None
) -> None:
    one = certificate(wiped())
    unsealed("certificates")
    with transaction():
        found = session.get_one(Certificate, one.id)
        found.payload = {**found.payload, "counts": {**found.payload["counts"], "wiped": 9}}
    page = client.get(f"/verify/{one.number}").text
    assert "Not to be trusted." in page and "Genuine" not in page


@pytest.mark.parametrize("typed", ["2026-00001", " 2026 1 ", "2026–00001"])
def test_a_number_is_typed_as_people_type(app: Flask, client: FlaskClient, typed: str) -> None:
    from urllib.parse import quote

    with transaction():
        made = arrived_certificate()
    answer = client.get(f"/verify?number={quote(typed)}", follow_redirects=True)
    assert answer.status_code == 200 and made in answer.text


def arrived_certificate() -> str:
    """A certificate of the first number of 2026, whatever the year is now."""
    device = make.device()
    payload = {
        "v": 1, "number": "2026-00001", "drives": [], "declarations": [], "site": 1, "issuer": None, "issued": "",
        "device": {"code": device.code, "type": "laptop", "manufacturer": None, "model": None, "serial": None},
        "counts": {"found": 0, "wiped": 0, "removed": 0, "destroyed": 0}, "journal": {},
    }  # fmt: skip
    session.add(
        Certificate(
            number="2026-00001",
            device_id=device.id,
            site_id=device.site_id,
            issued_at=device.created_at,
            payload=payload,
            sha256=certificate_rules.payload_hash(payload),
        )
    )
    session.flush()
    return "2026-00001"


@pytest.mark.parametrize("number", ["../../etc", "%00", "1" * 500, "<script>", "2026-0000١", "نص", "a/b"])
def test_strange_numbers_get_a_sentence(app: Flask, client: FlaskClient, number: str) -> None:
    assert client.get(f"/verify/{number}").status_code in (404, 422)
    assert client.get("/verify", query_string={"number": number}, follow_redirects=True).status_code in (
        404,
        422,
    )


def test_the_paper_is_fetched_and_the_certificate_revoked_by_pages(
    app: Flask, signed_in: SignIn, in_english: None
) -> None:
    device = wiped()
    one, client = certificate(device), signed_in("coordinator")
    answer = client.get(f"/wiping/{device.code}/certificates/{one.number}.pdf?lang=en")
    assert answer.data[:5] == b"%PDF-" and answer.mimetype == "application/pdf"
    assert client.get(f"/wiping/{arrived().code}/certificates/{one.number}.pdf").status_code == 404
    page = f"/wiping/{device.code}/certificates/{one.number}/revoke"
    assert "Choose a reason" in send(client, page, {"reason": "mixed up"}).text
    assert send(client, page, {"word": "wrong_device", "reason": "mixed up"}).status_code == 303
    shown = client.get(f"/wiping/{device.code}").text
    assert "Revoked" in shown and "Issue the certificate" in shown
    send(client, f"/wiping/{device.code}/certificate", form=f"/wiping/{device.code}")
    assert valid(device) is not None


def test_each_level_of_proof_is_told_apart_on_the_paper(app: Flask) -> None:
    """Signed by a station, imported by a person: never one for the other."""
    from tests.wiping.test_station_operations import MARK, send, signed
    from tracker.wiping import station_operations

    imported = paper(wiped("RICO-OTHER-9"), "en")
    assert "report imported by volunteer" in imported and "enrolled station" not in imported
    by = make.actor("coordinator")
    with transaction():
        sender = station_operations.enrol(station_operations.add("Stick 1", by)[1], MARK)[0]
    device = arrived(manufacturer="FUJITSU", kind="desktop")
    send(signed(sender))
    move(device, Action.FINISH_WIPING, make.actor())
    shown = paper(device, "en")
    assert "report signed by the enrolled station “Stick 1”" in shown and "imported by" not in shown
    assert "Reports brought by station “Stick 1”" in shown
