"""Whether a device still holds data: about every part ever seen, never about an empty list."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.wiping.rules import Declaration, DeclarationKind, DrivePart, data_is_gone

ARRIVED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
BEFORE = ARRIVED - timedelta(days=1)
AFTER = ARRIVED + timedelta(hours=2)
DRIVE_TYPES = ("laptop", "desktop", "all_in_one", "games console nobody listed")
BUILT_IN_TYPES = ("tablet", "smartphone")


def part(label: str = "WD-1", **ends: datetime) -> DrivePart:
    """A drive that may hold data since the device arrived."""
    return DrivePart(label, ARRIVED, **ends)


def declared(
    kind: DeclarationKind, at: datetime = AFTER, by: int | None = 7, lock_checked: bool = False
) -> Declaration:
    """A declaration by person 7 after the arrival."""
    return Declaration(kind, at, by, lock_checked)


@pytest.mark.parametrize("device_type", DRIVE_TYPES)
def test_no_drive_found_is_not_no_data(device_type: str) -> None:
    proof = data_is_gone(device_type, [], [], ARRIVED)
    assert not proof.held
    assert "No drive is known" in str(proof.missing[0])


@pytest.mark.parametrize("device_type", DRIVE_TYPES)
@pytest.mark.parametrize("kind", [DeclarationKind.NO_STORAGE, DeclarationKind.DESTROYED])
def test_a_named_person_may_declare_that_there_is_nothing(device_type: str, kind: DeclarationKind) -> None:
    proof = data_is_gone(device_type, [], [declared(kind)], ARRIVED)
    assert proof.held
    assert proof.evidence == {"drives_seen": 0, "reason": kind.value}


@pytest.mark.parametrize("device_type", DRIVE_TYPES)
@pytest.mark.parametrize("kind", [DeclarationKind.REMOVED, DeclarationKind.FACTORY_RESET])
def test_other_declarations_say_nothing_about_a_drive_nobody_saw(
    device_type: str, kind: DeclarationKind
) -> None:
    assert not data_is_gone(device_type, [], [declared(kind, lock_checked=True)], ARRIVED).held


def test_a_declaration_without_a_name_counts_for_nothing() -> None:
    assert not data_is_gone("laptop", [], [declared(DeclarationKind.NO_STORAGE, by=None)], ARRIVED).held


def test_a_declaration_from_before_the_device_came_back_counts_for_nothing() -> None:
    assert not data_is_gone("laptop", [], [declared(DeclarationKind.NO_STORAGE, at=BEFORE)], ARRIVED).held


@pytest.mark.parametrize("end", ["wiped_at", "destroyed_at", "removed_at"])
def test_each_part_needs_an_end_after_it_last_may_have_held_data(end: str) -> None:
    assert data_is_gone("laptop", [part(**{end: AFTER})]).held
    assert not data_is_gone("laptop", [part(**{end: BEFORE})]).held
    assert not data_is_gone("laptop", [part()]).held


def test_one_drive_of_three_is_named_with_what_to_do() -> None:
    parts = [part("A", wiped_at=AFTER), part("B", destroyed_at=AFTER), part("WD-WCC2", wiped_at=BEFORE)]
    proof = data_is_gone("desktop", parts)
    assert not proof.held
    assert str(proof.missing[0]) == (
        "2 of 3 drives are wiped. Drive WD-WCC2 is missing: upload its report or declare it destroyed."
    )


def test_several_missing_drives_are_all_named() -> None:
    proof = data_is_gone("desktop", [part("A"), part("B"), part("C", removed_at=AFTER)])
    assert str(proof.missing[0]).startswith("0 of 2 drives are wiped. These drives are missing: A, B.")


def test_no_storage_cannot_be_declared_over_a_drive_that_was_seen() -> None:
    assert not data_is_gone("laptop", [part()], [declared(DeclarationKind.NO_STORAGE)], ARRIVED).held


def test_the_evidence_counts_how_each_drive_ended() -> None:
    parts = [part("A", wiped_at=AFTER), part("B", destroyed_at=AFTER), part("C", removed_at=AFTER)]
    assert data_is_gone("laptop", parts).evidence == {
        "drives_seen": 3,
        "drives_wiped": 1,
        "drives_destroyed": 1,
        "drives_removed": 1,
        "reason": "every_drive",
    }


def test_a_screen_needs_nothing_until_a_drive_is_seen_in_it() -> None:
    assert data_is_gone("screen", []).evidence["reason"] == "no_storage_by_type"
    assert data_is_gone("screen", []).held
    assert not data_is_gone("screen", [part()]).held


def test_a_printer_may_hold_a_disk_and_so_needs_a_declaration() -> None:
    assert not data_is_gone("printer", []).held


@pytest.mark.parametrize("device_type", BUILT_IN_TYPES)
def test_a_phone_needs_a_reset_with_its_lock_checked(device_type: str) -> None:
    reset = DeclarationKind.FACTORY_RESET
    assert data_is_gone(device_type, [], [declared(reset, lock_checked=True)], ARRIVED).held
    unchecked = data_is_gone(device_type, [], [declared(reset)], ARRIVED)
    assert not unchecked.held
    assert "account lock" in str(unchecked.missing[0])
    assert not data_is_gone(device_type, [], [declared(reset, at=BEFORE, lock_checked=True)], ARRIVED).held


@pytest.mark.parametrize("device_type", BUILT_IN_TYPES)
def test_a_phone_always_has_storage_unless_it_is_destroyed(device_type: str) -> None:
    assert not data_is_gone(device_type, [], [declared(DeclarationKind.NO_STORAGE)], ARRIVED).held
    assert not data_is_gone(device_type, [], [], ARRIVED).held
    assert data_is_gone(device_type, [], [declared(DeclarationKind.DESTROYED)], ARRIVED).held


moments = st.none() | st.sampled_from((BEFORE, ARRIVED, AFTER))
parts_of_a_device = st.lists(
    st.builds(
        DrivePart,
        label=st.just("D"),
        data_since=st.just(ARRIVED),
        wiped_at=moments,
        destroyed_at=moments,
        removed_at=moments,
    ),
    min_size=1,
    max_size=5,
)


@given(parts_of_a_device)
def test_data_is_gone_exactly_when_every_part_has_its_end(parts: list[DrivePart]) -> None:
    """Said again in the plainest way, to catch a rule that became clever."""
    ended = [
        any(at is not None and at >= ARRIVED for at in (one.wiped_at, one.destroyed_at, one.removed_at))
        for one in parts
    ]
    proof = data_is_gone("laptop", parts)
    assert proof.held is (False not in ended)
    assert bool(proof.missing) is not proof.held


@given(parts_of_a_device)
def test_one_more_drive_with_data_always_takes_the_proof_away(parts: list[DrivePart]) -> None:
    assert not data_is_gone("laptop", [*parts, part("new")]).held
