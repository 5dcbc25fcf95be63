"""Figures follow the journal: what was undone does not count, what came back does not either."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from tests import make
from tracker import clock
from tracker.accounts.rules import Role
from tracker.database import transaction
from tracker.devices import operations, particulars
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.reports.flow_queries import cohorts, delivered_by_type, flows, stays
from tracker.reports.move_queries import Filters

YEAR = Filters(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.WORKSHOP_ZONE)


def arrive(at: str, **values: object) -> Device:
    with clock.at(moment(at)):
        return make.device(Stage.RECEIVED, DeviceType.SCREEN, **values)  # type: ignore[arg-type]


def move(device: Device, action: Action, at: str, reason: str | None = None) -> None:
    with clock.at(moment(at)), transaction():
        operations.advance(device, action, make.system(), reason=reason)


def place(device: Device, stage: Stage, at: str, action: str) -> None:
    """Write a move as the journal would hold it, for stages whose proofs are not this test's subject."""
    from tracker.history import operations as history
    from tracker.history.rules import Subject

    with clock.at(moment(at)), transaction():
        before = device.stage
        dwell = int((clock.now() - device.stage_since).total_seconds())
        device.stage, device.stage_since = stage, clock.now()
        history.append(
            subject=(Subject.DEVICE, device.id),
            action=action,
            by=make.system(),
            from_stage=before.value,
            to_stage=stage.value,
            dwell_s=dwell,
        )


def test_a_device_counts_once_on_the_day_it_first_came(app: Flask) -> None:
    device = arrive("2026-03-31T23:30")  # 21:30 in Greenwich: still March in France
    move(device, Action.LOSE, "2026-04-02T10:00", "not on the shelf")
    move(device, Action.FIND, "2026-04-03T10:00", "behind the door")
    found = flows(YEAR)
    assert found["2026-03"]["collected"].count == 1
    assert found["2026-04"]["collected"].count == 0


@pytest.mark.parametrize(
    ("last_minute", "month"), [("2026-03-31T23:59", "2026-03"), ("2026-04-01T00:00", "2026-04")]
)
def test_months_end_at_midnight_in_france(app: Flask, last_minute: str, month: str) -> None:
    arrive(last_minute)
    assert [label for label, kinds in flows(YEAR).items() if kinds["collected"].count] == [month]


def test_a_handover_back_within_thirty_days_does_not_count_and_a_later_one_does(app: Flask) -> None:
    early, late = arrive("2026-01-10T09:00"), arrive("2026-01-10T09:00")
    for device in (early, late):
        place(device, Stage.DELIVERED, "2026-02-01T09:00", "deliver")
    move(early, Action.TAKE_BACK, "2026-03-02T09:00", "too slow")
    move(late, Action.TAKE_BACK, "2026-03-05T09:00", "too slow")
    assert flows(YEAR)["2026-02"]["delivered"].count == 1
    assert delivered_by_type(YEAR) == {DeviceType.SCREEN: 1}


def test_a_move_that_was_undone_is_in_no_figure(app: Flask) -> None:
    device = arrive("2026-01-10T09:00")
    by = make.actor(Role.COORDINATOR)
    with clock.at(moment("2026-02-01T09:00")), transaction():
        operations.advance(device, Action.LOSE, by, reason="misread")
    with clock.at(moment("2026-02-01T09:05")), transaction():
        operations.correct(device, by)
    assert cohorts(YEAR)["2026-01"].lost == 0
    assert cohorts(YEAR)["2026-01"].open == 1
    assert stays(YEAR)[Stage.RECEIVED].left == 0


def test_a_record_merged_away_is_no_device(app: Flask) -> None:
    kept, gone = arrive("2026-01-10T09:00", serial="PF0AB1C"), arrive("2026-01-11T09:00", serial="PF0AB1C")
    with transaction():
        particulars.merge(kept, gone, make.system())
    assert flows(YEAR)["2026-01"]["collected"].count == 1
    assert cohorts(YEAR)["2026-01"].received == 1


def test_a_weight_not_measured_is_the_types_usual_one_and_says_so(app: Flask) -> None:
    arrive("2026-01-10T09:00", weight_g=4_000)
    arrive("2026-01-10T09:00")
    flow = flows(YEAR)["2026-01"]["collected"]
    assert (flow.count, flow.weighed, flow.weight_g) == (2, 1, 9_000)


def test_times_are_interpolated_from_the_dwell_of_each_move_and_hidden_under_five(app: Flask) -> None:
    for days in (1, 2, 3, 4):
        device = arrive("2026-01-01T09:00")
        place(device, Stage.WIPED, f"2026-01-0{1 + days}T09:00", "finish_wiping")
    assert stays(YEAR)[Stage.RECEIVED].median_days is None
    place(arrive("2026-01-01T09:00"), Stage.WIPED, "2026-01-11T09:00", "finish_wiping")
    stay = stays(YEAR)[Stage.RECEIVED]
    assert (stay.left, stay.median_days) == (5, 3)
    assert stay.p90_days == pytest.approx(7.6)


def test_filters_leave_out_the_rest(app: Flask) -> None:
    arrive("2026-01-10T09:00")
    only_laptops = Filters(YEAR.since, YEAR.until, type=DeviceType.LAPTOP)
    before = Filters(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    assert sum(kinds["collected"].count for kinds in flows(only_laptops).values()) == 0
    assert sum(kinds["collected"].count for kinds in flows(before).values()) == 0
