"""What a log says once more is no new wipe: when its words reached us is certain, its clock is not."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import (
    NVME,
    SSD,
    arrived,
    attempts,
    drive,
    ends,
    is_gone,
    move,
    upload,
    wiped_again,
)
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker import clock
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action
from tracker.errors import Conflict, RuleBroken
from tracker.wiping import drive_queries, report_operations, report_queries, review_operations
from tracker.wiping.models import Wipe
from tracker.wiping.readings import Medium
from tracker.wiping.rules import Verdict

# The newest fixture's runs end on 6 September 2026 at 11:53 and 11:31, on a clock of Paris (two hours ahead of UTC).
WIPED = datetime(2026, 9, 6, 10, 15, tzinfo=UTC)
DOUBTED = datetime(2026, 9, 6, 11, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 6, 14, 0, tzinfo=UTC)


def test_the_log_of_this_morning_does_not_wipe_again_this_afternoon(app: Flask) -> None:
    """A boot stick's log grows: after a doubt the same run comes in again, in a file with other bytes."""
    device = arrived()
    with clock.at(WIPED):
        upload(("nwipe.txt", text(NEW)))
        move(device, Action.FINISH_WIPING)
    with clock.at(DOUBTED):
        move(device, Action.WIPE_AGAIN, reason="a doubt")
    with clock.at(LATER):
        (one,) = upload(("nwipe.txt", text(NEW) + "\nand what the stick did since\n"))
    assert not is_gone(device) and set(ends(device).values()) == {None}
    assert {wipe.verdict for wipe in attempts(one)} == {Verdict.REVIEW}
    wipe, by = attempts(one)[0].id, make.actor("quality")
    with transaction(), pytest.raises(RuleBroken, match="came in before the device did"):
        review_operations.review(session.get_one(Wipe, wipe), True, by, "surely")


def test_a_new_run_after_a_doubt_counts(app: Flask) -> None:
    device = arrived()
    with clock.at(WIPED):
        upload(("nwipe.txt", text(NEW)))
        move(device, Action.FINISH_WIPING)
    with clock.at(DOUBTED):
        move(device, Action.WIPE_AGAIN, reason="a doubt")
    with clock.at(datetime(2026, 9, 8, 8, 0, tzinfo=UTC)):
        upload(("nwipe.txt", text(NEW) + "\n" + changed(text(NEW), ("2026/09/06", "2026/09/07"))))
    assert is_gone(device)


def test_a_report_that_came_before_the_device_cannot_prove_its_wipe(app: Flask) -> None:
    """Its stick's clock was ahead, and it waited for a person until the device had come in."""
    make.device()
    with clock.at(datetime(2026, 9, 1, 8, 0, tzinfo=UTC)):
        (one,) = upload(("nwipe.txt", text(NEW)))
    device = arrived(at=datetime(2026, 9, 3, 8, 0, tzinfo=UTC))
    with transaction():
        report_operations.assign(
            report_queries.report(one.report.id), devices.locked(device.id), make.actor()
        )
    assert not is_gone(device) and set(ends(device).values()) == {None}


def test_numbers_that_no_column_holds_do_not_stop_the_other_files(app: Flask) -> None:
    device = arrived()
    absurd = changed(text(NEW), ("1R+", "99999999999R+"))
    absurd = re.sub(r"(\| +)0( +\| +)0( +\| +)0", r"\g<1>99999999999\g<2>0\g<3>0", absurd)
    hours = smartctl("HOURS00001", power_on_time={"hours": 10**12})
    received = upload(("nwipe.txt", absurd), ("smart.json", hours), device=device)
    assert [one.device for one in received] == [device, device]
    assert {wipe.errors for wipe in attempts(received[0])} == {2**31 - 1}
    assert drive("HOURS00001").hours == 2**31 - 1


def test_two_workshops_that_report_on_one_drive_at_once_do_not_overlook_each_other(app: Flask) -> None:
    """A drive that was seen in a computer of each; one's log says wiped, the other's later one says failed."""
    here, there = arrived(), arrived(serial="RICOSECOND1")
    far = make.site("SUD").id
    with transaction():
        devices.locked(there.id).site_id = far
    upload(("a.json", smartctl(SSD)), device=here)
    upload(("b.json", smartctl(SSD, temperature={"current": 31})), device=there)
    upload(("c.json", smartctl(NVME)), device=here)
    for serial in (SSD, NVME):  # nothing about them is new to either report
        with transaction():
            drive(serial).medium = Medium.SSD
    failed = changed(wiped_again(), ("YLRICO42", "RICOSECOND1"), ("| Erased |", "|-FAILED-|")).encode()
    near, other = make.actor(), replace(make.actor("coordinator"), site_id=far)

    def second() -> None:
        with app.app_context(), suppress(Conflict), transaction():
            report_operations.receive([("later.txt", failed)], other)
        with app.app_context():
            session.remove()

    hand = threading.Thread(target=second)
    with transaction():
        report_operations.receive([("nwipe.txt", text(NEW).encode())], near)
        hand.start()
        hand.join(1)
        assert hand.is_alive()
    hand.join(60)
    known = drive(SSD).id
    told = {wipe.verdict for wipe in drive_queries.attempts_on((known,))[known]}
    assert (Verdict.FAILED in told) is (ends(here)[SSD] is None)
