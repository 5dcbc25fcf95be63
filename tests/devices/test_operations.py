"""A device moves by the table alone, with its entry in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests import make
from tracker import clock
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices import operations, particulars, queries
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Accessories, AlreadySo, DeviceType, Unproven
from tracker.devices.tags import TagState
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject


def entries(device: Device) -> list[HistoryEntry]:
    return list(past.of_subject(Subject.DEVICE, device.id, newest_first=False))


def test_a_move_writes_its_entry_beside_it(app: Flask) -> None:
    device, by = make.device(Stage.COLLECTED), make.actor()
    with transaction():
        operations.perform(device, Action.RECEIVE, by)
    last = entries(device)[-1]
    assert (device.stage, last.from_stage, last.to_stage) == (Stage.RECEIVED, "collected", "received")
    assert (last.actor_id, last.subject_id) == (by.user_id, device.id)
    assert device.arrived_at is not None


def test_a_refused_move_leaves_no_trace(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    with pytest.raises(RuleBroken), transaction():
        operations.perform(device, Action.START_RECONDITIONING, by)
    assert (device.stage, len(entries(device))) == (Stage.RECEIVED, 1)


def test_a_device_with_an_open_flag_is_not_given(app: Flask) -> None:
    device, by = make.device(Stage.RECONDITIONED), make.actor(Role.QUALITY)
    with transaction():
        particulars.raise_flag(device, Flag.ACCOUNT_LOCKED, by)
    with pytest.raises(Unproven) as refusal, transaction():
        operations.advance(device, Action.PASS_QUALITY_CHECK, by)
    assert any("Account locked" in str(sentence) for sentence in refusal.value.missing)


def test_a_caller_cannot_bring_its_own_proof(app: Flask) -> None:
    device, by = make.device(Stage.WIPING), make.actor()
    with pytest.raises(RuleBroken), transaction():
        operations.advance(
            device, Action.FINISH_WIPING, by, case={"data_gone": True}, facts={"proven": {"data_gone": {}}}
        )
    assert device.stage is Stage.WIPING


def test_an_undo_is_an_entry_of_its_own_and_happens_once(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    with transaction():
        operations.perform(device, Action.START_WIPING, by)
    with transaction():
        operations.perform(device, Action.CORRECT, by)
    assert [entry.action for entry in entries(device)] == ["receive", "start_wiping", "correct"]
    assert device.stage is Stage.RECEIVED
    with pytest.raises(RuleBroken, match="undone already"), transaction():
        operations.perform(device, Action.CORRECT, by)


def test_the_first_entry_cannot_be_undone(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    with pytest.raises(RuleBroken, match="first entry"), transaction():
        operations.perform(device, Action.CORRECT, make.actor(Role.COORDINATOR))


def test_only_its_author_or_a_coordinator_undoes_a_move(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    with transaction():
        operations.perform(device, Action.START_WIPING, make.actor())
    other = make.actor(email="other@example.org")
    with pytest.raises(NotAllowed, match="coordinator"), transaction():
        operations.perform(device, Action.CORRECT, other)
    with transaction():
        operations.perform(device, Action.CORRECT, make.actor(Role.COORDINATOR))
    assert device.stage is Stage.RECEIVED


def test_after_fifteen_minutes_only_a_coordinator_undoes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    with transaction():
        operations.perform(device, Action.START_WIPING, by)
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotAllowed, match="15 minutes"), transaction():
        operations.perform(device, Action.CORRECT, by)


def test_a_restored_stage_must_prove_its_facts_again(app: Flask) -> None:
    device, by = make.device(Stage.READY), make.actor(Role.COORDINATOR)
    with transaction():
        operations.advance(device, Action.REOPEN, by, reason="a key sticks")
    with transaction():
        particulars.raise_flag(device, Flag.NEEDS_PART, by)
    with pytest.raises(Unproven), transaction():
        operations.perform(device, Action.CORRECT, by)
    assert device.stage is Stage.RECONDITIONING


def test_the_same_move_twice_is_already_so(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    with transaction():
        operations.perform(device, Action.START_WIPING, by)
    with pytest.raises(AlreadySo), transaction():
        operations.perform(device, Action.START_WIPING, by)
    assert len(entries(device)) == 2


def test_a_minted_tag_is_bound_once(app: Flask) -> None:
    by = make.actor()
    with transaction():
        code = particulars.mint(Kind.DEVICE, 1, state=TagState.PRINTED)[0].code
    device = make.device(Stage.RECEIVED, by=by, code=code)
    assert (device.code, queries.by_code(code).id) == (code, device.id)
    with pytest.raises(RuleBroken, match="already used"), transaction():
        particulars.register(DeviceType.SCREEN, Action.RECEIVE, by, code=code)


def test_a_replaced_tag_still_leads_to_its_device(app: Flask) -> None:
    device, by = make.device(), make.actor()
    old = device.code
    with transaction():
        fresh = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(device, fresh, by)
    found = queries.resolve(old)
    assert found is not None
    assert found.device is not None
    assert (found.device.id, found.replaced, device.code) == (device.id, True, fresh)


def test_two_records_of_one_device_become_one_and_both_codes_lead_to_it(app: Flask) -> None:
    kept, gone, by = make.device(serial="PF-0AB1"), make.device(serial="pf0ab1"), make.actor()
    assert [twin.id for twin in queries.with_serial(kept.serial, besides=kept.id)] == [gone.id]
    with transaction():
        particulars.merge(kept, gone, by)
    assert queries.by_code(gone.code).id == kept.id
    with pytest.raises(RuleBroken, match="merged into"), transaction():
        operations.perform(gone, Action.START_WIPING, by)
    assert queries.count_by_stage()[Stage.RECEIVED] == 1


def test_an_edit_keeps_the_old_value_and_nothing_is_written_for_no_change(app: Flask) -> None:
    device, by = make.device(model="ProBook 450"), make.actor()
    with transaction():
        assert particulars.edit(device, by, model="ProBook 450") is None
        particulars.edit(device, by, model="ProBook 450 G6", weight_g=1_900)
    assert entries(device)[-1].facts == {"model": ["ProBook 450", "ProBook 450 G6"], "weight_g": [None, 1900]}


@pytest.mark.parametrize("weight_g", [0, -1, 200_001])
def test_an_impossible_weight_is_refused(app: Flask, weight_g: int) -> None:
    with pytest.raises(Malformed, match="weight"), transaction():
        particulars.edit(make.device(), make.system(), weight_g=weight_g)


def test_a_flag_is_raised_once_and_cleared_with_a_word(app: Flask) -> None:
    device, by = make.device(), make.actor(Role.QUALITY)
    with transaction():
        assert particulars.raise_flag(device, Flag.NEEDS_PART, by) is not None
        assert particulars.raise_flag(device, Flag.NEEDS_PART, by) is None
    with pytest.raises(Malformed), transaction():
        particulars.clear_flag_by_hand(device, Flag.NEEDS_PART, by, " ")
    with transaction():
        particulars.clear_flag_by_hand(device, Flag.NEEDS_PART, by, "keyboard changed")
    assert device.flags == []


def test_a_failed_wipe_is_never_cleared_by_hand(app: Flask) -> None:
    device, by = make.device(), make.actor(Role.ADMIN)
    with transaction():
        particulars.raise_flag(device, Flag.WIPE_FAILED, by)
    with pytest.raises(RuleBroken), transaction():
        particulars.clear_flag_by_hand(device, Flag.WIPE_FAILED, by, "it is fine")


def test_accessories_are_rows_that_come_and_go(app: Flask) -> None:
    device, by = make.device(), make.actor()
    with transaction():
        particulars.set_accessories(device, {Accessories.CHARGER, Accessories.BAG}, by)
        particulars.set_accessories(device, {Accessories.CHARGER}, by)
    assert [row.kind for row in device.accessories] == ["charger"]


def test_pages_of_devices_follow_one_another_without_gap_or_double(app: Flask) -> None:
    with transaction():
        made = [make.device().id for _ in range(7)]
    seen: list[int] = []
    cursor = None
    while True:
        page = queries.page(queries.Wanted(), cursor=cursor, limit=3)
        seen += [device.id for device in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize("cursor", ["%%%", "bm9wZQ", "", "eyJhIjoxfQ", "LTE", "é"])
def test_a_damaged_page_link_is_refused_in_words(app: Flask, cursor: str) -> None:
    if cursor:
        with pytest.raises(Malformed, match="first page"):
            queries.page(queries.Wanted(), cursor=cursor)
    else:
        assert queries.page(queries.Wanted(), cursor=cursor).items == []


def test_a_search_finds_by_code_by_serial_and_by_name(app: Flask) -> None:
    device = make.device(manufacturer="HP", model="ProBook 450 G6", serial="5CG-0123-ABC")
    make.device(manufacturer="Dell", model="Latitude", serial="7XK99")
    for text in (device.code, "5cg0123", "probook hp", device.code.lower()):
        found = queries.page(queries.Wanted(text=text)).items
        assert [row.id for row in found] == [device.id], text
    assert queries.page(queries.Wanted(text="100%_x")).items == []
    session.rollback()
