"""A report given to the wrong device takes its drives with it, but no drive with data vanishes that way."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.wiping.arrivals import NVME, SSD, arrived, attempts, ends, flags, is_gone, upload
from tests.wiping.reports import ABORTED, NEW, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.errors import Malformed, NotAllowed
from tracker.history.models import HistoryEntry
from tracker.wiping import declaration_operations, report_operations, report_queries, review_operations
from tracker.wiping.models import Wipe
from tracker.wiping.report_operations import Received
from tracker.wiping.rules import DeclarationKind

LOST = "LOSTDRIVE1"


def release(one: Received, role: Role = Role.COORDINATOR, note: str = "another laptop's") -> None:
    by, wanted = make.actor(role), one.report.id
    with transaction():
        report_operations.release(report_queries.report(wanted), by, note)


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
