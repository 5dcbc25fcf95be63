"""Every label is read back by a decoder that shares no code with the drawing."""

from __future__ import annotations

import pytest

from labels.formats import render
from labels.frames import FREE_DOT
from labels.media import MEDIA, Medium, medium
from labels.pdf import ROLL_DOT
from labels.sheets import Printing
from tests.labels import reading, samples

GRID = [
    pytest.param(on, dpi, id=f"{on.name}-{dpi}")
    for on in MEDIA
    for dpi in (203, 300)
    if dpi >= 300 or on.height_mm >= 14
]
"""Cells under 14 mm are for 300 dpi or more."""
LONG_BASE = "HTTPS://TRES-LONG.RICOCHET.EXAMPLE.ORG/ATELIER/D/"


def _bytes(labels, on, name, printing):
    return b"".join(render(labels, on, name, printing).chunks)


def _pages(labels, on: Medium, start: int):
    """What should stand in which cell of which page."""
    waiting, first, pages = list(labels), start - 1, []
    while waiting:
        here, waiting = waiting[: on.cells - first], waiting[on.cells - first :]
        pages.append({first + at: label for at, label in enumerate(here)})
        first = 0
    return pages


def _problems_of_pdf(labels, on, dpi, start=1):
    pictures = reading.pdf_pages(_bytes(labels, on, "pdf", Printing(start=start)), dpi)
    expected = _pages(labels, on, start)
    assert len(pictures) == len(expected)
    return [
        fault
        for picture, page in zip(pictures, expected, strict=True)
        for fault in reading.problems(picture, on, page, dpi, ROLL_DOT if on.is_roll else FREE_DOT)
    ]


@pytest.mark.parametrize(("on", "dpi"), GRID)
def test_every_design_on_every_medium_reads_back_from_pdf(on, dpi):
    assert _problems_of_pdf(samples.each_design(), on, dpi, start=1 if on.is_roll else 2) == []


@pytest.mark.parametrize(("start", "count"), [(1, 21), (5, 20), (21, 23)])
def test_labels_begin_at_the_cell_asked_for_and_fill_further_sheets(start, count):
    assert _problems_of_pdf(samples.many(count), medium("avery-l7160"), 203, start) == []


@pytest.mark.parametrize("base", ["HTTPS://RICO.FR/D/", samples.BASE, LONG_BASE])
@pytest.mark.parametrize("name", ["avery-l7160", "avery-l7651", "brother-dk-11209", "zebra-57x32"])
def test_short_and_long_links_read_back(name, base):
    assert _problems_of_pdf(samples.each_design(base=base), medium(name), 300) == []


@pytest.mark.parametrize("name", ["avery-l7160", "zebra-51x25", "brother-dk-11201"])
def test_svg_reads_back_as_drawn_by_another_renderer(name):
    on, labels = medium(name), samples.each_design()
    if on.is_roll:
        labels = labels[3:4]
    picture = reading.svg_page(_bytes(labels, on, "svg", Printing()), 300)
    assert reading.problems(picture, on, _pages(labels, on, 1)[0], 300, FREE_DOT) == []


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("name", ["avery-l7160", "avery-l7651", "dymo-11354", "zebra-51x25", "dymo-99010"])
def test_png_reads_back(name, dpi):
    on, labels = medium(name), samples.each_design()
    if on.is_roll:
        labels = labels[5:6]
    picture = reading.png_page(_bytes(labels, on, "png", Printing(dpi=dpi)))
    assert reading.problems(picture, on, _pages(labels, on, 1)[0], dpi) == []


@pytest.mark.long
@pytest.mark.parametrize(("on", "dpi"), GRID)
def test_every_design_medium_and_start_cell_reads_back(on, dpi):
    for start in range(1, on.cells + 1):
        labels = samples.each_design(seed=start)
        assert _problems_of_pdf(labels, on, dpi, start) == [], f"start {start}"
