"""What the page says of a scanner is true of it, whatever it and the computer are set to."""

from __future__ import annotations

from itertools import product

import pytest

from tests.devices import keyboards
from tests.devices.keyboards import CAPS, SOUND, keystrokes, typed
from tracker.scanning import scanner_documents, scanner_rules
from tracker.scanning.scanner_rules import SAMPLE, Heard, findings, ways

ADDRESS = f"HTTPS://LCT.EXAMPLE/D/{SAMPLE}"


def said(text: str, **more: object) -> list[str]:
    return [str(one.sentence) for one in findings(Heard(text, **more), ADDRESS)]  # type: ignore[arg-type]


def test_the_keyboards_are_those_that_the_codes_are_tried_with() -> None:
    assert {name: keyboards.ROWS[name] for name in SOUND} == scanner_rules.ROWS


def test_the_pair_that_typed_the_sample_is_among_those_that_are_named() -> None:
    for scanner, computer, caps in product(SOUND, SOUND, CAPS):
        there = typed(computer, keystrokes(scanner, ADDRESS), caps)
        found = {(way.scanner, way.computer) for way in ways(there, ADDRESS)}
        assert (scanner, computer) in found, there
        assert found < set(product(SOUND, SOUND)), "it is not said of every pair"


def test_a_scanner_set_to_us_on_a_french_computer_is_very_well_all_the_same() -> None:
    words = said(typed("fr", keystrokes("us", ADDRESS)), suffix="enter", pace_ms=6)
    assert (
        "Scanner set to US / UK, computer to FR (AZERTY): very well all the same. Nothing to change." in words
    )
    assert [one.sign for one in findings(Heard(ADDRESS, "enter", 6), ADDRESS)] == ["good"] * 4


@pytest.mark.parametrize(
    ("heard", "word"),
    [
        (Heard("]Q3" + ADDRESS), "]Q3"),
        (Heard(ADDRESS.lower()), "Caps Lock"),
        (Heard(ADDRESS, suffix="none"), "suffix"),
        (Heard(ADDRESS, pace_ms=120), "inter-character"),
        (Heard(SAMPLE), "QR code"),
        (Heard("BCDFGHJB"), "One letter is wrong"),
        (Heard(""), "Nothing was read"),
        (Heard(typed("bepo", keystrokes("us", ADDRESS))), "BÉPO"),
        (Heard("XVTSRPNL"), "another label"),
    ],
)
def test_what_is_unusual_is_said(heard: Heard, word: str) -> None:
    words = " ".join(str(one.sentence) for one in findings(heard, ADDRESS))
    assert word in words


def test_the_sample_is_drawn_for_the_payload() -> None:
    qr, other = (
        scanner_documents.sample_qr(ADDRESS),
        scanner_documents.sample_qr(ADDRESS.replace("LCT", "LCD")),
    )
    assert qr.startswith("<svg") and qr != other and "style" not in qr
    assert scanner_documents.sample_bars(SAMPLE).count("h") > 30
