"""A person decides which drive a doubtful report is about, but not against what the report says."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import arrived, attempts, ends, upload
from tests.wiping.reports import OLD, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker.database import session, transaction
from tracker.errors import Malformed, NotAllowed
from tracker.wiping import review_operations
from tracker.wiping.models import Wipe
from tracker.wiping.readings import Medium
from tracker.wiping.rules import Verdict

OTHER = "OTHERDRIVE1"


@pytest.fixture
def doubtful(app: Flask) -> Wipe:
    """A wipe of a drive with a good serial number that is too old to count, in a device that holds another drive."""
    device = arrived(serial="CZCRICO030")
    upload(("smart.json", smartctl(OTHER)), device=device)
    (one,) = upload(("nwipe.txt", changed(text(OLD), ("2026/09/", "2026/08/"))), device=device)
    wipe = attempts(one)[0]
    assert wipe.verdict is Verdict.REVIEW and wipe.drive.serial_key
    return wipe


def accept(wipe: Wipe, serial: str) -> None:
    with transaction():
        found = session.get_one(Wipe, wipe.id)
        review_operations.review(found, True, make.actor("quality"), "read on the drive", serial=serial)


@pytest.mark.parametrize("role", ["quality", "coordinator", "admin"])
def test_who_brought_a_report_does_not_let_it_count_but_may_reject_it(app: Flask, role: str) -> None:
    """The certificate says that a second person decided."""
    device, by = arrived(serial="CZCRICO030"), make.actor(role)
    (one,) = upload(("nwipe.txt", changed(text(OLD), ("2026/09/", "2026/08/"))), device=device, by=by)
    wipe = attempts(one)[0]
    with pytest.raises(NotAllowed, match="You brought this report yourself"), transaction():
        review_operations.review(session.get_one(Wipe, wipe.id), True, by, "read on the drive")
    assert ends(device)[wipe.drive.serial] is None
    with transaction():
        review_operations.review(session.get_one(Wipe, wipe.id), False, by, "not wiped at all")


@pytest.mark.parametrize("serial", [OTHER, "NEVERSEEN1"])
def test_a_report_that_names_its_drive_does_not_count_for_another(doubtful: Wipe, serial: str) -> None:
    with pytest.raises(Malformed, match="cannot count for another one"):
        accept(doubtful, serial)
    assert ends(doubtful.device)[OTHER] is None


def test_an_enclosure_tells_its_own_serial_number_so_a_person_may_say_which_drive_lay_in_it(
    doubtful: Wipe,
) -> None:
    with transaction():
        session.get_one(Wipe, doubtful.id).drive.medium = Medium.USB
    accept(doubtful, OTHER)
    assert ends(doubtful.device)[OTHER] == "wiped"
