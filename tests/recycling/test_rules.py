"""What must be said of a device that leaves, over plain values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tracker.errors import Malformed
from tracker.recycling import rules


@pytest.mark.parametrize(
    ("values", "held"),
    [
        ({"slip_number": "B-12", "recycler": "Le Tri"}, True),
        ({"reason": "left at a collection point"}, True),
        ({"slip_number": "B-12", "reason": "the driver kept the slip"}, True),
        ({"slip_number": "bsd-20261124-h7f59g71d"}, True),
        ({"slip_number": "B-12"}, False),
        ({"recycler": "Le Tri"}, False),
        ({"slip_number": " ", "recycler": "Le Tri", "reason": "\n"}, False),
        ({"slip_number": "BSD-today", "recycler": None}, False),
        ({}, False),
    ],
)
def test_a_device_leaves_with_number_and_recycler_or_a_reason(values: dict[str, Any], held: bool) -> None:
    proof = rules.out_with_slip(rules.read(values))
    assert proof.held is held
    assert bool(proof.missing) is not held


def test_the_history_keeps_the_number_and_no_name() -> None:
    proof = rules.out_with_slip(rules.read({"slip_number": " b-12\t", "recycler": "Le Tri"}))
    assert proof.evidence == {"number": "B-12"}


@pytest.mark.parametrize(
    "values",
    [
        {"slip_number": "9" * 61},
        {"recycler": "x" * 201},
        {"left_on": "24/11/2026"},
        {"left_on": "2026-02-30"},
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(values: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        rules.read(values)


def test_a_day_is_read_from_text_or_taken_as_it_is() -> None:
    day = date(2026, 11, 24)
    assert rules.read({"left_on": "2026-11-24"}).left_on == rules.read({"left_on": day}).left_on == day
    assert rules.read({"left_on": ""}).left_on is None


def test_nothing_leaves_tomorrow() -> None:
    rules.must_not_be_tomorrow(date(2026, 11, 24), date(2026, 11, 24))
    with pytest.raises(Malformed):
        rules.must_not_be_tomorrow(date(2026, 11, 25), date(2026, 11, 24))
