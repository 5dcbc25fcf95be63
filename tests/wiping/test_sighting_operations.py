"""A report given to the wrong device takes its drives with it, but no drive with data vanishes that way."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.wiping.arrivals import NVME, SSD, arrived, attempts, ends, flags, is_gone, upload, wiped_again
from tests.wiping.reports import ABORTED, NEW, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import Role
from tracker.database import is_postgresql, session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.wiping import (
    certificate_operations,
    certificate_queries,
    declaration_operations,
    release_operations,
    report_operations,
    report_queries,
    review_operations,
)
from tracker.wiping.certificate_rules import Revocation, Standing
from tracker.wiping.models import Wipe
from tracker.wiping.report_operations import Received
from tracker.wiping.rules import DeclarationKind

LOST = "LOSTDRIVE1"


def release(one: Received, role: Role = Role.COORDINATOR, note: str = "another laptop's") -> None:
    by, wanted = make.actor(role), one.report.id
    with transaction():
        release_operations.release(report_queries.report(wanted), by, note)


def last_release() -> dict[str, Any]:
    chosen = select(HistoryEntry.facts).where(HistoryEntry.action == "report_released")
    facts: dict[str, Any] = session.scalars(chosen.order_by(HistoryEntry.id.desc())).first() or {}
    return facts


def test_the_drives_of_a_report_taken_away_are_those_of_the_right_device(app: Flask) -> None:
    wrong, right = arrived(serial=None), arrived(serial=None)
    (own,) = upload(("own.json", smartctl("OWNDRIVE01")), device=wrong)
    (one,) = upload(("nwipe.txt", text(ABORTED)), device=wrong)
    assert len(ends(wrong)) == 3 and flags(wrong) == {"wipe_failed"}
    release(one)
    assert ends(wrong) == {"OWNDRIVE01": None} and flags(wrong) == set()
    with transaction():
        report_operations.assign(report_queries.report(one.report.id), devices.locked(right.id), make.actor())
    assert set(ends(right)) == {"RSS38A0001", "RHD38B0002"} and flags(right) == {"wipe_failed"}
    assert own.report.device_id == wrong.id


def test_the_history_names_the_drives_that_left_the_record(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(LOST)), device=device)
    release(one)
    assert [serial for _, serial in last_release()["withdrawn"]] == [LOST]
    page = make.signed_in(app, "volunteer").get(f"/devices/{device.code}").text
    assert f"avec lui, des supports qui ne sont plus enregistrés ici\u00a0: {LOST}" in page


def test_certificates_that_cite_a_report_fall_with_it(app: Flask) -> None:
    """Its own device's, and that of the computer into which the drive was put after its wipe."""
    device, other, apart = arrived(), arrived(serial="RICO-SECOND-1"), arrived(serial="RICO-THIRD-1")
    (one,) = upload(("nwipe.txt", text(NEW)))
    upload(("smart.json", smartctl(SSD)), device=other)
    third = changed(wiped_again(), ("YLRICO42", "RICOTHIRD1"), (SSD, "RSS42C0007"), (NVME, "RNV42C0008"))
    upload(("third.txt", third))
    for each in (device, other, apart):
        with transaction():
            certificate_operations.issue(devices.locked(each.id), make.actor())
    release(one, note="it was another computer")
    session.expire_all()
    fallen = [certificate_queries.of_device(each)[0] for each in (device, other)]
    assert [cert.revoked_for for cert in fallen] == [Revocation.WRONG_DEVICE] * 2
    assert {certificate_queries.standing(cert) for cert in fallen} == {Standing.REVOKED}
    assert certificate_queries.of_device(apart)[0].revoked_at is None
    for cert in fallen:
        page = app.test_client().get(f"/verify/{cert.number}").text
        assert "Le rapport concernait un autre appareil" in page and "Elle ne vaut plus" in page
    entry = past.of_subject("device", device.id)
    note = next(past.note_of(one) for one in entry if one.action == "certificate_revoked")
    assert note == "it was another computer"


def test_a_report_taken_away_leaves_what_is_revoked_already(app: Flask) -> None:
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW)))
    with transaction():
        made = certificate_operations.issue(devices.locked(device.id), make.actor())
        certificate_operations.revoke(
            made, make.actor("coordinator"), "a typing fault", Revocation.WRONG_DATA
        )
    release(one)
    session.expire_all()
    assert certificate_queries.of_device(device)[0].revoked_for is Revocation.WRONG_DATA


def test_of_two_people_who_give_one_report_to_two_devices_the_second_is_refused(app: Flask) -> None:
    first, second = arrived(serial=None).id, arrived(serial=None).id
    (one,) = upload(("smart.json", smartctl(LOST)))
    report, by, refusals = one.report.id, make.actor(), []

    def later() -> None:
        with app.app_context():
            try:
                with transaction():
                    waiting.set()
                    report_operations.assign(report_queries.report(report), devices.locked(second), by)
            except RuleBroken as refusal:
                refusals.append(str(refusal))
            finally:
                session.remove()

    waiting, hand = threading.Event(), threading.Thread(target=later)
    with transaction():
        known = report_queries.report(report)
        report_operations.assign(known, devices.locked(first), by)
        hand.start()
        if is_postgresql():
            waiting.wait(30)
        hand.join(1)
        assert hand.is_alive()
    hand.join(60)
    session.expire_all()
    assert len(refusals) == 1 and "recorded for a device already" in refusals[0]
    assert ends(devices.locked(first)) == {LOST: None} and ends(devices.locked(second)) == {}


def test_a_device_about_which_nothing_is_known_any_more_is_not_called_empty(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(LOST)), device=device)
    release(one)
    assert ends(device) == {} and not is_gone(device)


def test_a_report_that_names_this_very_computer_leaves_its_drives_on_record(app: Flask) -> None:
    """Else the one report that shows a drive with data could be called another's."""
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW)))
    release(one)
    assert ends(device) == {SSD: None, NVME: None} and last_release()["withdrawn"] == []


def test_a_drive_that_another_report_shows_stays(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(LOST)), device=device)
    (again,) = upload(("later.json", smartctl(LOST, temperature={"current": 31})), device=device)
    release(one)
    assert ends(device) == {LOST: None}
    release(again)
    assert ends(device) == {}


def test_a_report_of_another_computer_speaks_for_no_drive_here(app: Flask) -> None:
    """It was taken for this device's by mistake as well, and its drives were never counted here."""
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(SSD)), device=device)
    with transaction():
        particulars.edit(devices.locked(device.id), make.actor(), serial="QUITE-ANOTHER")
    upload(("nwipe.txt", text(NEW)), device=device)
    release(one)
    assert ends(device) == {}


def test_a_drive_of_which_a_person_declared_something_stays(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(LOST)), device=device)
    with transaction():
        declaration_operations.declare(
            devices.locked(device.id), DeclarationKind.REMOVED, make.actor(), "in box 4", serial=LOST
        )
    release(one)
    assert ends(device) == {LOST: "removed"}


def test_a_drive_that_a_person_found_in_the_device_stays(app: Flask) -> None:
    device = arrived(serial="CZCELSE01")
    (one,) = upload(("nwipe.txt", text(NEW)), device=device)
    wipe, by = next(row.id for row in attempts(one) if row.serial == SSD), make.actor("quality")
    assert ends(device) == {}  # the log names another computer
    with transaction():
        review_operations.review(session.get_one(Wipe, wipe), True, by, "read on the drive, in this laptop")
    assert ends(device) == {SSD: "wiped"}
    release(one)
    assert ends(device) == {SSD: None}


def test_a_drive_without_serial_number_leaves_with_its_report(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload(("nwipe.txt", changed(text(NEW), (SSD, "unknown"))), device=device)
    assert len(ends(device)) == 2
    release(one)
    assert ends(device) == {}


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.QUALITY])
def test_only_a_coordinator_takes_drives_off_the_record(app: Flask, role: Role) -> None:
    device = arrived(serial=None)
    (one,) = upload(("smart.json", smartctl(LOST)), device=device)
    with pytest.raises(NotAllowed):
        release(one, role)
    with pytest.raises(Malformed, match="Say why"):
        release(one, note=" ")
    assert ends(device) == {LOST: None}
