"""What a checklist proves and what it refuses, over plain values."""

from __future__ import annotations

import dataclasses

import pytest

from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.rules import DeviceType, Grade
from tracker.errors import Malformed, RuleBroken
from tracker.reconditioning import rules
from tracker.reconditioning.checklists import CHECKLISTS, GROUPS, Line
from tracker.reconditioning.rules import Answer, Checked, ChecklistState

MUST = Line("power", "Starts")
MAY_LACK = Line("camera", "Camera", may_not_apply=True)
OPTIONAL = Line("card_reader", "Card reader", mandatory=False, may_not_apply=True)


def state(*answers: tuple[Line, Answer | None], round_id: int | None = 7) -> ChecklistState:
    return ChecklistState(
        tuple(Checked(line, answer, entry_id=9 if answer else 0) for line, answer in answers), round_id
    )


def test_all_mandatory_points_that_work_are_a_full_test() -> None:
    proof = rules.fully_tested(
        state((MUST, Answer.PASSED), (MAY_LACK, Answer.NOT_APPLICABLE), (OPTIONAL, None))
    )
    assert proof.held
    assert proof.evidence["answers"] == {"power": "passed", "camera": "not_applicable"}


def test_a_mandatory_point_without_an_answer_is_named() -> None:
    proof = rules.fully_tested(state((MUST, Answer.PASSED), (MAY_LACK, None)))
    assert not proof.held
    assert [str(sentence) for sentence in proof.missing] == ["Still to test: Camera."]


def test_a_mandatory_fault_is_named_beside_what_is_left() -> None:
    proof = rules.fully_tested(state((MUST, Answer.FAILED), (MAY_LACK, None)))
    assert [str(sentence).split(".")[0] for sentence in proof.missing] == [
        "Still to test: Camera",
        "Out of order: Starts",
    ]


def test_an_optional_fault_stands_in_nobodys_way_but_is_told() -> None:
    found = state((MUST, Answer.PASSED), (OPTIONAL, Answer.FAILED))
    assert rules.fully_tested(found).held
    assert [one.line.key for one in found.defects] == ["card_reader"]


def test_no_line_at_all_proves_nothing() -> None:
    assert not rules.fully_tested(ChecklistState((), 7)).held
    assert not ChecklistState((), 7).complete


def test_answers_without_a_round_prove_nothing() -> None:
    assert not rules.fully_tested(state((MUST, Answer.PASSED), round_id=None)).held


def test_many_points_are_counted_after_four() -> None:
    texts = [f"Point {number}" for number in range(9)]
    assert str(rules.listed(texts)) == "Point 0 · Point 1 · Point 2 · Point 3 · and 5 more"


@pytest.mark.parametrize(("entry_id", "held"), [(8, False), (9, False), (10, True)])
def test_a_grade_counts_only_after_the_last_test(entry_id: int, held: bool) -> None:
    assert rules.graded(Grade.B, entry_id, state((MUST, Answer.PASSED))).held is held


def test_no_grade_is_refused() -> None:
    assert not rules.graded(None, 0, state((MUST, Answer.PASSED))).held


@pytest.mark.parametrize(
    ("finished_by", "tested_by", "checker", "held"),
    [
        (1, {1}, 2, True),
        (1, {1}, 1, False),
        (1, {1}, None, False),
        (None, {1}, 2, False),
        (None, set(), None, False),
        (1, {2}, 2, False),
        (1, {2, 3}, 3, False),
        (1, {2, 3}, 4, True),
    ],
)
def test_the_second_person_is_known_and_another(
    finished_by: int | None, tested_by: set[int], checker: int | None, held: bool
) -> None:
    assert rules.second_person(finished_by, tested_by, checker).held is held


def test_a_fault_proposes_its_flag_once() -> None:
    lock = dataclasses.replace(MUST, key="lock", flag=Flag.ACCOUNT_LOCKED)
    found = state((MUST, Answer.FAILED), (lock, Answer.FAILED), (OPTIONAL, Answer.FAILED))
    assert found.proposed_flags([]) == (Flag.NEEDS_PART, Flag.ACCOUNT_LOCKED)
    assert found.proposed_flags([Flag.NEEDS_PART]) == (Flag.ACCOUNT_LOCKED,)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "at least one point"),
        ({"warp_drive": Answer.PASSED}, "no point “warp_drive”"),
        ({"power": Answer.NOT_APPLICABLE}, "exists on every device"),
    ],
)
def test_answers_that_do_not_fit_the_checklist_are_refused(answers: dict[str, Answer], says: str) -> None:
    with pytest.raises(Malformed, match=says):
        rules.must_fit([MUST, MAY_LACK], answers)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.RECONDITIONING])
def test_answers_are_given_at_the_bench_alone(stage: Stage) -> None:
    with pytest.raises(RuleBroken):
        rules.must_be_at_the_bench(stage)


@pytest.mark.parametrize(
    ("percent", "letter"), [(100, "A"), (80, "A"), (79, "B"), (60, "B"), (59, "C"), (0, "C")]
)
def test_the_battery_letter_follows_its_written_definition(percent: int, letter: str) -> None:
    assert rules.battery_grade(percent) == letter


@pytest.mark.parametrize("type", list(DeviceType))
def test_each_type_has_a_checklist_whose_keys_are_its_own(type: DeviceType) -> None:
    keys = [line.key for line in CHECKLISTS[type]]
    assert len(keys) == len(set(keys)) >= 10
    assert all(len(key) <= 40 for key in keys)


@pytest.mark.parametrize("type", list(DeviceType))
def test_a_checklist_follows_the_order_of_the_bench(type: DeviceType) -> None:
    groups = [line.group for line in CHECKLISTS[type]]
    assert groups == sorted(groups, key=list(GROUPS).index)


def test_what_the_law_and_the_next_user_need_is_mandatory() -> None:
    for kind, key in [
        (DeviceType.LAPTOP, "keyboard"),
        (DeviceType.LAPTOP, "battery"),
        (DeviceType.LAPTOP, "firmware_lock"),
        (DeviceType.DESKTOP, "drive_smart"),
        (DeviceType.SMARTPHONE, "account_lock"),
        (DeviceType.SMARTPHONE, "imei"),
        (DeviceType.TABLET, "account_lock"),
        (DeviceType.SCREEN, "screen_pixels"),
        (DeviceType.PRINTER, "stored_data"),
    ]:
        line = next(line for line in CHECKLISTS[kind] if line.key == key)
        assert line.mandatory, (kind, key)
    for kind in DeviceType:
        by_key = {line.key: line for line in CHECKLISTS[kind]}
        assert by_key["power"].mandatory and not by_key["power"].may_not_apply
        assert by_key["owner_labels"].mandatory and by_key["cleaning"].mandatory
