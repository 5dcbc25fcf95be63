"""Answers, rounds, grades and the second person, on real devices moved by real moves."""

from __future__ import annotations

import pytest
from flask import Flask

import tracker.wiping.queries  # noqa: F401 (proves that data is gone; screens have none)
from tests import make
from tests.reconditioning.places import begun, checker, finished, move, worked_through, worker
from tracker.accounts.rules import Role
from tracker.database import transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Grade, Unproven
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.reconditioning import operations, queries
from tracker.reconditioning.rules import Answer


def answer(device: Device, **answers: Answer) -> None:
    with transaction():
        operations.answer(device, answers, worker())


def actions(device: Device) -> list[str]:
    return [entry.action for entry in past.of_subject(Subject.DEVICE, device.id, newest_first=False)]


def missing(device: Device, action: Action, by: object) -> list[str]:
    refusal = moves.judge(device, action, by)  # type: ignore[arg-type]
    return [str(sentence) for sentence in refusal.missing] if isinstance(refusal, Unproven) else []


@pytest.mark.parametrize("type", list(DeviceType))
def test_each_type_can_be_tested_and_finished(app: Flask, type: DeviceType) -> None:
    device = worked_through(type)
    move(device, Action.FINISH_RECONDITIONING, worker())
    assert device.stage is Stage.RECONDITIONED
    entry = queries.last_entry(device, Action.FINISH_RECONDITIONING)
    assert entry and entry.facts["proven"]["fully_tested"]["answers"]["power"] == "passed"


def test_reconditioning_cannot_finish_while_a_mandatory_point_is_open(app: Flask) -> None:
    device = begun()
    lines = [one.line for one in queries.checklist(device).lines]
    answer(device, **{line.key: Answer.PASSED for line in lines if line.key != "keyboard"})
    with pytest.raises(Unproven, match="Still to test: Keyboard, key by key"):
        move(device, Action.FINISH_RECONDITIONING, worker())
    assert devices.by_code(device.code).stage is Stage.RECONDITIONING
    answer(device, keyboard=Answer.PASSED)
    move(device, Action.FINISH_RECONDITIONING, worker())


def test_optional_points_may_stay_open(app: Flask) -> None:
    device = begun()
    must = [one.line for one in queries.checklist(device).lines if one.line.mandatory]
    answer(device, **{line.key: Answer.PASSED for line in must})
    assert queries.checklist(device).unanswered and not queries.checklist(device).left
    move(device, Action.FINISH_RECONDITIONING, worker())


def test_a_mandatory_fault_stops_the_device_until_it_is_answered_anew(app: Flask) -> None:
    device = worked_through()
    answer(device, speakers=Answer.FAILED)
    with pytest.raises(Unproven, match="Out of order: Speakers"):
        move(device, Action.FINISH_RECONDITIONING, worker())
    answer(device, speakers=Answer.PASSED)
    move(device, Action.FINISH_RECONDITIONING, worker())


def test_answers_are_events_and_the_latest_counts(app: Flask) -> None:
    device = begun()
    answer(device, power=Answer.FAILED)
    with transaction():
        operations.answer(device, {"power": Answer.PASSED}, checker())
    one = next(one for one in queries.checklist(device).lines if one.line.key == "power")
    assert (one.answer, one.by) == (Answer.PASSED, checker().user_id)
    checks = [entry for entry in past.of_subject(Subject.DEVICE, device.id) if entry.action == "check"]
    assert [entry.facts["answers"] for entry in checks] == [{"power": "passed"}, {"power": "failed"}]


def test_the_same_answer_of_the_same_person_is_written_once(app: Flask) -> None:
    device = begun()
    answer(device, power=Answer.PASSED)
    answer(device, power=Answer.PASSED)
    assert actions(device).count("check") == 1
    with transaction():
        operations.answer(device, {"power": Answer.PASSED}, checker())
    assert actions(device).count("check") == 2


def test_a_refused_answer_leaves_no_trace_of_the_others(app: Flask) -> None:
    device = begun()
    with pytest.raises(Malformed, match="no point “nonsense”"):
        answer(device, power=Answer.PASSED, nonsense=Answer.PASSED)
    with pytest.raises(Malformed, match="exists on every device"):
        answer(device, speakers=Answer.PASSED, power=Answer.NOT_APPLICABLE)
    assert not queries.checklist(device).answered


def test_answers_before_the_start_are_refused_with_what_to_do(app: Flask) -> None:
    device = make.device(Stage.WIPED)
    with pytest.raises(RuleBroken, match="Start the reconditioning"):
        answer(device, power=Answer.PASSED)


def test_an_association_answers_nothing(app: Flask) -> None:
    device = begun()
    with pytest.raises(NotAllowed), transaction():
        operations.answer(device, {"power": Answer.PASSED}, make.actor(Role.ASSOCIATION))


def test_all_passed_keeps_what_the_device_has_not(app: Flask) -> None:
    device = begun()
    answer(device, camera=Answer.NOT_APPLICABLE, speakers=Answer.FAILED)
    with transaction():
        state = operations.answer_all(device, Answer.PASSED, worker())
    assert state.complete
    assert (state.answer_of("camera"), state.answer_of("speakers")) == (Answer.NOT_APPLICABLE, Answer.PASSED)


def test_the_rest_passes_without_hiding_a_fault(app: Flask) -> None:
    device = begun()
    answer(device, speakers=Answer.FAILED)
    with transaction():
        state = operations.answer_the_rest(device, Answer.PASSED, worker())
    assert [one.line.key for one in state.failed] == ["speakers"]
    assert not state.unanswered


def test_a_device_wiped_again_is_tested_anew(app: Flask) -> None:
    device = finished()
    assert device.grade is Grade.B
    move(device, Action.WIPE_AGAIN, worker(), reason="a second drive was found")
    place(device, Stage.WIPED)
    move(device, Action.START_RECONDITIONING, worker())
    assert not queries.checklist(device).answered
    assert (device.grade, queries.grading(device)) == (None, None)


def test_undoing_wipe_again_gives_the_answers_back(app: Flask) -> None:
    device = worked_through()
    move(device, Action.WIPE_AGAIN, worker(), reason="wrong device")
    place(device, Stage.RECONDITIONING, action="correct")
    assert queries.checklist(device).complete


def place(device: Device, stage: Stage, action: str = "placed_by_test") -> None:
    """Where a move of another domain would bring it."""
    from tracker.database import session
    from tracker.history import operations as history

    with transaction():
        history.append(
            subject=(Subject.DEVICE, device.id),
            action=action,
            by=make.system(),
            site_id=device.site_id,
            from_stage=device.stage.value,
            to_stage=stage.value,
        )
        device.stage = stage
        session.flush()


def test_a_device_sent_back_keeps_its_answers_save_what_failed(app: Flask) -> None:
    device = finished()
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="no sound on the left", lines=["speakers"])
    state = queries.checklist(device)
    assert device.stage is Stage.RECONDITIONING
    assert [one.line.key for one in state.lines if one.blocks] == ["speakers"]
    assert next(one for one in state.failed).by == checker().user_id
    with pytest.raises(Unproven, match="Speakers"):
        move(device, Action.FINISH_RECONDITIONING, worker())


def test_sending_back_needs_a_reason(app: Flask) -> None:
    device = finished()
    with pytest.raises(RuleBroken, match="needs a reason"):
        move(device, Action.FAIL_QUALITY_CHECK, checker(), lines=["speakers"])
    assert queries.checklist(device).complete


def test_a_sending_back_is_not_undone_once_something_was_tested(app: Flask) -> None:
    device = finished()
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="mixed up", lines="speakers, camera")
    assert len(queries.checklist(device).failed) == 2
    answer(device, speakers=Answer.PASSED)
    with pytest.raises(RuleBroken, match="tested or graded since"):
        move(device, Action.CORRECT, checker())
    assert [one.line.key for one in queries.checklist(device).failed] == ["camera"]


def test_the_quality_check_lacks_a_grade_given_before_the_last_test(app: Flask) -> None:
    device = worked_through()
    with transaction():
        operations.grade(device, Grade.A, worker())
    answer(device, camera=Answer.NOT_APPLICABLE)
    move(device, Action.FINISH_RECONDITIONING, worker())
    assert any(
        "grade the device again" in text for text in missing(device, Action.PASS_QUALITY_CHECK, checker())
    )
    with transaction():
        operations.grade(device, Grade.A, checker())
    assert not any("grade" in text for text in missing(device, Action.PASS_QUALITY_CHECK, checker()))


def test_a_grade_keeps_its_parts_and_the_battery_is_a_measure(app: Flask) -> None:
    device = worked_through()
    with transaction():
        given = operations.grade(
            device, Grade.B, worker(), battery=62, screen=Grade.A, casing=Grade.C, note="a worn space bar"
        )
    assert (given.battery, given.battery_percent, given.screen, given.casing) == (
        Grade.B,
        62,
        Grade.A,
        Grade.C,
    )
    assert (device.grade, device.specification["battery_percent"]) == (Grade.B, 62)
    assert queries.note_of(given.entry_id) == "a worn space bar"
    entry = next(entry for entry in past.of_subject(Subject.DEVICE, device.id) if entry.action == "grade")
    assert entry.facts == {"grade": "B", "battery": "B", "battery_percent": 62, "screen": "A", "casing": "C"}


def test_the_same_grade_sent_twice_is_one(app: Flask) -> None:
    device = worked_through()
    for _ in range(2):
        with transaction():
            operations.grade(device, Grade.B, worker(), screen=Grade.B)
    assert actions(device).count("grade") == 1


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_battery_beyond_its_capacity_is_refused(app: Flask, percent: int) -> None:
    device = worked_through()
    with pytest.raises(Malformed, match="0 to 100"), transaction():
        operations.grade(device, Grade.A, worker(), battery=percent)
    assert device.grade is None


def test_a_device_is_graded_at_the_bench_or_at_the_check_alone(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    with pytest.raises(RuleBroken, match="graded while being reconditioned"), transaction():
        operations.grade(device, Grade.A, worker())


@pytest.mark.parametrize("role", [Role.QUALITY, Role.COORDINATOR, Role.ADMIN])
def test_nobody_checks_what_she_finished_herself(app: Flask, role: Role) -> None:
    person = make.actor(role, f"both-{role}@example.org")
    device = worked_through(DeviceType.SCREEN)
    with transaction():
        operations.grade(device, Grade.B, person)
    move(device, Action.FINISH_RECONDITIONING, person)
    assert any("yourself" in text for text in missing(device, Action.PASS_QUALITY_CHECK, person))
    assert not any("yourself" in text for text in missing(device, Action.PASS_QUALITY_CHECK, checker()))


def test_a_command_is_no_second_person(app: Flask) -> None:
    device = finished()
    assert any("a person’s" in text for text in missing(device, Action.PASS_QUALITY_CHECK, make.system()))


def test_what_a_command_finished_has_no_first_person(app: Flask) -> None:
    device = worked_through()
    move(device, Action.FINISH_RECONDITIONING, make.system())
    assert any(
        "No person is on record" in text for text in missing(device, Action.PASS_QUALITY_CHECK, checker())
    )


def test_a_fault_proposes_a_flag_and_raises_none(app: Flask) -> None:
    device = worked_through()
    answer(device, firmware_lock=Answer.FAILED, speakers=Answer.FAILED)
    assert not devices.by_code(device.code).flags
    assert queries.checklist(device).proposed_flags([]) == (Flag.ACCOUNT_LOCKED, Flag.NEEDS_PART)


def test_a_page_of_devices_has_each_its_own_answers(app: Flask) -> None:
    one, other, none = begun(), begun(DeviceType.SCREEN), make.device(Stage.WIPED)
    answer(one, power=Answer.PASSED)
    states = queries.checklists([one, other, none])
    assert [len(states[device.id].answered) for device in (one, other, none)] == [1, 0, 0]
    assert states[none.id].round_id is None


def test_a_second_person_makes_the_device_ready(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.PASS_QUALITY_CHECK, checker())
    assert device.stage is Stage.READY
    entry = queries.last_entry(device, Action.PASS_QUALITY_CHECK)
    assert entry and entry.facts["proven"]["second_person"] == {"finished_by": worker().user_id}
    assert entry.facts["proven"]["graded"] == {"grade": "B"}


def test_the_last_to_finish_is_the_one_who_may_not_check(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="dust on the stand")
    move(device, Action.FINISH_RECONDITIONING, checker())
    with pytest.raises(Unproven, match="yourself"):
        move(device, Action.PASS_QUALITY_CHECK, checker())
    move(device, Action.PASS_QUALITY_CHECK, make.actor(Role.COORDINATOR))


def test_who_tested_does_not_check_what_another_finished(app: Flask) -> None:
    """A tests, B presses “finish”, A checks: that would be one pair of eyes."""
    tester = checker()
    device = begun(DeviceType.SCREEN)
    with transaction():
        operations.answer_all(device, Answer.PASSED, tester)
        operations.grade(device, Grade.B, worker())
    move(device, Action.FINISH_RECONDITIONING, worker())
    with pytest.raises(Unproven, match="You tested points of this device yourself"):
        move(device, Action.PASS_QUALITY_CHECK, tester)
    move(device, Action.PASS_QUALITY_CHECK, make.actor(Role.COORDINATOR))


def test_a_finish_undone_and_done_again_by_another_makes_no_second_person(app: Flask) -> None:
    tester, coordinator = checker(), make.actor(Role.COORDINATOR)
    device = begun(DeviceType.SCREEN)
    with transaction():
        operations.answer_all(device, Answer.PASSED, tester)
        operations.grade(device, Grade.B, tester)
    move(device, Action.FINISH_RECONDITIONING, tester)
    move(device, Action.CORRECT, coordinator)
    move(device, Action.FINISH_RECONDITIONING, coordinator)
    for one in (tester, coordinator):
        with pytest.raises(Unproven, match="yourself"):
            move(device, Action.PASS_QUALITY_CHECK, one)


def test_moves_back_and_undone_leave_the_finisher_who_she_is(app: Flask) -> None:
    """Neither a check undone nor a sending back undone makes another the one who finished."""
    tester = checker()
    device = begun(DeviceType.SCREEN)
    with transaction():
        operations.answer_all(device, Answer.PASSED, worker())
        operations.grade(device, Grade.B, worker())
    move(device, Action.FINISH_RECONDITIONING, tester)
    move(device, Action.PASS_QUALITY_CHECK, make.actor(Role.COORDINATOR))
    move(device, Action.CORRECT, make.actor(Role.COORDINATOR))
    move(device, Action.FAIL_QUALITY_CHECK, worker(), reason="mixed up")
    move(device, Action.CORRECT, worker())
    with pytest.raises(Unproven, match="finished this device yourself"):
        move(device, Action.PASS_QUALITY_CHECK, tester)


def test_who_found_the_fault_may_check_once_another_has_mended_and_tested(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="loose", lines=["stand"])
    answer(device, stand=Answer.PASSED)
    with transaction():
        operations.grade(device, Grade.B, worker())
    move(device, Action.FINISH_RECONDITIONING, worker())
    move(device, Action.PASS_QUALITY_CHECK, checker())
    assert device.stage is Stage.READY


def test_a_sending_back_undone_takes_its_faults_with_it(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="mixed up", lines=["stand", "buttons"])
    move(device, Action.CORRECT, checker())
    assert (device.stage, queries.checklist(device).failed) == (Stage.RECONDITIONED, ())
    move(device, Action.PASS_QUALITY_CHECK, checker())


def test_a_reopened_device_is_not_ready_again_by_an_undo_over_a_fault(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.PASS_QUALITY_CHECK, checker())
    move(device, Action.REOPEN, worker(), reason="it flickers")
    answer(device, screen_backlight=Answer.FAILED)
    with transaction():
        operations.grade(device, Grade.C, worker())
    with pytest.raises(RuleBroken, match="tested or graded since"):
        move(device, Action.CORRECT, worker())
    assert device.stage is Stage.RECONDITIONING


def test_a_refused_undo_leaves_the_faults_in_place(app: Flask) -> None:
    device = finished(DeviceType.SCREEN)
    move(device, Action.FAIL_QUALITY_CHECK, checker(), reason="mixed up", lines=["stand"])
    with transaction(), pytest.raises(NotAllowed):
        moves.perform(device, Action.CORRECT, worker(), {})
    assert [one.line.key for one in queries.checklist(device).failed] == ["stand"]
