"""The table says the law; these sentences read it back."""

from __future__ import annotations

import pytest

from tracker.accounts.rules import Actor, Role
from tracker.devices import rules
from tracker.devices.diagram import mermaid
from tracker.devices.lifecycle import (
    EXITS,
    IN_THE_WORKSHOP,
    MAIN_LINE,
    MOVES,
    STAGES,
    Action,
    Fact,
    Stage,
    facts_of,
    moves_from,
    next_move,
)
from tracker.errors import NotAllowed, RuleBroken

VOLUNTEER = Actor(role=Role.VOLUNTEER, user_id=1)


def test_every_action_but_the_correction_is_in_the_table() -> None:
    assert set(MOVES) == set(Action) - {Action.CORRECT}


def test_every_stage_has_a_sign_and_can_be_reached() -> None:
    assert set(STAGES) == set(Stage)
    assert {move.target for move in MOVES.values()} == set(Stage)


@pytest.mark.parametrize("stage", [stage for stage in MAIN_LINE if stage is not Stage.DELIVERED])
def test_every_open_stage_has_a_next_step_on_the_way(stage: Stage) -> None:
    move = next_move(stage)
    assert move is not None
    assert MAIN_LINE.index(move.target) > MAIN_LINE.index(stage)


def test_nothing_leaves_the_workshop_without_proof_that_its_data_is_gone() -> None:
    for move in MOVES.values():
        if move.target in (Stage.DELIVERED, Stage.PARTS, Stage.RECYCLED, Stage.READY, Stage.WIPED):
            if move.action is Action.RELEASE:
                continue  # it was ready before, which demanded the proof
            assert Fact.DATA_GONE in move.facts, move.action


def test_only_a_giving_back_to_its_own_donor_leaves_with_data() -> None:
    leaving = [m for m in MOVES.values() if m.target in EXITS and Fact.DATA_GONE not in m.facts]
    assert {move.action for move in leaving} == {Action.DECLINE, Action.GIVE_BACK, Action.LOSE}
    assert MOVES[Action.GIVE_BACK].facts == {Fact.RETURNED_TO_DONOR, Fact.NO_STRANGERS_DATA}


def test_the_stages_of_the_workshop_are_those_from_received_to_ready() -> None:
    assert [stage.value for stage in IN_THE_WORKSHOP] == [
        "received",
        "wiping",
        "wiped",
        "reconditioning",
        "reconditioned",
        "ready",
    ]


def test_a_restored_stage_proves_again_what_it_stands_for() -> None:
    assert facts_of(Stage.RECEIVED) == frozenset()
    assert Fact.DATA_GONE in facts_of(Stage.READY)
    assert Fact.FITS_REQUEST in facts_of(Stage.RESERVED)
    assert Fact.SECOND_PERSON not in facts_of(Stage.READY)


def test_a_move_from_the_wrong_stage_names_the_next_step() -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.must_start_from(MOVES[Action.START_RECONDITIONING], Stage.RECEIVED)
    assert "Start wiping" in str(refusal.value)


def test_a_move_made_already_is_already_so() -> None:
    with pytest.raises(rules.AlreadySo):
        rules.must_start_from(MOVES[Action.RECEIVE], Stage.RECEIVED)


def test_a_volunteer_does_not_reserve() -> None:
    with pytest.raises(NotAllowed, match="Coordinator"):
        rules.must_be_allowed(MOVES[Action.RESERVE], VOLUNTEER)


def test_an_association_moves_nothing() -> None:
    outsider = Actor(role=Role.ASSOCIATION, user_id=2, association_id=1)
    for move in MOVES.values():
        with pytest.raises(NotAllowed):
            rules.must_be_allowed(move, outsider)


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_move_that_needs_a_reason_refuses_white_space(reason: str | None) -> None:
    with pytest.raises(RuleBroken, match="reason"):
        rules.must_have_reason(MOVES[Action.LOSE], reason)


def test_a_fact_that_nobody_proves_is_missing() -> None:
    with pytest.raises(rules.Unproven):
        rules.must_be_proven({}, {Fact.DATA_GONE})


def test_the_diagram_names_every_everyday_move() -> None:
    text = mermaid()
    assert "received --> wiping: start_wiping" in text
    for stage in MAIN_LINE:
        assert stage.value in text
    assert all(move.action.value in text for move in MOVES.values() if move.everyday)
    assert list(moves_from(Stage.RECYCLED)) == []


@pytest.mark.parametrize(
    ("serial", "key"),
    [
        ("5CG-0123 456", "5CG0123456"),
        ("System Serial Number", None),
        ("To Be Filled By O.E.M.", None),
        ("Default string", None),
        ("0123456789", None),
        ("XXXXXXXX", None),
        ("000000", None),
        ("abc", None),
        (None, None),
    ],
)
def test_a_placeholder_is_no_serial(serial: str | None, key: str | None) -> None:
    assert rules.serial_key(serial) == key
