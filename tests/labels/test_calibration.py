"""The calibration page shows true lengths, so that what differs on paper is the printer's doing; and every format
prints as corrected, its bars on whole dots all the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
import zxingcpp

from labels import calibration
from labels.formats import render
from labels.label import Label
from labels.media import medium, roll
from labels.raster import DOTS_PER_MM
from labels.sheets import Calibration, Printing, stretched
from tests.labels import pictures, reading

SCALE = 300 / 25.4
TITLE = ("Laser du bureau", "Avery L7160", "2026-11-28")
LABEL = Label("BCDFGHJX", "HTTPS://LCT.EXAMPLE/D/BCDFGHJX", "wipe", "Effacé", title="ThinkPad T480")


def drawn(data: bytes, name: str, form: str, dpi: int) -> reading.Picture:
    """A file's first page, as a program that shares no code with ours draws it."""
    way = next(one for one in pictures.WAYS if one.format == form)
    return way.pages(data, medium(name), dpi)[0]


def picture(name: str, form: str, dpi: int = 300, **correction: float) -> reading.Picture:
    """The page of crosses as a picture at `dpi`."""
    printing = Printing(calibration=Calibration(**correction), dpi=dpi)
    return drawn(b"".join(calibration.page(medium(name), TITLE, form, printing).chunks), name, form, dpi)


def cross(page: reading.Picture, x: float, y: float, scale: float = SCALE, half: float = 4.5) -> Any:
    """Middle of the cross near a point, in millimetres: where its upright and its crossbar are darkest."""
    left, top = round((x - half) * scale), round((y - half) * scale)
    dark = 255 - page[top : top + round(2 * half * scale), left : left + round(2 * half * scale)].astype(int)
    across, down = dark.sum(axis=0), dark.sum(axis=1)
    return (
        (left + np.flatnonzero(across > across.max() * 0.6).mean() + 0.5) / scale,
        (top + np.flatnonzero(down > down.max() * 0.6).mean() + 0.5) / scale,
    )


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_crosses_stand_where_they_say(form: str) -> None:
    page = picture("avery-l7160", form)
    aim = calibration.target(medium("avery-l7160"))
    for x, y in ((20, 20), (190, 20), (20, 277), (190, 277), (aim.x, aim.y)):
        assert cross(page, x, y) == pytest.approx((x, y), abs=0.1)


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_a_correction_moves_and_stretches_the_page(form: str) -> None:
    assert cross(picture("avery-l7160", form, x_mm=1.5, y_mm=-1), 20, 20) == pytest.approx(
        (21.5, 19), abs=0.1
    )
    assert cross(picture("avery-l7160", form, scale=1.01), 190, 20) == pytest.approx((191.9, 20.2), abs=0.1)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *((name, form) for name in ("zebra-51x25", "dymo-99012") for form in ("pdf", "svg", "png", "zpl")),
        ("brother-dk-11209", "brother"),
        ("brother-dk-11202", "brother"),
    ],
)
def test_a_roll_has_a_cross_and_a_ruler_of_its_own(name: str, form: str) -> None:
    aim = calibration.target(medium(name))
    half = min(3.5, aim.y - 2)
    plain = picture(name, form)
    moved = picture(name, form, x_mm=1.0, y_mm=0.5, scale=1.02)
    assert cross(plain, aim.x, aim.y, half=half) == pytest.approx((aim.x, aim.y), abs=0.1)
    wanted = (aim.x * 1.02 + 1, aim.y * 1.02 + 0.5)
    assert cross(moved, *wanted, half=half) == pytest.approx(wanted, abs=0.12)


@pytest.mark.parametrize("size", [(10, 8), (25.4, 10), (57, 32), (150, 100), (400, 300)])
@pytest.mark.parametrize("form", ["pdf", "png"])
def test_nothing_of_it_leaves_even_the_smallest_label(size: tuple[float, float], form: str) -> None:
    own = roll("own-roll", *size)
    data = b"".join(calibration.page(own, TITLE, form, Printing(dpi=203)).chunks)
    page = reading.pdf_pages(data, 203)[0] if form == "pdf" else reading.png_page(data)
    assert min(page[0].min(), page[-1].min(), page[:, 0].min(), page[:, -1].min()) > 160
    assert page.min() < 100


def bars_of(row: reading.Picture) -> list[int]:
    """Widths of the bars and gaps that a line through a Code 128 crosses, from its first bar to its last."""
    runs = [(bool(dark), len(list(some))) for dark, some in groupby(row < reading.DARK)]
    inked = [at for at, (dark, _) in enumerate(runs) if dark]
    return [length for _, length in runs[inked[0] : inked[-1] + 1]]


@pytest.mark.parametrize("scale", [0.93, 0.985, 0.997, 1.004, 1.02, 1.07])
@pytest.mark.parametrize(("form", "dpi"), [("png", 203), ("zpl", 203), ("zpl", 300), ("pdf", 203)])
def test_a_scale_never_takes_bars_off_their_dots(scale: float, form: str, dpi: int) -> None:
    chosen = medium("dymo-99012")
    printing = Printing(calibration=Calibration(0.3, -0.2, scale), dpi=dpi)
    data = b"".join(render([LABEL], chosen, form, printing).chunks)
    page = drawn(data, chosen.name, form, dpi)
    (bars,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.Code128)
    assert bars.text == LABEL.code
    y = (bars.position.top_left.y + bars.position.bottom_left.y) // 2
    left, right = bars.position.top_left.x, bars.position.top_right.x
    widths = bars_of(page[y, max(0, left - 4) : right + 5])
    module = min(widths)
    assert module >= 2
    assert [width % module for width in widths] == [0] * len(widths)
    assert sum(widths) == 123 * module


@pytest.mark.parametrize("form", ["png", "pdf", "svg"])
def test_a_stretched_label_fills_the_stretched_cell(form: str) -> None:
    """A printer that prints everything 3 % too small is given labels 3 % larger: quiet zones and all are read back."""
    chosen, correction = medium("avery-l7160"), Calibration(scale=1.03)
    printing = Printing(start=5, calibration=correction, dpi=300)
    data = b"".join(render([LABEL], chosen, form, printing).chunks)
    page = drawn(data, chosen.name, form, 300)
    large = replace(
        stretched(chosen, 1.03),
        left_mm=chosen.left_mm * 1.03,
        top_mm=chosen.top_mm * 1.03,
        across_mm=chosen.across_mm * 1.03,
        down_mm=chosen.down_mm * 1.03,
    )
    assert not reading.problems(page, large, {4: LABEL}, 300, 0 if form == "png" else 0.025 * 1.03)


def test_what_is_moved_right_is_not_cut_from_zpl() -> None:
    data = b"".join(
        render([LABEL], medium("zebra-57x32"), "zpl", Printing(calibration=Calibration(5.0, 3.0))).chunks
    ).decode()
    assert f"^PW{round(62 * DOTS_PER_MM[203])}^LL{round(35 * DOTS_PER_MM[203])}" in data
