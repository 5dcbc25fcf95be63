"""One certificate for everything a donor gave: each drive accounted for, and honest about what it does not cover."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as text_of
from sqlalchemy.exc import DBAPIError

from tests import make
from tests.web.browsing import send
from tests.wiping.arrivals import NVME, SSD, move, upload
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_certificates import certificate as own_certificate
from tests.wiping.test_certificates import revoke, unsealed, wiped
from tests.wiping.test_declaration_operations import declare
from tests.wiping.test_report_operations import smartctl
from tracker.collection.models import Collection, Intake
from tracker.database import session, transaction
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.errors import Conflict, NotAllowed, RuleBroken
from tracker.wiping import certificate_operations, certificate_queries, documents
from tracker.wiping.certificate_rules import Covered, Revocation, Standing
from tracker.wiping.models import Certificate
from tracker.wiping.rules import DeclarationKind

SignIn = Callable[..., FlaskClient]


def given(*devices: Device) -> Collection:
    """A collection of these devices."""
    gift = make.collection()
    with transaction():
        for position, device in enumerate(devices, 1):
            session.add(Intake(device_id=device.id, collection_id=gift.id, position=position))
    return gift


def issue(gift: Collection, role: str = "coordinator") -> Certificate:
    who = make.actor(role)
    with transaction():
        number = certificate_operations.issue_for_collection(gift, who).number
    found = certificate_queries.by_number(number)
    assert found is not None
    return found


def paper(one: Certificate, locale: str = "en") -> str:
    pdf = documents.pdf(one, organisation="Ricochet", address="https://x.example.org", locale=locale)
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def test_it_tells_of_every_device_and_drive(app: Flask) -> None:
    one, two = wiped(), make.device(kind="screen")
    made = issue(given(one, two))
    told = made.payload["devices"]
    assert [line["cover"] for line in told] == [Covered.PROVEN, Covered.NO_STORAGE]
    assert made.payload["counts"] == {"found": 2, "wiped": 2, "removed": 0, "destroyed": 0}
    assert certificate_queries.standing(made) is Standing.GENUINE
    shown = paper(made)
    for words in (
        SSD,
        NVME,
        "Mairie de Tours",
        "2 given: 1 with every drive accounted for, 1 without storage, 0 not covered",
        made.number,
    ):
        assert words in shown, words
    assert "NOT covered" not in shown and "Mairie" not in str(made.payload)


def test_it_is_refused_while_a_device_is_not_accounted_for(app: Flask) -> None:
    left = make.device()
    with pytest.raises(RuleBroken, match=f"1 of 2 devices.*{left.code}"):
        issue(given(wiped(), left))


@pytest.mark.parametrize("stage", [Stage.ANNOUNCED, Stage.COLLECTED])
def test_it_is_refused_while_a_device_is_still_to_come(app: Flask, stage: Stage) -> None:
    with pytest.raises(RuleBroken, match="1 of 2"):
        issue(given(wiped(), make.device(stage)))


def test_what_was_given_back_or_is_missing_stands_as_not_covered(app: Flask) -> None:
    back, lost = make.device(), make.device()
    with transaction():
        for one, stage in ((back, Stage.DECLINED), (lost, Stage.LOST)):
            session.get_one(Device, one.id).stage = stage
    made = issue(given(wiped(), back, lost))
    assert [one["cover"] for one in made.payload["devices"]][1:] == [Covered.GIVEN_BACK, Covered.MISSING]
    assert "NOT covered by this certificate (2)" in paper(made)
    assert not certificate_queries.of_device(back) and not certificate_queries.of_device(lost)


def test_a_lost_device_whose_data_was_gone_is_covered(app: Flask) -> None:
    device = wiped()
    move(device, Action.LOSE, reason="not on its shelf")
    assert issue(given(device)).payload["devices"][0]["cover"] == Covered.PROVEN


def test_nothing_wiped_is_nothing_to_certify(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="nothing to certify"):
        issue(given(make.device(kind="screen")))
    with pytest.raises(RuleBroken, match="nothing to certify"):
        issue(given())


def test_only_a_coordinator_issues_it(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        issue(given(wiped()), "quality")


def test_asking_twice_gives_one_and_a_change_gives_a_new_one_that_names_the_old(app: Flask) -> None:
    device = wiped()
    gift = given(device)
    first = issue(gift)
    assert issue(gift).number == first.number
    upload(("smart.json", smartctl("NEWLYSEEN1")), device=device)
    with pytest.raises(RuleBroken):
        issue(gift)
    declare(device, DeclarationKind.REMOVED, serial="NEWLYSEEN1")
    second = issue(gift)
    assert second.payload["replaces"] == first.number and second.payload["counts"]["removed"] == 1
    assert certificate_queries.replacement(first) == second


def test_a_device_is_certified_by_its_collection_exactly_while_it_covers_its_drives(app: Flask) -> None:
    device = wiped()
    revoke(device)  # its own
    made = issue(given(device))
    session.expire_all()
    valid = certificate_queries.valid_for(device)
    assert valid is not None and valid.number == made.number
    upload(("smart.json", smartctl("NEWLYSEEN1")), device=device)
    session.expire_all()
    assert certificate_queries.valid_for(device) is None


def test_a_revoked_one_certifies_nobody(app: Flask) -> None:
    device, who = wiped(), make.actor("coordinator")
    made = issue(given(device))
    with transaction():
        certificate_operations.revoke(
            session.get_one(Certificate, made.id), who, "a drive was mixed up", Revocation.NOT_WIPED
        )
    session.expire_all()
    assert made.revoked_at and certificate_queries.valid_for(device) != made
    assert "REVOKED" in paper(made)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE certificates SET number = 'x'", "UPDATE certificates SET signature = NULL", "UPDATE certificates SET payload = '{}'",
        "UPDATE certificates SET site_id = site_id, issued_by = 999", "DELETE FROM certificates",
        "DELETE FROM certificate_devices", "UPDATE certificate_devices SET device_id = device_id",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_certificate(app: Flask, change: str) -> None:
    number = own_certificate(wiped()).number
    with pytest.raises((Conflict, DBAPIError)), transaction():
        session.execute(text_of(change))
    found = certificate_queries.by_number(number)
    assert found is not None and certificate_queries.standing(found) is Standing.GENUINE


def test_a_revocation_cannot_be_taken_back(app: Flask) -> None:
    device = wiped()
    revoke(device)
    with pytest.raises((Conflict, DBAPIError)), transaction():
        session.execute(text_of("UPDATE certificates SET revoked_at = NULL"))


def test_a_signature_taken_out_of_the_database_does_not_make_it_an_old_one(app: Flask) -> None:
    made = own_certificate(wiped())
    unsealed("certificates")
    with transaction():
        found = session.get_one(Certificate, made.id)
        found.signature, found.key = None, None
    session.expire_all()
    assert certificate_queries.standing(made) is Standing.ALTERED


def test_the_page_says_what_is_missing_and_issues(app: Flask, signed_in: SignIn) -> None:
    device, waiting = wiped(), make.device()
    gift = given(device, waiting)
    reference = gift.reference
    coordinator, address = signed_in("coordinator"), f"/collections/{gift.reference}/certificates"
    page = coordinator.get(address).text
    assert "pas encore justifié" in page and "Émettre l’attestation" not in page
    declare(waiting, DeclarationKind.NO_STORAGE)
    assert "Émettre l’attestation" not in signed_in("volunteer").get(address).text
    send(coordinator, address, {})
    made = certificate_queries.of_collection(given_again(reference))[0]
    page = coordinator.get(address).text
    assert made.number in page and "Émettre l’attestation" not in page, "nothing has changed since"
    for path, kind in (
        (f"{made.number}.pdf", "application/pdf"),
        (f"{made.number}.json", "application/json"),
    ):
        answer = coordinator.get(f"{address}/{path}")
        assert answer.status_code == 200 and answer.mimetype == kind
    assert coordinator.get(f"{address}/2026-99999.pdf").status_code == 404
    send(
        coordinator,
        f"{address}/{made.number}/revoke",
        {"word": "not_wiped", "reason": "a drive was mixed up"},
    )
    public = app.test_client().get(f"/verify/{made.number}").text
    assert "Révoquée" in public and "Mairie" not in public


def given_again(reference: str) -> Collection:
    from tracker.collection import queries

    session.expire_all()
    return queries.collection(reference)


def test_the_signed_file_needs_the_word_on_the_paper(app: Flask, client: FlaskClient) -> None:
    from tracker.wiping.certificate_rules import password

    made = own_certificate(wiped())
    assert made.signature is not None
    address, word = f"/verify/{made.number}/file", password(made.signature)
    assert word in paper(made)
    for wrong in ("", "AAAAA-AAAAA", word[:-1], made.sha256):
        answer = client.get(address, query_string={"word": wrong})
        assert answer.status_code == 404 and SSD not in answer.text
    answer = client.get(address, query_string={"word": f" {word.lower()} "})
    assert answer.status_code == 200 and SSD in answer.text
    public = client.get(f"/verify/{made.number}").text
    assert word not in public and SSD not in public


def test_two_serials_alike_make_two_lines(app: Flask) -> None:
    """Forty laptops: the numbers of the drives run through the whole paper."""
    devices = [wiped(), *(wiped_alike(n) for n in range(2))]
    made = issue(given(*devices))
    assert made.payload["counts"]["wiped"] == 6 and "3. " in paper(made)


def wiped_alike(n: int) -> Device:
    from tests.wiping.arrivals import arrived

    device = arrived(f"RICO-MORE-{n}", manufacturer="FUJITSU", kind="desktop")
    log = changed(
        text(NEW),
        ("system-serial-number = YLRICO42", f"system-serial-number = RICO-MORE-{n}"),
        (SSD, f"RSSMORE00{n}"),
        (NVME, f"RNVMORE00{n}"),
    )
    upload(("nwipe.txt", log + "\n" + device.code), device=device)
    move(device, Action.FINISH_WIPING, make.actor())
    return device
