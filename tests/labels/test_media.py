"""Media are data; what cannot exist is refused in words."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labels.errors import LabelError
from labels.media import MEDIA, checked, medium, roll, sheet, tape
from labels.media_shapes import MEASURES, Medium, faults
from labels.media_sources import SOURCES

GOOD = {"left": 7.2, "top": 15.15, "across": 66.04, "down": 38.1}

PROMISED = [
    ("avery-l7160", 21, 63.5, 38.1), ("avery-l7163", 14, 99.1, 38.1), ("avery-l7651", 65, 38.1, 21.2),
    ("avery-l7162", 16, 99.1, 33.9), ("avery-l4731", 189, 25.4, 10), ("avery-l7173", 10, 99.1, 57),
    ("brother-dk-11209", 1, 62, 29), ("brother-dk-11201", 1, 90, 29), ("dymo-99012", 1, 89, 36),
    ("dymo-11354", 1, 57, 32), ("dymo-99010", 1, 89, 28), ("zebra-51x25", 1, 51, 25), ("zebra-57x32", 1, 57, 32),
    ("zebra-76x51", 1, 76, 51),
]  # fmt: skip
# Names that stand in registers of prints: none of them may ever be missing.
FIRST_NAMES = """avery-l7159 avery-l7160 avery-l7161 avery-l7162 avery-l7163 avery-l7164 avery-l7165 avery-l7173
avery-l7651 avery-l7654 avery-l4731 avery-l4732 brother-dk-11209 brother-dk-11201 brother-dk-11202 brother-dk-11208
dymo-99010 dymo-99012 dymo-11354 zebra-51x25 zebra-57x32 zebra-76x51""".split()


@pytest.mark.parametrize(("name", "cells", "width", "height"), PROMISED)
def test_promised_media_have_their_size(name, cells, width, height):
    assert (medium(name).cells, medium(name).width_mm, medium(name).height_mm) == (cells, width, height)


def test_names_are_unique_found_in_any_case_and_never_lost():
    assert len({on.name for on in MEDIA}) == len(MEDIA) >= 40
    assert medium(" Avery-L7160 ") is medium("avery-l7160")
    assert set(FIRST_NAMES) <= {on.name for on in MEDIA}


def test_an_unknown_medium_is_refused_with_the_names_there_are():
    with pytest.raises(LabelError, match=r"no label medium “avery-9999”.*avery-l7160"):
        medium("avery-9999")


def test_a_workshop_s_own_media_are_found_beside_the_others():
    ours = roll("own-ours", 40, 30)
    assert medium("OWN-ours", [ours]) is ours
    with pytest.raises(LabelError, match="own-ours, avery-l7159"):
        medium("own-theirs", [ours])


def test_every_line_says_where_its_measures_were_compared():
    assert all(on.source in SOURCES for on in MEDIA)
    checked_ones = [on for on in MEDIA if SOURCES[on.source].checked]
    assert len(checked_ones) >= 35
    assert all(SOURCES[on.source].address.startswith("https://") for on in checked_ones)


@pytest.mark.parametrize("on", [on for on in MEDIA if not on.is_roll], ids=lambda on: on.name)
def test_sheets_stand_centred_on_their_page(on):
    """Makers centre the grid; a mistyped margin shows here. 0.2 mm is what the tables that others keep differ by."""
    right = on.page_width_mm - on.corner(on.cells - 1)[0] - on.width_mm
    bottom = on.page_height_mm - on.corner(on.cells - 1)[1] - on.height_mm
    assert abs(right - on.left_mm) < 0.2
    assert abs(bottom - on.top_mm) < 0.2


@pytest.mark.parametrize("on", [on for on in MEDIA if not on.is_roll], ids=lambda on: on.name)
def test_nothing_is_printed_where_no_office_printer_reaches(on):
    last_x, last_y = on.corner(on.cells - 1)
    assert min(on.left_mm, on.page_width_mm - last_x - on.width_mm) + on.edge_x_mm >= 4.2
    assert min(on.top_mm, on.page_height_mm - last_y - on.height_mm) + on.edge_y_mm >= 4.2


@pytest.mark.parametrize(
    ("name", "width", "height", "edges"),
    [
        ("brother-dk-22205", 62, 40, (1.7, 3.2)),
        ("brother-dk-22205x40", 62, 40, (1.7, 3.2)),
        ("Brother-DK-22205x100", 100, 62, (3.2, 1.7)),
        ("brother-dk-22210x13", 29, 13, (1.7, 3.2)),
        ("brother-dk-22214x40", 40, 12, (3.2, 1.7)),
    ],
)
def test_a_tape_is_cut_to_the_length_its_name_says(name, width, height, edges):
    on = medium(name)
    assert (on.width_mm, on.height_mm, on.page_width_mm, on.page_height_mm) == (width, height, width, height)
    assert (on.edge_x_mm, on.edge_y_mm) == edges
    assert (on.name, on.reference) == (name.lower(), name.lower().partition("x")[0])
    assert on.is_roll and on.source == "brother"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("brother-dk-22205x12", r"is cut to 13 to 1000 mm, not to 12 mm"),
        ("brother-dk-22205x1001", r"not to 1001 mm"),
        ("brother-dk-11209x40", "no label medium"),
        ("brother-dk-22205x", "no label medium"),
        ("avery-l7160x40", "no label medium"),
    ],
)
def test_only_a_tape_is_cut_and_not_to_any_length(name, sentence):
    with pytest.raises(LabelError, match=sentence):
        medium(name)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"across": 60},
            r"overlap: the step across from one to the next is 60 mm, and a label takes 63\.5 mm",
        ),
        ({"down": 30}, r"overlap: the step down from one to the next is 30 mm, and a label takes 38\.1 mm"),
        ({"left": 15}, r"reach 210\.58 × 281\.85 mm, beyond the page of 210 × 297 mm"),
        ({"top": 31}, r"reach 202\.78 × 297\.7 mm, beyond the page"),
        ({"left": -1}, r"left margin of “own” is -1 mm: it cannot be less than 0"),
        ({"edge": 20}, r"blank edge at the sides of “own” is 20 mm: .* a quarter of the label, 15\.88 mm"),
        ({"edge": 10}, r"blank edge above and below of “own” is 10 mm: .* 9\.53 mm"),
        ({"top": nan}, "top margin of “own” is no number"),
        ({"across": inf}, "step across of “own” is no number"),
        ({"page": (nan, 297)}, "width of the page of “own” is no number"),
        ({"page": (1500, 297)}, r"page of “own” is 1500 × 297 mm: it may be at most 1 m"),
    ],
)
def test_impossible_sheets_are_refused_in_words(wrong, sentence):
    with pytest.raises(LabelError, match=sentence):
        sheet("own", 3, 7, 63.5, 38.1, **{**GOOD, **wrong})


@pytest.mark.parametrize(("columns", "rows"), [(0, 7), (3, 0), (-1, 7), (100, 100), (10**9, 10**9)])
def test_an_impossible_number_of_cells_is_refused_in_words(columns, rows):
    with pytest.raises(LabelError, match=rf"has {columns} × {rows} labels a page.*at least one column"):
        sheet("own", columns, rows, 63.5, 38.1, **GOOD)


@pytest.mark.parametrize(("width", "height"), [(5, 20), (40, 5), (2000, 50), (0, 0)])
def test_an_impossible_roll_is_refused_in_words(width, height):
    with pytest.raises(LabelError, match=rf"is {width} × {height} mm: it must be at least 10 × 8 mm"):
        roll("own", width, height, edge_x=0, edge_y=0)


def test_all_that_is_wrong_is_said_at_once():
    wrong = Medium("own", "sheet", 3, 7, 63.5, 38.1, 210, 297, 7.2, 15.15, 60, 30, 20, 20)
    assert [str(one).split("“own” ")[1][:9] for one in faults(wrong)] == [
        "is 20 mm:",
        "is 20 mm:",
        "overlap: ",
        "overlap: ",
    ]


# What a hand might type: sizes from nothing to far too much, and what is no number at all.
LENGTHS = st.one_of(
    st.floats(0, 320), st.integers(0, 320).map(float), st.floats(allow_nan=True, allow_infinity=True)
)
GIVEN = st.builds(
    Medium,
    st.just("own"),
    st.sampled_from(["sheet", "roll"]),
    st.integers(-1, 30),
    st.integers(-1, 40),
    **dict.fromkeys(MEASURES, LENGTHS),
)
# The same, near to what can be: most of these are accepted.
NEAR = st.builds(
    lambda columns, rows, width, height, gap_x, gap_y, left, top: Medium(
        "own", "sheet", columns, rows, width, height, 210.0, 297.0, left, top, width + gap_x, height + gap_y, 0.5, 0.5
    ),
    st.integers(1, 8),
    st.integers(1, 28),
    st.floats(10, 105),
    st.floats(8, 150),
    st.floats(-0.1, 5),
    st.floats(-0.1, 5),
    st.floats(0, 20),
    st.floats(0, 20),
)  # fmt: skip


@given(st.one_of(GIVEN, NEAR))
def test_of_any_accepted_medium_no_two_cells_overlap_and_none_leaves_the_page(given_one):
    refused = list(faults(given_one))
    if refused:
        assert all(str(one) for one in refused)  # in words, whatever was given
        return
    on = checked(given_one)
    boxes = [(*on.corner(cell), cell) for cell in range(on.cells)]
    assert len(boxes) <= 1000
    page = (on.width_mm, on.height_mm) if on.is_roll else (on.page_width_mm, on.page_height_mm)
    for x, y, _ in boxes if not on.is_roll else []:
        assert x >= 0 and y >= 0
        assert x + on.width_mm <= page[0] + 0.051 and y + on.height_mm <= page[1] + 0.051
    # Cells stand in a grid, so that those that could overlap are neighbours.
    for x, y, cell in boxes:
        for other in (cell + 1, cell + on.columns):
            if other < on.cells and not (other == cell + 1 and other % on.columns == 0):
                ox, oy = on.corner(other)
                assert abs(ox - x) >= on.width_mm - 0.051 or abs(oy - y) >= on.height_mm - 0.051
    assert 0 <= on.edge_x_mm <= on.width_mm / 4 and 0 <= on.edge_y_mm <= on.height_mm / 4


@given(NEAR)
def test_what_is_refused_is_refused_for_a_reason_that_can_be_measured(on):
    refused = any(True for _ in faults(on))
    right = on.left_mm + (on.columns - 1) * on.across_mm + on.width_mm
    bottom = on.top_mm + (on.rows - 1) * on.down_mm + on.height_mm
    assume(abs(right - 210.05) > 1e-6 and abs(bottom - 297.05) > 1e-6)
    overlaps = (on.columns > 1 and on.across_mm < on.width_mm - 0.05) or (
        on.rows > 1 and on.down_mm < on.height_mm - 0.05
    )
    assert refused == (overlaps or right > 210.05 or bottom > 297.05)


@given(st.integers(-5, 1200), st.sampled_from([12, 29, 38, 62]))
def test_a_cut_tape_is_as_wide_as_the_tape_and_as_long_as_asked(length, width):
    whole = tape("own-tape", width, 40)
    if not 13 <= length <= 1000:
        with pytest.raises(LabelError, match="is cut to"):
            whole.cut(length)
        return
    assert sorted((whole.cut(length).width_mm, whole.cut(length).height_mm)) == sorted((length, width))
