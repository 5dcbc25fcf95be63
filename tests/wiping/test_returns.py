"""A device that comes back from its user holds that user's data: only a wipe made since then counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import NVME, SSD, ends, is_gone, move, upload
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_certificates import valid, wiped
from tests.wiping.test_report_operations import smartctl
from tracker import clock
from tracker.database import session, transaction
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.wiping.rules import Verdict

BACK = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
SENT = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)


def came_back(at: datetime = BACK) -> Device:
    """A device that was wiped and certified in September, delivered, and taken back at that moment."""
    device = wiped()
    assert valid(device) is not None
    with transaction():
        session.get_one(Device, device.id).stage = Stage.DELIVERED
    with clock.at(at):
        move(device, Action.TAKE_BACK, reason="its user has another one")
    session.expire_all()
    assert device.stage is Stage.RECEIVED and not is_gone(device)
    return device


def run_of(year: int, month: int, day: int) -> str:
    """The log of the newest fixture as a stick with that day on its clock writes it; it ends at 10:20."""
    return changed(text(NEW), ("2026/09/06", f"{year}/{month:02d}/{day:02d}"))


def test_the_old_certificate_covers_it_no_more_and_it_cannot_leave_as_wiped(app: Flask) -> None:
    device = came_back()
    assert valid(device) is None and ends(device) == {SSD: None, NVME: None}
    with pytest.raises(Unproven):
        move(device, Action.FINISH_WIPING, make.actor())


def test_a_wipe_made_since_counts_and_is_certified_anew(app: Flask) -> None:
    device = came_back()
    with clock.at(SENT):
        (one,) = upload(("again.txt", run_of(2026, 10, 2)))
        assert {line.verdict.verdict for line in one.drives} == {Verdict.WIPED}
        move(device, Action.FINISH_WIPING, make.actor())
    number = valid(device)
    assert number is not None and number.endswith("-00002")


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (text(NEW) + "\n", "before the device arrived"),  # the old log, copied or appended to
        (run_of(2026, 9, 30), "before the device arrived"),
        (run_of(2012, 1, 1), "before the device arrived"),  # a flat battery
        (run_of(2026, 10, 4), "had not come when it was sent"),
        (run_of(2036, 1, 1), "had not come when it was sent"),  # a clock that runs ahead may hide an old wipe
    ],
)
def test_what_a_wrong_clock_may_hide_goes_to_a_person(app: Flask, log: str, why: str) -> None:
    device = came_back()
    with clock.at(SENT):
        (one,) = upload(("again.txt", log))
    assert {line.verdict.verdict for line in one.drives} == {Verdict.REVIEW}
    assert why in str(one.drives[0].verdict.reasons[0])
    assert not is_gone(device) and valid(device) is None
    with pytest.raises(Unproven):
        move(device, Action.FINISH_WIPING, make.actor())


@pytest.mark.parametrize("sent_at", [datetime(2026, 10, 2, 8, 21, tzinfo=UTC), datetime(2026, 10, 1, 21, 30, tzinfo=UTC)])  # fmt: skip
def test_a_clock_of_another_zone_is_not_taken_for_one_that_is_wrong(app: Flask, sent_at: datetime) -> None:
    """10:20 on the stick is 08:20 UTC in Paris' summer, and 21:20 UTC of the day before in Auckland's."""
    device = came_back()
    with clock.at(sent_at):
        upload(("again.txt", run_of(2026, 10, 2)))
    assert is_gone(device)


def test_an_old_run_in_a_log_that_was_appended_to_since_does_not_count_and_the_new_one_does(
    app: Flask,
) -> None:
    device = came_back()
    new = changed(run_of(2026, 10, 2), ("sda | Erased |", "sda |-FAILED-|"))
    with clock.at(SENT):
        upload(("again.txt", text(NEW) + "\n" + new))
    assert ends(device) == {SSD: None, NVME: "wiped"}


def test_a_drive_put_in_meanwhile_has_to_be_accounted_for_too(app: Flask) -> None:
    device = came_back()
    with clock.at(SENT):
        upload(("again.txt", run_of(2026, 10, 2)))
        upload(("smart.json", smartctl("PUTIN00001")), device=device)
    assert not is_gone(device) and ends(device)["PUTIN00001"] is None


def test_what_was_declared_before_it_came_back_says_nothing_of_today(app: Flask) -> None:
    from tests.wiping.arrivals import arrived
    from tests.wiping.test_declaration_operations import declare
    from tracker.wiping.rules import DeclarationKind

    device = arrived(serial=None)
    declare(device, DeclarationKind.NO_STORAGE)
    assert is_gone(device)
    with transaction():
        session.get_one(Device, device.id).stage = Stage.DELIVERED
    move(device, Action.TAKE_BACK, reason="its user has another one")
    assert not is_gone(device)
