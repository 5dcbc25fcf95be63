"""A batch does one thing to each device that is scanned in it, says what became of each, and can be taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.statements import counted
from tracker import clock
from tracker.accounts.rules import Actor
from tracker.collection import operations as collections
from tracker.collection.models import Collection
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices import codes, operations
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.errors import NotAllowed, NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.scanning import batch_operations, batch_queries, batch_undo_operations, rules
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import batch_asked, number_of
from tracker.scanning.operations import scan_many
from tracker.scanning.rules import Outcome, Verdict


def opened(by: Actor, **given: Any) -> str:
    name = str(uuid.uuid4())
    with transaction():
        batch_operations.open_batch(batch_asked({"id": name, **given}), by)
    return name


def scanned(batch: str | None, by: Actor, *raw: str, **more: Any) -> list[Verdict]:
    with transaction():
        return scan_many([rules.asked(one, batch=batch, **more) for one in raw], by)


def row(batch: str) -> ScanBatch:
    session.rollback()
    return session.scalars(select(ScanBatch).where(ScanBatch.id == batch)).one()


def stage_of(device: Device) -> Stage:
    session.rollback()
    found = session.get(Device, device.id)
    assert found is not None
    return found.stage


def in_collection(one: Collection) -> Device:
    with transaction():
        return collections.add_device(one, Line(DeviceType.LAPTOP), Action.RECEIVE, make.actor())


def outcomes(verdicts: list[Verdict]) -> list[Outcome]:
    return [one.outcome for one in verdicts]


def undone(batch: str, by: Actor, **more: Any) -> list[Verdict]:
    with transaction():
        return batch_undo_operations.undo(batch_queries.locked(batch, by.site_id), by, **more)


def closed(batch: str, by: Actor, **more: Any) -> None:
    with transaction():
        batch_operations.close(batch_queries.locked(batch, by.site_id), by, **more)


def test_each_scan_of_a_batch_gets_the_batchs_action_and_a_verdict_of_its_own(app: Flask) -> None:
    by, first, second, far = make.actor(), make.device(), make.device(), make.device(Stage.READY)
    batch = opened(by, action="start_wiping")
    verdicts = scanned(batch, by, first.code, second.code, first.code, far.code, "BCDFGHJX")
    assert outcomes(verdicts) == ["done", "done", "already", "refused", "unknown"]
    assert "twice" in str(verdicts[2].sentence)
    assert (stage_of(first), stage_of(far)) == (Stage.WIPING, Stage.READY)
    counts = batch_queries.counts([batch])[batch]
    assert (counts.done, counts.already, counts.refused, counts.unknown) == (2, 1, 1, 1)


def test_every_entry_that_a_batch_makes_says_so_and_the_batch_is_in_the_history_itself(app: Flask) -> None:
    by, device, other = make.actor(), make.device(), make.device()
    batch = opened(by, action="start_wiping")
    scanned(batch, by, device.code)
    scanned(None, by, other.code, action="start_wiping")
    closed(batch, by)
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "start_wiping")).all()
    assert {one.subject_id: one.facts.get("batch") for one in entries} == {device.id: batch, other.id: None}
    own = session.scalars(select(HistoryEntry).where(HistoryEntry.subject_id == number_of(batch))).all()
    assert [one.action for one in own] == ["open_batch", "close_batch"]
    assert all(one.facts["batch"] == batch for one in own)


def test_a_batch_tied_to_a_collection_leaves_devices_of_others_alone(app: Flask) -> None:
    by = make.actor()
    ours, theirs = make.collection(), make.collection()
    mine, strange = in_collection(ours), in_collection(theirs)
    batch = opened(by, action="start_wiping", collection=ours.reference)
    verdicts = scanned(batch, by, mine.code, strange.code)
    assert outcomes(verdicts) == ["done", "other_collection"]
    assert theirs.reference in str(verdicts[1].sentence) and ours.reference in str(verdicts[1].sentence)
    assert stage_of(strange) is Stage.RECEIVED


def test_a_mode_that_is_not_hers_is_refused_at_the_card_and_each_device_is_judged_all_the_same(
    app: Flask,
) -> None:
    volunteer, coordinator, device = make.actor(), make.actor("coordinator"), make.device(Stage.RESERVED)
    with pytest.raises(NotAllowed):
        opened(volunteer, action="release")
    batch = opened(coordinator, action="release")
    assert outcomes(scanned(batch, volunteer, device.code)) == ["refused"]
    assert stage_of(device) is Stage.RESERVED


def test_a_mode_that_needs_an_answer_asks_once_and_keeps_free_text_no_longer_than_it_is_open(
    app: Flask,
) -> None:
    by, device = make.actor("coordinator"), make.device()
    with pytest.raises(RuleBroken, match="asks this once"):
        opened(by, action="lose")
    batch = opened(by, action="lose", values={"reason": "not on its shelf"})
    assert outcomes(scanned(batch, by, device.code)) == ["done"]
    closed(batch, by)
    assert row(batch).values == {}


def test_what_asks_something_for_each_device_is_no_mode(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="for each device"):
        opened(make.actor("coordinator"), action="reserve")


def test_a_batch_that_rested_too_long_is_not_silently_continued(app: Flask) -> None:
    by, first, second, third = make.actor(), make.device(), make.device(), make.device()
    start, phone = clock.now() - timedelta(days=3), str(uuid.uuid4())
    batch = str(uuid.uuid4())
    given = {"id": batch, "action": "start_wiping", "opened_at": start.isoformat()}
    with transaction():
        batch_operations.open_sent([given], phone, by)
    later, much_later = (
        start + timedelta(minutes=10),
        start + timedelta(minutes=25, seconds=1),
    )
    assert outcomes(scanned(batch, by, first.code, client=phone, at=later)) == ["done"]
    (refused,) = scanned(batch, by, second.code, client=phone, at=much_later)
    assert refused.outcome is Outcome.REFUSED and "Continue it" in str(refused.sentence)
    assert stage_of(second) is Stage.RECEIVED
    with transaction():
        batch_operations.open_sent([{**given, "continued_at": much_later.isoformat()}], phone, by)
    assert outcomes(scanned(batch, by, second.code, client=phone, at=much_later)) == ["done"]
    with transaction():  # another phone, by its own clock
        batch_operations.continue_here(batch_queries.locked(batch, by.site_id), by, str(uuid.uuid4()))
    assert outcomes(scanned(batch, by, third.code, client=str(uuid.uuid4()))) == ["done"]


def test_a_batch_does_not_close_while_a_phone_holds_scans_unless_a_coordinator_says_so(app: Flask) -> None:
    by, phone, device = make.actor(), str(uuid.uuid4()), make.device()
    batch = str(uuid.uuid4())
    given = {"id": batch, "action": "start_wiping", "unsent": 2}
    with transaction():
        batch_operations.open_sent([given], phone, by)
    name = make.user().name
    for refused in ({}, {"anyway": True}, {"client": str(uuid.uuid4())}):
        with pytest.raises(RuleBroken, match=rf"2 scans .* Phone of {name}: 2 since \d\d/\d\d \d\d:\d\d\."):
            closed(batch, by, **refused)
    with pytest.raises(RuleBroken, match="5 scans"):
        closed(opened(by, action="start_wiping"), by, unsent=5)
    assert row(batch).closed_at is None
    closed(batch, make.actor("coordinator"), anyway=True)
    told = past.of_subject(Subject.BATCH, number_of(batch))[0]
    assert told.facts["anyway"] and told.facts["left"] == [{"client": phone, "unsent": 2, "by": by.user_id}]
    # What the phone was shown as done comes late, and counts; whoever scans live is told.
    assert outcomes(scanned(batch, by, device.code, client=phone)) == ["done"]
    (live,) = scanned(batch, by, make.device().code)
    assert live.outcome is Outcome.REFUSED and "closed" in str(live.sentence)


def test_a_scan_of_a_batch_that_nobody_knows_does_nothing_and_is_kept(app: Flask) -> None:
    by, device = make.actor(), make.device()
    (verdict,) = scanned(str(uuid.uuid4()), by, device.code, action="start_wiping")
    assert (verdict.outcome, verdict.code) == (Outcome.REFUSED, device.code)
    assert stage_of(device) is Stage.RECEIVED


def test_a_batch_of_another_workshop_is_not_there(app: Flask) -> None:
    batch = opened(make.actor(), action="start_wiping")
    with pytest.raises(NotHere):
        batch_queries.batch(batch, site_id=99)


def test_undoing_a_batch_takes_back_what_is_still_the_last_and_says_what_is_not(app: Flask) -> None:
    by = make.actor()
    devices = [make.device() for _ in range(4)]
    batch = opened(by, action="start_wiping")
    scanned(batch, by, *(one.code for one in devices))
    with transaction():
        operations.perform(
            session.merge(devices[1]), Action.LOSE, make.actor("coordinator"), {"reason": "gone"}
        )
    verdicts = undone(batch, by)
    assert [one.code for one in verdicts] == [one.code for one in devices[::-1]], "the last first"
    left = [one for one in verdicts if one.outcome is not Outcome.DONE]
    assert [one.code for one in left] == [devices[1].code] and "changed" in str(left[0].sentence)
    assert [stage_of(one) for one in devices] == [Stage.RECEIVED, Stage.LOST, Stage.RECEIVED, Stage.RECEIVED]
    assert row(batch).undone_at and row(batch).closed_at
    late = scanned(batch, by, make.device().code, client=str(uuid.uuid4()))
    assert outcomes(late) == ["conflict"], "what was scanned before the undo is not done after it"


def test_after_15_minutes_only_a_coordinator_undoes_a_batch(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, device = make.actor(), make.device()
    batch = opened(by, action="start_wiping")
    scanned(batch, by, device.code)
    now = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert outcomes(undone(batch, by)) == ["refused"]
    assert stage_of(device) is Stage.WIPING
    assert outcomes(undone(batch, make.actor("coordinator"))) == ["done"]
    assert stage_of(device) is Stage.RECEIVED


def test_the_undo_card_takes_back_one_scan_and_the_device_can_be_scanned_again(app: Flask) -> None:
    by, first, second = make.actor(), make.device(), make.device()
    batch = opened(by, action="start_wiping")
    scanned(batch, by, first.code, second.code)
    with transaction():
        verdict = batch_undo_operations.undo_last(batch_queries.locked(batch, by.site_id), by)
    assert (verdict.code, verdict.outcome) == (second.code, Outcome.DONE)
    assert batch_queries.counts([batch])[batch].done == 1
    assert outcomes(scanned(batch, by, second.code, first.code)) == ["done", "already"]


def test_a_batch_puts_devices_in_a_place_and_undoing_it_puts_them_back_where_that_is_known(
    app: Flask,
) -> None:
    by, device, fresh = make.actor(), make.device(), make.device()
    before, shelf = make.location("Avant"), make.location("Etagere")
    scanned(None, by, device.code, values={"location": before.code})
    batch = opened(by, place=codes.shown(shelf.code))
    assert outcomes(scanned(batch, by, device.code, fresh.code)) == ["done", "done"]
    verdicts = {one.code: one for one in undone(batch, by)}
    assert verdicts[device.code].outcome is Outcome.DONE
    assert verdicts[fresh.code].outcome is Outcome.REFUSED and "Nobody had said" in str(
        verdicts[fresh.code].sentence
    )


def test_a_batch_that_moves_and_places_is_undone_in_both(app: Flask) -> None:
    from tracker.stock.queries import place_of

    by, device = make.actor(), make.device()
    before, shelf = make.location("Avant"), make.location("Etagere")
    scanned(None, by, device.code, values={"location": before.code})
    batch = opened(by, action="start_wiping", place=shelf.code)
    scanned(batch, by, device.code)
    assert (stage_of(device), getattr(place_of(device.id), "code", "")) == (Stage.WIPING, shelf.code)
    undone(batch, by)
    assert (stage_of(device), getattr(place_of(device.id), "code", "")) == (Stage.RECEIVED, before.code)


def test_a_batch_costs_each_scan_the_same_however_many_there_are(app: Flask) -> None:
    by = make.actor()

    def cost(count: int) -> int:
        devices = [make.device().code for _ in range(count)]
        batch = opened(by, action="start_wiping")
        with counted() as said:
            verdicts = scanned(batch, by, *devices)
        assert outcomes(verdicts) == ["done"] * count
        return len(said)

    five, forty, seventy_five = cost(5), cost(40), cost(75)
    assert seventy_five - forty == forty - five
    assert (forty - five) % 35 == 0
