"""From what stands on a packet to a medium, or to why there can be none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.media import medium
from labels.media_shapes import MEASURES
from tracker.errors import Malformed
from tracker.i18n import Sentence
from tracker.printing.medium_rules import (
    LONGEST_NAME,
    MEASURE_WORDS,
    OWN,
    Packet,
    medium_of_packet,
    name_for,
)

SHEET = {"words": "Bac", "kind": "sheet", "width_mm": 63.5, "height_mm": 38.1, "columns": 3, "rows": 7}


def test_steps_follow_from_equal_margins() -> None:
    made = medium_of_packet(Packet(**SHEET, left_mm=7.2, top_mm=15.15))
    assert made.across_mm == pytest.approx(66.05) and made.down_mm == pytest.approx(38.1, abs=0.01)
    known = medium("avery-l7160")
    for cell in range(known.cells):
        assert made.corner(cell) == pytest.approx(known.corner(cell), abs=0.03)


def test_margins_follow_from_steps() -> None:
    made = medium_of_packet(Packet(**SHEET, across_mm=66.04, down_mm=38.1))
    assert (made.left_mm, made.top_mm) == (pytest.approx(7.21), pytest.approx(15.15))


def test_with_neither_labels_stand_side_by_side_in_the_middle() -> None:
    made = medium_of_packet(Packet(**SHEET))
    assert (made.across_mm, made.down_mm) == (63.5, 38.1)
    assert (made.left_mm, made.top_mm) == (pytest.approx(9.75), pytest.approx(15.15))


def test_a_roll_is_its_own_page() -> None:
    made = medium_of_packet(Packet("Rouleau", "roll", 57, 32, columns=3, rows=9, left_mm=5))
    assert (made.cells, made.page_width_mm, made.page_height_mm, made.left_mm) == (1, 57, 32, 0)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"columns": 4}, "left_mm", "left margin"),
    ({"columns": 4, "left_mm": 7.2}, "across_mm", "step across"),
    ({"rows": 9, "top_mm": 10}, "down_mm", "step down"),
    ({"edge_mm": 20}, "edge_mm", "quarter of the label"),
    ({"columns": 0}, "", "at least one column"),
    ({"columns": 22, "width_mm": 10}, "columns", "22 columns are too many"),
    ({"left_mm": 30, "across_mm": 66}, "", "beyond the page of 210 × 297 mm"),
    ({"width_mm": 5}, "", "at least 10 × 8 mm"),
    ({"words": "  "}, "words", "1 to 80 letters"),
    ({"words": "x" * 81}, "words", "1 to 80 letters"),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_at_the_field_that_holds_it(
    wrong: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        medium_of_packet(Packet(**{**SHEET, **wrong}))
    assert sentence in str(refusal.value) and (refusal.value.field or "") == field


def test_a_refusal_says_measure_and_value_in_french() -> None:
    with pytest.raises(Malformed) as refusal:
        medium_of_packet(Packet(**{**SHEET, "across_mm": 60.5}))
    said = refusal.value.sentence.shown_in("fr")
    assert "pas horizontal" in said and "60,5" in said and "63,5" in said and "«\u00a0Bac\u00a0»" in said


def test_every_measure_has_its_word_in_french() -> None:
    assert set(MEASURE_WORDS) == set(MEASURES.values())
    assert all(Sentence(one).shown_in("fr") != one for one in MEASURE_WORDS.values())


@pytest.mark.parametrize(
    ("words", "taken", "name"),
    [
        ("Grandes étiquettes", [], "own-grandes-etiquettes"),
        ("Grandes étiquettes", ["own-grandes-etiquettes"], "own-grandes-etiquettes-2"),
        ("Bac", ["own-bac", "own-bac-2"], "own-bac-3"),
        ("日本", [], "own-medium"),
    ],
)
def test_names_are_made_from_words(words: str, taken: list[str], name: str) -> None:
    assert name_for(words, frozenset(taken)) == name


@given(st.text(max_size=80), st.integers(0, 30))
def test_a_name_is_short_and_new_however_many_there_are(words: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        name = name_for(words, frozenset(taken))
        assert name.startswith(OWN) and len(name) <= LONGEST_NAME and name not in taken
        assert name == name.strip().lower()
        taken.add(name)
