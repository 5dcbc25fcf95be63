"""A code comes back whole through any keyboard layout, and a wrong letter never passes."""

from __future__ import annotations

import random

import pytest

from tracker.devices import codes
from tracker.devices.codes import ALPHABET, Fault

# What a scanner's keys type when the computer has another layout than the scanner: unshifted and shifted,
# for the characters of an address. Letters of our alphabet are on the same key in all of these.
LAYOUTS = {
    "us": {},
    "fr": {":": "M", "/": "!", ".": ":", "-": ")", "Q": "A", "A": "Q", "W": "Z", "Z": "W", "M": "?"},
    "be": {":": "M", "/": "=", ".": ":", "-": ")", "Q": "A", "A": "Q", "W": "Z", "Z": "W", "M": "?"},
    "de": {":": "Ö", "/": "-", ".": ".", "-": "ß", "Y": "Z", "Z": "Y"},
    "uk": {},
}


def random_codes(count: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    sevens = ["".join(rng.choice(ALPHABET) for _ in range(7)) for _ in range(count)]
    return [seven + codes.check_letter(seven) for seven in sevens]


def through(layout: dict[str, str], text: str) -> str:
    return "".join(layout.get(letter, letter) for letter in text)


def test_the_check_letter_of_the_published_example_is_x() -> None:
    assert codes.check_letter("BCDFGHJ") == "X"


def test_every_single_wrong_letter_is_refused() -> None:
    for code in random_codes(60):
        for place in range(8):
            for letter in ALPHABET:
                if letter != code[place]:
                    wrong = code[:place] + letter + code[place + 1 :]
                    assert codes.read(wrong) is Fault.WRONG_LETTER


def test_nearly_every_swap_of_neighbours_is_refused() -> None:
    swaps = missed = 0
    for code in random_codes(2_000):
        for place in range(7):
            if code[place] != code[place + 1]:
                swaps += 1
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                missed += codes.is_valid(swapped)
    assert missed / swaps < 0.01


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.swapcase])
def test_an_address_read_through_any_layout_gives_its_code(layout: str, case: object) -> None:
    assert callable(case)
    for kind in "DLBCP":
        for code in random_codes(200, seed=ord(kind)):
            for base in ("HTTPS://LCT.EXAMPLE", "HTTP://10.0.0.4:8000", "HTTPS://A-B.EXAMPLE.ORG/R"):
                typed = case(through(LAYOUTS[layout], f"{base}/{kind}/{code}"))
                assert codes.read(typed) == code, typed


@pytest.mark.parametrize("typed", ["bcdfghjx", "BCDF-GHJX", " bcdf ghjx\r\n", "BCDF·GHJX", "b c d f g h j x"])
def test_a_code_typed_by_hand_is_read_however_it_is_spaced(typed: str) -> None:
    assert codes.read(typed) == "BCDFGHJX"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.EMPTY),
        ("  - ", Fault.EMPTY),
        ("hello", Fault.NOT_A_CODE),
        ("5CG0123456", Fault.NOT_A_CODE),
        ("BCDFGHJB", Fault.WRONG_LETTER),
        ("XBCDFGHJX", Fault.NOT_A_CODE),
        ("HTTPS://X/D/BCDFGHJB", Fault.WRONG_LETTER),
        ("HTTPS://X/ADX/BCDFGHJX", Fault.NOT_A_CODE),
        ("\x00" * 5_000, Fault.NOT_A_CODE),
        ("ß" * 9, Fault.NOT_A_CODE),
    ],
)
def test_what_is_not_a_code_says_why(typed: str, fault: Fault) -> None:
    assert codes.read(typed) is fault


def test_the_same_code_stands_in_a_folder_name() -> None:
    assert codes.find("usb/2026-03-14_BCDF-GHJX_atelier/nwipe.log") == "BCDFGHJX"
    assert codes.find("usb/BCDFGHJB/nwipe.log") is None


def test_new_codes_are_valid_and_differ() -> None:
    made = {codes.new_code() for _ in range(1_000)}
    assert len(made) > 990
    assert all(codes.is_valid(code) for code in made)
