"""Departures under a slip: all or none, joined by number, undone one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import tracker.wiping.queries  # noqa: F401 (proves that data is gone; screens have none)
from tests import make
from tracker import clock
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Unproven
from tracker.errors import Malformed, NotAllowed
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.recycling import operations, queries
from tracker.recycling.models import RecyclingSlip

SLIP = {"slip_number": "B-12", "recycler": "Le Tri"}


def screen(stage: Stage = Stage.WIPED, **values: object) -> Device:
    return make.device(stage, DeviceType.SCREEN, **values)  # type: ignore[arg-type]


def leave(*devices: Device, **values: object) -> RecyclingSlip:
    with transaction():
        return operations.recycle_together(devices, make.actor(Role.COORDINATOR), values or SLIP)


def slips() -> int:
    return session.scalar(select(func.count()).select_from(RecyclingSlip)) or 0


def test_several_devices_leave_under_one_slip(app: Flask) -> None:
    devices = [screen(weight_g=4_000), screen(Stage.PARTS, weight_g=5_500), screen()]
    slip = leave(*devices)
    assert {device.stage for device in devices} == {Stage.RECYCLED}
    assert {queries.slip_of(device) for device in devices} == {slip}
    line = queries.recent_slips()[0]
    assert (line.slip.number, line.devices, line.weight_g, line.weighed) == ("B-12", 3, 9_500, 2)


def test_one_device_that_cannot_leave_keeps_them_all(app: Flask) -> None:
    good, bad = screen(), screen(Stage.ANNOUNCED)
    with pytest.raises(
        Exception, match=f"{bad.code[:4]}-{bad.code[4:]}: “Send to recycling” is not possible"
    ):
        leave(good, bad)
    session.expire_all()
    assert (good.stage, slips()) == (Stage.WIPED, 0)


def test_a_computer_leaves_only_with_its_data_gone(app: Flask) -> None:
    device = make.device(Stage.RECEIVED, DeviceType.LAPTOP)
    with pytest.raises(Unproven) as refusal:
        leave(device)
    assert device.code[:4] in str(refusal.value)
    session.expire_all()
    assert device.stage is Stage.RECEIVED


@pytest.mark.parametrize("values", [{"slip_number": "B-12"}, {"recycler": "Le Tri"}, {"slip_number": " "}])
def test_without_slip_or_reason_nothing_leaves(app: Flask, values: dict[str, str]) -> None:
    device = screen()
    with pytest.raises(Unproven, match="recycler"):
        leave(device, **values)
    session.expire_all()
    assert (device.stage, slips()) == (Stage.WIPED, 0)


def test_the_reason_for_no_slip_stands_in_a_note_that_can_be_erased(app: Flask) -> None:
    device = screen()
    slip = leave(device, reason="left at a collection point")
    entry = past.last_move(Subject.DEVICE, device.id)
    assert entry and past.note_of(entry) == "left at a collection point"
    assert "collection point" not in str(entry.facts)
    assert (slip.number, slip.recycler) == (None, None)


def test_a_later_device_joins_the_slip_of_the_same_number(app: Flask) -> None:
    first = leave(screen())
    again = leave(screen(), slip_number=" b-12 ", recycler="LE TRI")
    other = leave(screen(), slip_number="B-12", recycler="Another")
    assert (first.id == again.id, first.id == other.id, slips()) == (True, False, 2)


def test_departures_without_a_slip_are_not_thrown_together(app: Flask) -> None:
    assert leave(screen(), reason="a").id != leave(screen(), reason="a").id


def test_a_scan_or_the_api_sends_one_device_the_same_way(app: Flask) -> None:
    device = screen()
    with transaction():
        moves.perform(device, Action.RECYCLE, make.actor(Role.COORDINATOR), SLIP)
    slip = queries.slip_of(device)
    assert slip and (slip.number, slip.recycler) == ("B-12", "Le Tri")
    entry = past.last_move(Subject.DEVICE, device.id)
    assert entry and entry.facts["slip_number"] == "B-12"


def test_sending_away_is_for_coordinators(app: Flask) -> None:
    device = screen()
    with pytest.raises(NotAllowed), transaction():
        operations.recycle_together([device], make.actor(Role.VOLUNTEER), SLIP)


def test_a_departure_undone_takes_one_device_off_the_slip(app: Flask) -> None:
    one, other = screen(), screen()
    slip = leave(one, other)
    with transaction():
        moves.perform(one, Action.CORRECT, make.actor(Role.COORDINATOR))
    assert (one.stage, queries.slip_of(one), queries.slip_of(other)) == (Stage.WIPED, None, slip)
    assert queries.recent_slips()[0].devices == 1


def test_a_departure_tomorrow_is_refused(app: Flask) -> None:
    tomorrow = clock.local(clock.now()).date() + timedelta(days=1)
    with pytest.raises(Malformed, match="after today"):
        leave(screen(), **SLIP, left_on=tomorrow)


def test_no_device_at_all_is_no_departure(app: Flask) -> None:
    with pytest.raises(Malformed, match="at least one device"):
        leave()


def test_devices_are_kept_for_parts_all_or_none(app: Flask) -> None:
    good, bad = screen(), make.device(Stage.RECEIVED, DeviceType.LAPTOP)
    with pytest.raises(Unproven), transaction():
        operations.take_for_parts([good, bad], make.actor())
    session.expire_all()
    assert good.stage is Stage.WIPED
    with transaction():
        operations.take_for_parts([good], make.actor())
    assert [device.id for device in queries.for_parts()] == [good.id]
