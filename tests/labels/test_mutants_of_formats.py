"""Each way of spoiling a label is caught in each format: what is spoilt is the drawing, what catches it is the picture
that a program of others makes of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from labels import pdf, raster, svg
from labels.compose import compose
from labels.drawing import BLACK, Mark, Matrix, Panel, Words
from labels.label import Label
from labels.media import Medium, medium, sheet
from labels.sheets import Calibration
from tests.labels import grid, reading, samples
from tests.labels.pictures import TRUE, WAYS, Way

SHEET = sheet("two", 2, 1, 57, 32, left=3, top=3, across=60, down=32, page=(123, 38))
ROLLS = {"zpl": "zebra-57x32", "brother": "brother-dk-11209"}
LONG_NAME = "Association intercommunale pour le réemploi numérique solidaire"
Change = Callable[[list[Mark]], Iterable[Mark]]


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request) -> Way:
    return request.param


def _faults(way: Way, printed: list[Label], calibration: Calibration = TRUE, pitch: float = 0):
    """What the reader finds on paper that should carry two certain labels."""
    on = medium(ROLLS[way.format]) if way.format in ROLLS else SHEET
    wrong = replace(on, across_mm=on.across_mm + pitch, page_width_mm=on.page_width_mm)
    dpi, expected = 300, samples.many(2)
    pictures = way.drawn(printed, wrong, dpi, calibration=calibration)
    return [
        f"page {number}: {fault}"
        for number, (picture, page) in enumerate(zip(pictures, grid.pages(expected, on), strict=True), 1)
        for fault in reading.problems(picture, on, page, dpi, way.dot(on, dpi))
    ]


def _spoilt(monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    """From here on every drawing is changed before it is written."""

    def spoilt(label: Label, on: Medium, dot: float, colour: bool) -> list[Mark]:
        return list(change(compose(label, on, dot, colour)))

    for module in (pdf, svg, raster):
        monkeypatch.setattr(module, "compose", spoilt)


def _shrunk(marks: list[Mark]) -> Iterable[Mark]:
    return [m._replace(module=m.module * 0.8) if isinstance(m, Matrix) else m for m in marks]


def _crowded(marks: list[Mark]) -> Iterable[Mark]:
    for mark in marks:
        yield mark
        if isinstance(mark, Matrix):
            side = mark.symbol.size * mark.module
            yield Panel(mark.x + side + mark.module, mark.y, 0.6, side, 0, BLACK)


def _overflowing(marks: list[Mark]) -> Iterable[Mark]:
    return [
        m._replace(text=LONG_NAME) if isinstance(m, Words) and m.face == "bold" and m.ink == BLACK else m
        for m in marks
    ]


def test_an_honest_label_has_no_fault(way):
    assert _faults(way, samples.many(2)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [(_shrunk, "QR modules"), (_crowded, "QR"), (_overflowing, "edge of the label")],
    ids=["scaled-to-80-percent", "no-quiet-zone", "name-too-long"],
)
def test_a_spoilt_drawing_is_caught(way, monkeypatch, change, said):
    _spoilt(monkeypatch, change)
    assert len([fault for fault in _faults(way, samples.many(2)) if said in fault]) == 2


def test_a_shift_of_2_mm_is_caught(way):
    """Of the pitch on a sheet, of the whole label on a roll."""
    moved = Calibration(x_mm=2) if way.format in ROLLS else TRUE
    faults = _faults(way, samples.many(2), moved, pitch=2)
    assert any("edge of the label" in fault for fault in faults)


def test_labels_on_each_others_cell_are_caught(way):
    first, second = samples.many(2)
    faults = [fault for fault in _faults(way, [second, first]) if "instead of" in fault]
    assert len(faults) == 4
    assert all(label.code in " ".join(faults) for label in (first, second))


def test_a_code_printed_twice_is_caught(way):
    first, second = samples.many(2)
    faults = [fault for fault in _faults(way, [first, first]) if "instead of" in fault]
    assert [second.payload in faults[0], second.code in faults[1], len(faults)] == [True, True, 2]
