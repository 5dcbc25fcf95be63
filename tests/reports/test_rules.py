"""The figures' arithmetic, against worked examples and against what must always hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.devices.rules import DeviceType
from tracker.reports import rules

LAPTOPS = {DeviceType.LAPTOP: 100}
COUNTS = st.dictionaries(st.sampled_from(list(DeviceType)), st.integers(0, 5_000))
SHARES = st.decimals(0, 1, places=2).map(lambda share: (share, share, share))


def test_a_hundred_laptops_avoid_four_tonnes_between_two_and_eight() -> None:
    found = rules.avoided_kg(LAPTOPS)
    assert (found.low, found.central, found.high) == (Decimal(2_025), Decimal(4_050), Decimal(8_100))
    assert rules.significant(found.central) == Decimal(4_100)
    assert rules.material_avoided_kg(LAPTOPS) == Decimal(19_050)
    assert rules.significant(Decimal(19_050)) == Decimal(19_000)


def test_a_laptop_stands_for_its_three_phases() -> None:
    assert rules.embodied_kg({DeviceType.LAPTOP: 1}).central == Decimal("170") + Decimal("12.3") + Decimal(
        "2.79"
    )


def test_a_type_without_a_source_is_left_out_and_counted_as_such() -> None:
    found = rules.avoided_kg({DeviceType.LAPTOP: 1, DeviceType.SCREEN: 3})
    assert (found.counted, found.left_out) == (1, 3)


@given(COUNTS, COUNTS)
def test_the_sum_over_two_territories_is_the_total(
    here: dict[DeviceType, int], there: dict[DeviceType, int]
) -> None:
    both = {kind: here.get(kind, 0) + there.get(kind, 0) for kind in DeviceType}
    for figure in (rules.embodied_kg, rules.avoided_kg):
        assert figure(both).central == figure(here).central + figure(there).central


@given(COUNTS, SHARES)
def test_avoided_never_passes_what_is_kept(
    delivered: dict[DeviceType, int], shares: tuple[Decimal, Decimal, Decimal]
) -> None:
    known = {kind: count for kind, count in delivered.items() if rules.factors()[kind].avoided_kg is not None}
    assert rules.avoided_kg(known, shares).high <= rules.embodied_kg(known).central


@given(COUNTS)
def test_where_nobody_would_have_bought_nothing_is_avoided(delivered: dict[DeviceType, int]) -> None:
    assert rules.avoided_kg(delivered, (Decimal(0),) * 3).high == 0


def test_answers_replace_the_assumption_only_when_there_are_enough() -> None:
    assert rules.substitution({"bought_new": 20, "nothing": 9}) == rules.SUBSTITUTION
    low, central, high = rules.substitution({"bought_new": 20, "nothing": 20})
    assert central == Decimal("0.5")
    assert Decimal("0.35") < low < central < high < Decimal("0.65")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("4050", "4100"), ("4049", "4000"), ("0", "0"), ("0.0455", "0.046"), ("99.5", "100"), ("185.09", "190")],
)
def test_models_show_two_significant_figures_rounded_half_up(value: str, shown: str) -> None:
    assert rules.significant(Decimal(value)) == Decimal(shown)


def test_a_percentile_is_interpolated_and_hidden_under_five() -> None:
    assert rules.percentile([1, 2, 3, 4], 0.5) is None
    assert rules.percentile([1, 2, 3, 4, 5], 0.5) == 3
    assert rules.percentile([1, 2, 3, 4, 5], 0.9) == pytest.approx(4.6)


def test_a_rate_over_nothing_is_not_zero() -> None:
    assert rules.reuse_rate(0, 0, 0, 0) is None
    assert rules.reuse_rate(0, 1, 0, 0) == 0


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_a_cohorts_rate_never_passes_one(delivered: int, recycled: int, parts: int, lost: int) -> None:
    rate = rules.reuse_rate(delivered, recycled, parts, lost)
    assert rate is None or 0 <= rate <= 1
