"""The calibration page shows true lengths, so that what differs on paper is the printer's doing."""

from __future__ import annotations

import numpy as np
import pytest

from labels import calibration
from labels.errors import LabelError
from labels.media import medium
from labels.sheets import Calibration
from tests.labels import reading

SCALE = 300 / 25.4


def _page(**correction: float) -> reading.Picture:
    data = b"".join(calibration.page(medium("avery-l7160"), "Laser du bureau", Calibration(**correction)))
    (page,) = reading.pdf_pages(data, 300)
    return page


def _cross(page: reading.Picture, x: float, y: float) -> tuple[float, float]:
    """Middle of the cross near a point, in millimetres: where its upright and its crossbar are darkest."""
    left, top = round((x - 4.5) * SCALE), round((y - 4.5) * SCALE)
    dark = 255 - page[top : top + round(9 * SCALE), left : left + round(9 * SCALE)].astype(int)
    across, down = dark.sum(axis=0), dark.sum(axis=1)
    return (
        x - 4.5 + np.flatnonzero(across > across.max() * 0.6).mean() / SCALE,
        y - 4.5 + np.flatnonzero(down > down.max() * 0.6).mean() / SCALE,
    )


def test_crosses_stand_where_they_say():
    page = _page()
    for x, y in ((20, 20), (190, 20), (20, 277), (190, 277)):
        assert _cross(page, x, y) == pytest.approx((x, y), abs=0.12)


def test_a_correction_moves_and_stretches_the_page():
    assert _cross(_page(x_mm=1.5, y_mm=-1), 20, 20) == pytest.approx((21.5, 19), abs=0.12)
    assert _cross(_page(scale=1.01), 190, 20) == pytest.approx((191.9, 20.2), abs=0.12)


def test_a_roll_is_too_small_for_a_ruler():
    with pytest.raises(LabelError, match="too small for a ruler"):
        calibration.page(medium("zebra-57x32"), "Zebra")
