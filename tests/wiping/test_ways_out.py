"""Round about ways by which somebody's data could leave: a return, a merge, an undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import BEFORE_THE_LOGS, NVME, SSD, arrived, ends, is_gone, move, upload
from tests.wiping.reports import NEW, text
from tests.wiping.test_report_operations import smartctl
from tracker import clock
from tracker.collection.models import Intake
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import RuleBroken
from tracker.wiping import declaration_operations
from tracker.wiping.rules import DeclarationKind

TO_DONOR = {"taken_as": "donor", "taken_by": "Claire Moreau"}


def given(device: Device) -> None:
    """The device came with a donor's collection."""
    with transaction():
        session.add(Intake(device_id=device.id, collection_id=make.collection().id, position=1))


def came_back() -> Device:
    """A device that was with a beneficiary, and is here again."""
    device = make.ready(in_collection=make.collection())
    make.handover(make.request(), device)
    move(device, Action.TAKE_BACK, reason="broken key")
    return device


def stage_of(device: Device) -> Stage:
    session.expire_all()
    return session.get_one(Device, device.id).stage


def test_what_was_with_a_beneficiary_does_not_go_back_to_the_donor_unwiped(app: Flask) -> None:
    device = came_back()
    with pytest.raises(Unproven, match="in the hands of a beneficiary"):
        move(device, Action.GIVE_BACK, **TO_DONOR)
    assert stage_of(device) is Stage.RECEIVED
    with transaction():
        here = devices.locked(device.id)
        declaration_operations.declare(here, DeclarationKind.NO_STORAGE, make.actor(), "looked inside")
    move(device, Action.GIVE_BACK, **TO_DONOR)
    assert stage_of(device) is Stage.DECLINED


def test_a_drive_of_another_device_does_not_go_to_this_ones_donor(app: Flask) -> None:
    owner, other = arrived(serial=None), arrived(serial=None)
    given(other)
    upload(("own.json", smartctl("OWNDRIVE01")), device=other)
    upload(("a.json", smartctl(SSD)), device=owner)
    upload(("b.json", smartctl(SSD, model="the same, put in here")), device=other)
    with pytest.raises(Unproven, match="was in another device before"):
        move(other, Action.GIVE_BACK, **TO_DONOR)
    with transaction():
        here = devices.locked(other.id)
        declaration_operations.declare(here, DeclarationKind.REMOVED, make.actor(), "out again", serial=SSD)
    move(other, Action.GIVE_BACK, **TO_DONOR)


def test_a_device_as_its_donor_gave_it_goes_back_to_him(app: Flask) -> None:
    device = arrived(serial=None)
    given(device)
    upload(("own.json", smartctl("OWNDRIVE01")), device=device)
    move(device, Action.GIVE_BACK, **TO_DONOR)
    assert stage_of(device) is Stage.DECLINED


def test_what_was_missing_for_longer_is_found_not_undone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever had it meanwhile may have used it: the old proof says nothing of that."""
    device = make.ready()
    move(device, Action.LOSE, reason="not on its shelf")
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(RuleBroken, match="Record that it was found again"):
        move(device, Action.CORRECT)
    assert stage_of(device) is Stage.LOST
    move(device, Action.FIND, reason="in the other room")
    assert not is_gone(device)


def test_a_slip_of_the_finger_is_undone_at_once(app: Flask) -> None:
    device = make.ready()
    move(device, Action.LOSE, reason="the wrong label")
    move(device, Action.CORRECT)
    assert stage_of(device) is Stage.READY


def merge(kept: Device, gone: Device) -> None:
    with transaction():
        particulars.merge(devices.locked(kept.id), devices.locked(gone.id), make.actor("coordinator"))


def wiped_and_came_in_again(action: Action = Action.FIND) -> Device:
    device = arrived()
    upload((NEW, text(NEW)))
    assert is_gone(device)
    move(device, Action.LOSE, reason="not on its shelf")
    move(device, action, reason="in the other room")
    assert ends(device) == {SSD: None, NVME: None}
    return device


def test_a_merge_does_not_let_a_wipe_count_from_before_the_device_came_in_again(app: Flask) -> None:
    back, old = wiped_and_came_in_again(), arrived(serial=None, at=BEFORE_THE_LOGS)
    merge(old, back)
    assert ends(old) == {SSD: None, NVME: None}
    assert not is_gone(old)


def test_nor_do_two_merges(app: Flask) -> None:
    back, first, second = wiped_and_came_in_again(), arrived(serial=None), arrived(serial=None)
    merge(first, back)
    merge(second, first)
    assert ends(second) == {SSD: None, NVME: None}


@pytest.mark.parametrize("stage", ["announced", "collected"])
def test_what_came_back_is_not_merged_into_a_record_that_could_be_declined(app: Flask, stage: str) -> None:
    back, fresh = came_back(), make.device(stage)
    with pytest.raises(RuleBroken, match="Keep that record"):
        merge(fresh, back)
    merge(back, fresh)
    values: dict[str, Any] = TO_DONOR
    with pytest.raises(Unproven):
        move(back, Action.GIVE_BACK, **values)


def test_a_giving_back_sees_the_returns_of_every_record_that_is_one_now(app: Flask) -> None:
    back, kept = came_back(), make.device()
    given(kept)
    merge(kept, back)
    with pytest.raises(Unproven, match="in the hands of a beneficiary"):
        move(kept, Action.GIVE_BACK, **TO_DONOR)


def test_a_record_made_twice_on_the_same_day_keeps_its_wipe(app: Flask) -> None:
    kept, twice = arrived(), make.device()
    upload((NEW, text(NEW)))
    merge(kept, twice)
    assert is_gone(kept)
