"""Media are data; what cannot exist is refused in words."""

from __future__ import annotations

import pytest

from labels.errors import LabelError
from labels.media import MEDIA, medium, roll, sheet

GOOD = {"left": 7.2, "top": 15.15, "across": 66.04, "down": 38.1}

PROMISED = [
    ("avery-l7160", 21, 63.5, 38.1), ("avery-l7163", 14, 99.1, 38.1), ("avery-l7651", 65, 38.1, 21.2),
    ("avery-l7162", 16, 99.1, 33.9), ("avery-l4731", 189, 25.4, 10), ("avery-l7173", 10, 99.1, 57),
    ("brother-dk-11209", 1, 62, 29), ("brother-dk-11201", 1, 90, 29), ("dymo-99012", 1, 89, 36),
    ("dymo-11354", 1, 57, 32), ("dymo-99010", 1, 89, 28), ("zebra-51x25", 1, 51, 25), ("zebra-57x32", 1, 57, 32),
    ("zebra-76x51", 1, 76, 51),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "width", "height"), PROMISED)
def test_promised_media_have_their_size(name, cells, width, height):
    assert (medium(name).cells, medium(name).width_mm, medium(name).height_mm) == (cells, width, height)


def test_names_are_unique_and_found_in_any_case():
    assert len({on.name for on in MEDIA}) == len(MEDIA)
    assert medium(" Avery-L7160 ") is medium("avery-l7160")


def test_an_unknown_medium_is_refused_with_the_names_there_are():
    with pytest.raises(LabelError, match=r"no label medium “avery-9999”.*avery-l7160"):
        medium("avery-9999")


@pytest.mark.parametrize("on", [on for on in MEDIA if not on.is_roll], ids=lambda on: on.name)
def test_sheets_stand_centred_on_their_page(on):
    """Makers centre the grid; a mistyped margin shows here. 0.6 mm is what measured templates differ by."""
    right = on.page_width_mm - on.corner(on.cells - 1)[0] - on.width_mm
    bottom = on.page_height_mm - on.corner(on.cells - 1)[1] - on.height_mm
    assert abs(right - on.left_mm) < 0.6
    assert abs(bottom - on.top_mm) < 0.6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"across": 60}, "overlap"),
        ({"down": 30}, "overlap"),
        ({"left": 15}, "beyond the page"),
        ({"top": 31}, "beyond the page"),
        ({"left": -1}, "beyond the page"),
        ({"edge": 20}, "blank edge"),
    ],
)
def test_impossible_sheets_are_refused_in_words(wrong, sentence):
    with pytest.raises(LabelError, match=sentence):
        sheet("own", 3, 7, 63.5, 38.1, **{**GOOD, **wrong})


@pytest.mark.parametrize(("columns", "rows"), [(0, 7), (3, 0), (100, 100)])
def test_an_impossible_number_of_cells_is_refused_in_words(columns, rows):
    with pytest.raises(LabelError, match="at least one column"):
        sheet("own", columns, rows, 63.5, 38.1, **GOOD)


@pytest.mark.parametrize(("width", "height"), [(5, 20), (40, 5), (2000, 50)])
def test_an_impossible_roll_is_refused_in_words(width, height):
    with pytest.raises(LabelError, match="at least 10 × 8 mm"):
        roll("own", width, height)
