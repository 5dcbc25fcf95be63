"""What may be asked, and what state follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tracker.allocation import rules
from tracker.allocation.estimate_rules import estimate
from tracker.allocation.needs_rules import Needs, Usage, fit
from tracker.allocation.rules import Asked, Promise, RequestState
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed

DAY = timedelta(days=1)
THEN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        {"ram": 8},
        {"memory_mb": "8192"},
        {"memory_mb": True},
        {"memory_mb": -1},
        {"memory_mb": float("inf")},
        {"memory_mb": float("nan")},
        {"screen_inches": 2},
        {"usage": "games"},
        {"usage": 3},
        ["memory_mb"],
        "memory_mb",
    ],
)
def test_needs_that_mean_nothing_are_refused(given: object) -> None:
    with pytest.raises(Malformed):
        Needs.read(given)  # type: ignore[arg-type]


def test_needs_are_written_as_they_are_read() -> None:
    given = {"memory_mb": 8192, "screen_inches": 15.6, "usage": "study"}
    needs = Needs.read(given)
    assert needs.usage is Usage.STUDY
    assert needs.as_json() == given
    assert Needs.read(None) == Needs.read({}) == Needs.read({"memory_mb": None, "usage": ""}) == Needs()


@pytest.mark.parametrize(
    ("has", "fits"), [(8192, True), (7680, True), (16384, True), (4096, False), (7000, False), (0, False)]
)
def test_memory_less_what_the_graphics_take_is_enough_and_no_less(has: int, fits: bool) -> None:
    assert (
        fit(DeviceType.LAPTOP, Needs({"memory_mb": 8192}), DeviceType.LAPTOP, {"memory_mb": has}).fits is fits
    )


@pytest.mark.parametrize(("has", "fits"), [(238, True), (256, True), (120, False)])
def test_a_drive_sold_as_256_gigabytes_is_one(has: int, fits: bool) -> None:
    assert (
        fit(DeviceType.LAPTOP, Needs({"storage_gb": 256}), DeviceType.LAPTOP, {"storage_gb": has}).fits
        is fits
    )


def test_another_type_never_fits() -> None:
    assert not fit(DeviceType.DESKTOP, Needs(), DeviceType.ALL_IN_ONE, {}).fits


def test_what_is_not_recorded_stands_against_nothing_but_is_named() -> None:
    answer = fit(
        DeviceType.LAPTOP,
        Needs({"memory_mb": 8192, "storage_gb": 128}),
        DeviceType.LAPTOP,
        {"storage_gb": 256},
    )
    assert answer.fits
    assert answer.unknown == ("memory_mb",)
    assert len(answer.favour) == 1


@pytest.mark.parametrize("specification", [{"memory_mb": "8 GB"}, {"memory_mb": None}, {"memory_mb": True}])
def test_a_specification_that_is_no_number_is_not_recorded(specification: dict[str, object]) -> None:
    assert fit(DeviceType.LAPTOP, Needs({"memory_mb": 1024}), DeviceType.LAPTOP, specification).unknown == (
        "memory_mb",
    )


@pytest.mark.parametrize("quantity", [0, -1, 501, True])
def test_a_quantity_out_of_reason_is_refused(quantity: int) -> None:
    with pytest.raises(Malformed):
        rules.must_be_a_list([Asked(DeviceType.LAPTOP, quantity)])


@pytest.mark.parametrize("count", [0, 21])
def test_a_request_has_one_to_twenty_lines(count: int) -> None:
    with pytest.raises(Malformed):
        rules.must_be_a_list([Asked(DeviceType.LAPTOP, 1)] * count)


@pytest.mark.parametrize("text", ["someone@example.org", "x" * 81])
def test_a_reference_that_names_a_person_or_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        rules.clean_reference(text)


def test_a_reference_is_cleaned() -> None:
    assert rules.clean_reference("  B  12 ") == "B 12"
    assert rules.clean_reference("  ") is None


@pytest.mark.parametrize(
    ("promise", "counts"),
    [
        (Promise(active=True), False),
        (Promise(active=True, delivered_at=THEN), True),
        (Promise(active=False, delivered_at=THEN, ended_at=THEN + 30 * DAY), False),
        (Promise(active=False, delivered_at=THEN, ended_at=THEN + 30 * DAY + timedelta(seconds=1)), True),
        (Promise(active=False, ended_at=THEN), False),
    ],
    ids=["promised", "in use", "back on day 30", "back after day 30", "released"],
)
def test_given_is_net_of_returns_within_thirty_days(promise: Promise, counts: bool) -> None:
    assert rules.counts_as_given(promise) is counts


GIVEN, HELD = Promise(active=True, delivered_at=THEN), Promise(active=True)


@pytest.mark.parametrize(
    ("before", "lines", "after"),
    [
        ("sent", [(1, [])], "sent"),
        ("sent", [(1, [HELD])], "accepted"),
        ("accepted", [(2, [GIVEN])], "accepted"),
        ("accepted", [(1, [GIVEN]), (1, [])], "accepted"),
        ("accepted", [(1, [GIVEN]), (1, [GIVEN])], "served"),
        ("accepted", [(1, [])], "accepted"),
        ("served", [(1, [])], "accepted"),
        ("draft", [(1, [GIVEN])], "draft"),
        ("closed", [(1, [GIVEN])], "closed"),
        ("cancelled", [(1, [HELD])], "cancelled"),
        ("sent", [], "sent"),
    ],
)
def test_the_state_follows_from_the_lines(
    before: str, lines: list[tuple[int, list[Promise]]], after: str
) -> None:
    assert rules.state_after(RequestState(before), lines) is RequestState(after)


def test_four_requests_served_give_no_date() -> None:
    answer = estimate([DAY] * 4)
    assert (answer.served, answer.known, answer.earliest(THEN), answer.latest(THEN)) == (4, False, None, None)


def test_the_estimate_is_what_half_of_them_waited() -> None:
    answer = estimate([days * DAY for days in (40, 10, 20, 30, 50)])
    assert (answer.served, answer.low, answer.median, answer.high) == (5, 20, 30, 40)
    assert answer.earliest(THEN) == (THEN + 20 * DAY).date()


def test_the_range_is_rounded_outwards() -> None:
    answer = estimate([DAY * 1.5] * 5)
    assert (answer.low, answer.high) == (1, 2)
