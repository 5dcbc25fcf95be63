"""Labels printed from the browser: what Chromium puts on paper is measured, and read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from flask import Flask

from labels.raster import dots_per_mm
from tests import make
from tests.browser.test_journey import Phone
from tests.labels.reading import pdf_pages, svg_page
from tests.serving import Served
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.labelling import documents, operations, run_queries, sheet_rules
from tracker.labelling.models import PrintRun
from tracker.printing.models import Fit, Printer
from tracker.printing.rules import Way

# What a browser puts on paper does not hang on the database behind the page.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

DPI = 300
MOST_OFF_MM = 0.3


@pytest.fixture
def phone(opened: Callable[..., Any], served: Served) -> Phone:
    page = opened("/login")
    faults: list[str] = []
    one = Phone(page.context, faults)
    return one.signs_in("volunteer")


def run_of(count: int, medium: str, start: int | None, x_mm: float = 0.0) -> PrintRun:
    codes = [make.device(Stage.RECEIVED, model=f"M{at}").code for at in range(count)]
    by = make.actor()
    with transaction():
        printer = Printer(
            site_id=by.site_id, name=f"Laser {medium}", way=Way.BROWSER, format="svg", medium=medium
        )
        session.add(printer)
        session.flush()
        session.add(Fit(printer_id=printer.id, medium=medium, x_mm=x_mm, y_mm=0, scale=1))
        session.flush()
        file = operations.print_labels(codes, None, None, None, start, by, printer=printer)
    return run_queries.run(file.run, by.site_id)


def spots(picture: np.ndarray) -> dict[str, tuple[float, float]]:
    """What each QR says → the left top corner of it, in millimetres."""
    scale = dots_per_mm(DPI)
    found = zxingcpp.read_barcodes(picture, formats=[zxingcpp.BarcodeFormat.QRCode])
    return {one.text: (one.position.top_left.x / scale, one.position.top_left.y / scale) for one in found}


@pytest.mark.parametrize(
    ("medium", "start", "size"),
    [("avery-l7160", 19, (210, 297)), pytest.param("zebra-57x32", None, (57, 32), marks=pytest.mark.long)],
)
def test_labels_leave_the_browser_at_their_exact_size_and_place(
    app: Flask, phone: Phone, medium: str, start: int | None, size: tuple[float, float]
) -> None:
    run = run_of(5, medium, start, x_mm=1.5)
    pages = sheet_rules.pages_of([one.cell for one in run.prints])
    drawn = [operations.drawing(run, page, documents.imprint("fr")) or b"" for page in range(1, pages + 1)]
    ours = [svg_page(one, DPI) for one in drawn]
    phone.opens(f"/labels/runs/{run.id}/print")
    phone.page.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth)")
    printed = phone.page.pdf(prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(printed)
    assert len(paper) == len(ours)
    for one in paper:
        assert [side / 72 * 25.4 for side in one.get_size()] == pytest.approx(size, abs=MOST_OFF_MM)
    seen = 0
    for mine, theirs in zip(ours, pdf_pages(printed, DPI), strict=True):
        wanted, found = spots(mine), spots(theirs)
        assert found.keys() == wanted.keys()
        for text, spot in wanted.items():
            assert found[text] == pytest.approx(spot, abs=MOST_OFF_MM), text
        seen += len(found)
    assert seen == 5
    assert not phone.faults


def test_the_line_to_measure_is_fifty_millimetres(app: Flask, phone: Phone) -> None:
    run = run_of(1, "avery-l7160", None)
    phone.opens(f"/labels/runs/{run.id}/print?check=1")
    printed = phone.page.pdf(prefer_css_page_size=True, print_background=True)
    (picture,) = pdf_pages(printed, DPI)
    scale = dots_per_mm(DPI)
    dark = np.asarray(picture)[round(6.55 * scale)] < 128
    inside = np.flatnonzero(dark[round(2 * scale) : round(100 * scale)])
    assert (inside[-1] - inside[0] + 1) / scale == pytest.approx(50, abs=MOST_OFF_MM)
