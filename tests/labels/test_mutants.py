"""The reader is only worth something if it sees faults: each kind of spoilt page must be caught, and for that fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from labels.bitmap import Bitmap
from labels.compose import compose
from labels.drawing import BLACK, Mark, Matrix, Panel, Stripes, Words
from labels.formats import render
from labels.label import Label
from labels.media import Medium, medium
from labels.raster import paint
from labels.sheets import Printing
from tests.labels import reading, samples

SHEET = medium("avery-l7160")
DPI, SCALE = 300, 300 / 25.4
Change = Callable[[list[Mark]], Iterable[Mark]]


def _drawn(labels: list[Label], change: Change, on: Medium = SHEET) -> reading.Picture:
    """A page of labels whose marks have been tampered with, as a grey picture."""
    page = Bitmap(round(on.page_width_mm * SCALE), round(on.page_height_mm * SCALE))
    for cell, label in enumerate(labels):
        x, y = on.corner(cell)
        for mark in change(compose(label, on, 1 / SCALE, False)):
            paint(page, mark._replace(x=mark.x + x, y=mark.y + y), SCALE)
    rows = [np.unpackbits(np.frombuffer(row, np.uint8))[: page.width] for row in page.lines()]
    return ((1 - np.array(rows)) * 255).astype(np.uint8)


def _faults(change: Change, printed: list[Label] | None = None) -> list[str]:
    expected = samples.many(4)
    return reading.problems(_drawn(printed or expected, change), SHEET, dict(enumerate(expected)), DPI)


def test_an_honest_page_has_no_fault():
    assert _faults(lambda marks: marks) == []


def test_a_qr_scaled_to_80_percent_is_caught():
    faults = _faults(
        lambda marks: [m._replace(module=m.module * 0.8) if isinstance(m, Matrix) else m for m in marks]
    )
    assert len([fault for fault in faults if "QR modules" in fault]) == 4


def test_a_mirrored_label_is_caught_although_decoders_read_it():
    labels = samples.many(1)
    mirrored = np.ascontiguousarray(_drawn(labels, lambda marks: marks)[:, ::-1])
    faults = reading.problems(mirrored, SHEET, {2: labels[0]}, DPI)
    assert any("mirrored" in fault for fault in faults)


def test_a_missing_quiet_zone_is_caught():
    def crowd(marks: list[Mark]) -> Iterable[Mark]:
        for mark in marks:
            yield mark
            if isinstance(mark, Matrix):
                side = mark.symbol.size * mark.module
                yield Panel(mark.x + side + mark.module, mark.y, 0.6, side, 0, BLACK)

    faults = _faults(crowd)
    assert len([fault for fault in faults if "quiet zone" in fault or "QR []" in fault]) == 4


def test_a_pitch_shifted_by_2_mm_is_caught():
    shifted = replace(SHEET, across_mm=SHEET.across_mm + 2)
    labels = samples.many(21)
    (page,) = reading.pdf_pages(b"".join(render(labels, shifted, "pdf", Printing()).chunks), DPI)
    faults = reading.problems(page, SHEET, dict(enumerate(labels)), DPI)
    assert any("outside the cells" in fault for fault in faults)
    assert any("edge" in fault for fault in faults)


def test_a_name_that_is_too_long_and_not_shortened_is_caught():
    long = "Association intercommunale pour le réemploi numérique solidaire"
    faults = _faults(
        lambda marks: [
            m._replace(text=long) if isinstance(m, Words) and m.face == "bold" and m.ink == BLACK else m
            for m in marks
        ]
    )
    assert any("outside the cells" in fault for fault in faults)


def test_words_printed_over_the_qr_are_caught():
    faults = _faults(lambda marks: [m._replace(x=m.x - 8) if isinstance(m, Words) else m for m in marks])
    assert any("QR" in fault for fault in faults)


def test_a_wrong_code_on_a_cell_is_caught():
    first, second, *rest = samples.many(4)
    faults = _faults(lambda marks: marks, [second, first, *rest])
    assert [fault[:6] for fault in faults if "instead of" in fault] == [
        "cell 1",
        "cell 1",
        "cell 2",
        "cell 2",
    ]


def test_bars_that_say_another_code_than_the_qr_are_caught():
    first, second, *rest = samples.many(4)
    faults = _faults(lambda marks: marks, [replace(first, code=second.code), second, *rest])
    assert len(faults) == 1
    assert "bars" in faults[0]


def test_a_code_printed_twice_is_caught():
    first, second, *rest = samples.many(4)
    assert _faults(lambda marks: marks, [first, first, *rest])
    (page,) = reading.pdf_pages(b"".join(render([first, second, first], SHEET, "pdf").chunks), DPI)
    faults = reading.problems(page, SHEET, {0: first, 1: second}, DPI, 0.025)
    assert len(faults) == 1
    assert "outside the cells" in faults[0]


def test_bars_off_their_dots_are_caught():
    """What happens when bars are a picture that is scaled: widths are no longer whole dots."""

    def squeeze(marks: list[Mark]) -> Iterable[Mark]:
        for mark in marks:
            if not isinstance(mark, Stripes):
                yield mark
                continue
            x = mark.x
            for at, width in enumerate(mark.widths):
                if not at % 2:
                    yield Panel(x, mark.y, width * mark.module * 0.55 + 0.12, mark.height, 0, BLACK)
                x += width * mark.module

    assert any("bars" in fault for fault in _faults(squeeze))
