"""Cells, pages, colour, calibration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labels.errors import LabelError
from labels.formats import FORMATS, render
from labels.label import Label
from labels.media import medium
from labels.sheets import Calibration, Printing, pages
from tests.labels import reading, samples

SHEET = medium("avery-l7160")


def test_labels_fill_the_first_sheet_from_the_start_cell_and_then_whole_sheets():
    made = list(pages(samples.many(30), SHEET, start=15))
    assert [len(page) for page in made] == [7, 21, 2]
    assert (made[0][0].x, made[0][0].y) == SHEET.corner(14)
    assert (made[1][0].x, made[1][0].y) == SHEET.corner(0)


@pytest.mark.parametrize("start", [0, -3, 22])
def test_a_start_off_the_sheet_is_refused_in_words(start):
    with pytest.raises(LabelError, match="labels 1 to 21"):
        render(samples.many(1), SHEET, "pdf", Printing(start=start))


def test_start_is_ignored_on_rolls():
    rendered = render(samples.many(2), medium("zebra-57x32"), "pdf", Printing(start=99))
    assert len(reading.pdf_pages(b"".join(rendered.chunks), 203)) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_print_is_refused_in_words(name):
    with pytest.raises(LabelError, match="no label to print"):
        list(render([], medium("brother-dk-11209"), name).chunks)


def test_an_unknown_format_is_refused_with_the_names_there_are():
    with pytest.raises(LabelError, match=r"“docx”.*pdf, svg, png, zpl, brother"):
        render(samples.many(1), SHEET, "docx")


def test_an_unknown_resolution_is_refused_in_words():
    with pytest.raises(LabelError, match="203, 300 or 600"):
        render(samples.many(1), SHEET, "png", Printing(dpi=72))


@pytest.mark.parametrize("wrong", [{"x_mm": 30}, {"y_mm": -21}, {"scale": 1.5}])
def test_a_calibration_beyond_reason_is_refused_in_words(wrong):
    with pytest.raises(LabelError, match="at most 20 mm"):
        Calibration(**wrong)


@pytest.mark.parametrize("name", ["pdf", "png", "svg"])
def test_calibration_moves_all_labels_by_what_was_measured(name):
    def first_ink(calibration: Calibration) -> tuple[int, int]:
        data = b"".join(
            render(samples.many(1), SHEET, name, Printing(calibration=calibration, dpi=300)).chunks
        )
        page = {
            "pdf": lambda: reading.pdf_pages(data, 300)[0],
            "png": lambda: reading.png_page(data),
            "svg": lambda: reading.svg_page(data, 300),
        }[name]()
        ys, xs = (page < 128).nonzero()
        return int(xs.min()), int(ys.min())

    straight, moved = first_ink(Calibration()), first_ink(Calibration(x_mm=1, y_mm=-2))
    assert moved[0] - straight[0] == pytest.approx(300 / 25.4, abs=1.1)
    assert moved[1] - straight[1] == pytest.approx(-600 / 25.4, abs=1.1)


def test_the_first_page_leaves_before_the_last_label_is_asked_for():
    asked = []

    def labels() -> Iterator[Label]:
        for number in range(2_100):
            asked.append(number)
            yield samples.label("wipe", number)

    rendered = render(labels(), SHEET, "pdf")
    for _ in range(3):
        next(rendered.chunks)
    assert len(asked) <= 3 * 21


def test_memory_does_not_grow_with_the_number_of_labels():
    import tracemalloc

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in render((samples.label("wipe", number) for number in range(count)), SHEET, "pdf").chunks:
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(50)
    assert peak(1_000) < peak(100) + 300_000
