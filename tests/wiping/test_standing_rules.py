"""Which attempt stands: the order of the runs counts, never the order of the reports."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.wiping.host_rules import agrees, contradicts, named_by
from tracker.wiping.standing_rules import Attempt, is_failing, standing

START = datetime(2026, 9, 1, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def wiped(number: int, hour: int, **values: object) -> Attempt:
    return Attempt(number, at(hour), at(90), accepted=True, failed=False, counts_from=at(hour), **values)  # type: ignore[arg-type]


def failed(number: int, hour: int, received: int = 90) -> Attempt:
    return Attempt(number, at(hour), at(received), accepted=False, failed=True)


def doubtful(number: int, hour: int) -> Attempt:
    return Attempt(number, at(hour), at(90), accepted=False, failed=False)


@pytest.mark.parametrize(
    ("attempts", "number"),
    [
        ([], None),
        ([failed(1, 3)], None),
        ([doubtful(1, 3)], None),
        ([wiped(1, 3)], 1),
        ([wiped(1, 3), failed(2, 4)], None),
        ([wiped(1, 3), failed(2, 3)], None),
        ([failed(1, 2), wiped(2, 3)], 2),
        ([wiped(1, 1), failed(2, 2), wiped(3, 3)], 3),
        ([wiped(1, 3), doubtful(2, 4)], 1),
        ([wiped(1, 1), wiped(2, 5)], 2),
        ([wiped(1, 3, reviewed_at=at(95)), failed(2, 4)], 1),  # the person knew of the failure
        ([wiped(1, 3, reviewed_at=at(95)), failed(2, 4, received=96)], None),
        ([wiped(1, 3, reviewed_at=at(95)), failed(2, 2, received=96)], 1),
    ],
)
def test_the_attempt_that_stands(attempts: list[Attempt], number: int | None) -> None:
    found = standing(attempts)
    assert (found.id if found else None) == number


def test_a_drive_fails_while_its_last_certain_attempt_failed() -> None:
    assert is_failing([wiped(1, 3), failed(2, 4)])
    assert is_failing([failed(1, 3), doubtful(2, 4)])
    assert not is_failing([failed(1, 3), wiped(2, 4)])
    assert not is_failing([doubtful(1, 3)]) and not is_failing([])


makers = st.sampled_from((wiped, failed, doubtful))


@given(st.lists(st.tuples(makers, st.integers(0, 5)), max_size=8), st.randoms())
def test_the_order_of_the_reports_never_matters(told: list[tuple[object, int]], random: Random) -> None:
    attempts = [make(number, hour) for number, (make, hour) in enumerate(told)]  # type: ignore[operator]
    shuffled = attempts[:]
    random.shuffle(shuffled)
    found = standing(attempts)
    assert found == standing(shuffled) and is_failing(attempts) == is_failing(shuffled)
    if found is not None:
        assert not [one for one in attempts if one.failed and one.happened_at >= found.happened_at]


def test_a_computer_is_the_device_by_one_of_its_serials() -> None:
    assert agrees({"YLRICO42", "45RICO42"}, "45RICO42")
    assert agrees({"PF0ABC12"}, "1S20L5S0ABCDPF0ABC12")
    assert not agrees({"BC12"}, "PF0ABC12"), "a short tail says nothing"
    assert not agrees({"YLRICO42"}, None) and not agrees(set(), "YLRICO42")


@pytest.mark.parametrize(
    ("host", "own", "owners", "alone", "other"),
    [
        (set(), "ABCD1234", [], True, False),
        ({"WXYZ9876"}, None, [], True, False),
        ({"WXYZ9876"}, None, [], False, True),
        ({"WXYZ9876"}, None, [2], True, True),
        ({"WXYZ9876"}, "ABCD1234", [], True, True),
        ({"ABCD1234"}, "ABCD1234", [1, 2], True, False),
    ],
)
def test_another_computer_is_seen(
    host: set[str], own: str | None, owners: list[int], alone: bool, other: bool
) -> None:
    assert contradicts(host, own, owners, 1, alone=alone) is other


def test_only_one_device_is_named() -> None:
    assert named_by({"A", "B"}, {"A": {1}, "B": {1}}) == 1
    assert named_by({"A", "B"}, {"A": {1}, "B": {2}}) is None
    assert named_by({"A"}, {}) is None
