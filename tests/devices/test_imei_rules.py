"""A phone's number is believed only where its last digit fits the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.devices.imei_rules import digits_of, read_imei
from tracker.errors import Malformed

# The examples that are printed everywhere: of no phone of a donor.
GOOD = ("490154203237518", "352099001761481")


@pytest.mark.parametrize("imei", GOOD)
def test_an_imei_is_read_however_it_is_written(imei: str) -> None:
    written = f" {imei[:2]}-{imei[2:8]}-{imei[8:14]}/{imei[14]} "
    assert read_imei(imei) == imei == read_imei(written)


def test_nothing_typed_is_no_imei() -> None:
    assert read_imei("") is None is read_imei(None) and read_imei(" - ") is None


@given(st.sampled_from(GOOD), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(imei: str, place: int, shift: int) -> None:
    wrong = imei[:place] + str((int(imei[place]) + shift) % 10) + imei[place + 1 :]
    assert digits_of(wrong) is None
    with pytest.raises(Malformed, match="last digit"):
        read_imei(wrong)


@given(st.sampled_from(GOOD), st.integers(0, 13))
def test_two_neighbours_swapped_are_seen(imei: str, place: int) -> None:
    """All but 09 and 90, which the check digit cannot tell apart."""
    a, b = imei[place], imei[place + 1]
    if a != b and {a, b} != {"0", "9"}:
        assert digits_of(imei[:place] + b + a + imei[place + 2 :]) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("49015420323751", "15 digits"),
        ("4901542032375101", "software version"),
        ("49015420323751O", "15 digits"),
        ("000000000000000", "last digit"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "15 digits"),
    ],
)
def test_what_is_wrong_is_said(typed: str, said: str) -> None:
    with pytest.raises(Malformed, match=said) as refusal:
        read_imei(typed, "imei2")
    assert refusal.value.field == "imei2"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = digits_of(text)
    assert found is None or (len(found) == 15 and found.isascii() and found.isdigit())
