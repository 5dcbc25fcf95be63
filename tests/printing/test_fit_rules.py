"""Three answers lead to crosses that lie right: tried on pictures of the page, drawn by a printer with a fault."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from labels import calibration
from labels.calibration import Target, target
from labels.media import Medium, medium
from labels.sheets import Calibration, Printing
from tests.labels import reading
from tracker.errors import Malformed
from tracker.printing.fit_rules import Across, Down, Seen, corrected, seen

DPI = 600  # what is measured on coarser pictures is out by half of what is to be proven
DOTS = 600 / 25.4
EYE_MM = 0.2
"""What an eye tells apart between two lines of a ruler."""
NEAR_MM = 0.3
SHEET = medium("avery-l7160")
AIM = Target(100, 150, 100)


class Fault(NamedTuple):
    """Where a printer puts things: moved to the right and down (mm), after being scaled from the corner."""

    x: float
    y: float
    scale: float


def printed(chosen: Medium, correction: Calibration, fault: Fault, form: str = "pdf") -> reading.Picture:
    """The page on paper: drawn as a program would, then moved and scaled as this printer does."""
    printing = Printing(calibration=correction, dpi=DPI)
    data = b"".join(calibration.page(chosen, ("Laser",), form, printing).chunks)
    page = reading.pdf_pages(data, DPI)[0] if form == "pdf" else reading.png_page(data)
    back = 1 / fault.scale
    matrix = (back, 0, -fault.x * DOTS * back, 0, back, -fault.y * DOTS * back)
    paper = Image.fromarray(page).transform(
        (page.shape[1], page.shape[0]),
        Image.Transform.AFFINE,
        matrix,
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    return np.asarray(paper)


def cross(paper: reading.Picture, near: tuple[float, float], half: float = 4.5) -> tuple[float, float]:
    """Middle of the cross near a point of the paper, in millimetres."""
    left, top = (round((at - half) * DOTS) for at in near)
    side = round(2 * half * DOTS)
    dark = 255.0 - paper[max(0, top) : top + side, max(0, left) : left + side]
    across, down = dark.sum(axis=0), dark.sum(axis=1)
    return tuple(  # type: ignore[return-value]
        (max(0, first) + _middle(line) + 0.5) / DOTS for first, line in ((left, across), (top, down))
    )


def _middle(line: np.ndarray[Any, Any]) -> float:
    high = np.where(line > line.max() * 0.5, line, 0)
    return float((high * np.arange(len(line))).sum() / high.sum())


def ruler(paper: reading.Picture, begin: tuple[float, float], length: float, tens: int) -> float:
    """Length of a ruler that begins near a point: by all its lines of ten, below where the shorter ones end, so that the
    dots of the picture do not count."""
    x, y = begin
    line = (255.0 - paper[round((y + 3.0) * DOTS) : round((y + 3.7) * DOTS)]).sum(axis=0)
    found = []
    for at in range(tens + 1):
        first = max(0, round((x + length * at / tens - 2.4) * DOTS))
        found.append((first + _middle(line[first : first + round(4.8 * DOTS)])) / DOTS)
    return float(np.polyfit(range(tens + 1), found, 1)[0] * tens)


def as_seen(length: float) -> float:
    return round(length / EYE_MM) * EYE_MM


def read(chosen: Medium, correction: Calibration, fault: Fault, form: str = "pdf") -> Seen:
    """The answers of somebody with a ruler in hand."""
    paper, aim = printed(chosen, correction, fault, form), target(chosen)

    def lies(x: float, y: float) -> tuple[float, float]:
        """About where the eye looks for a point of the page."""
        scale = fault.scale * correction.scale
        return (
            x * scale + fault.scale * correction.x_mm + fault.x,
            y * scale + fault.scale * correction.y_mm + fault.y,
        )

    small = chosen.is_roll
    x, y = cross(paper, lies(aim.x, aim.y), 3.0 if small else 4.5)
    width, height = chosen.page_width_mm, chosen.page_height_mm
    begin = ((width - aim.ruler) / 2, height - 6 if small else aim.y + 40)
    long = ruler(paper, lies(*begin), aim.ruler * fault.scale * correction.scale, aim.ruler // 10)
    right, low = as_seen(x - aim.x), as_seen(y - aim.y)
    return seen(
        Across.RIGHT if right > 0 else Across.LEFT if right < 0 else Across.RIGHT_ON,
        abs(right),
        Down.DOWN if low > 0 else Down.UP if low < 0 else Down.RIGHT_ON,
        abs(low),
        as_seen(long),
        aim,
    )


def two_rounds(chosen: Medium, fault: Fault, form: str = "pdf") -> Calibration:
    correction = Calibration()
    for _ in range(2):
        answers = read(chosen, correction, fault, form)
        if answers.fits(target(chosen)):
            break
        correction = corrected(correction, answers, target(chosen))
    return correction


def must_lie_right(fault: Fault) -> None:
    correction = two_rounds(SHEET, fault)
    paper = printed(SHEET, correction, fault)
    for x, y in ((20, 20), (190, 20), (20, 277), (190, 277), (100, 150)):
        assert cross(paper, (x, y)) == pytest.approx((x, y), abs=NEAR_MM), (fault, correction)


@pytest.mark.parametrize(
    "fault",
    [Fault(6.3, -4.1, 0.97)],
    ids=str,
)
def test_two_rounds_lead_every_cross_into_its_place(fault: Fault) -> None:
    must_lie_right(fault)


FAULTS = st.builds(
    Fault,
    st.floats(-12, 12),
    st.floats(-12, 12),
    st.floats(0.92, 1.08),
)


@pytest.mark.long
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(FAULTS)
def test_two_rounds_lead_every_cross_into_its_place_whatever_the_fault(fault: Fault) -> None:
    # Where what corrects it stays within the limits, and pushes no cross off the page that the program draws.
    for push, least, most, edge in ((fault.x, 20, 190, 210), (fault.y, 20, 277, 297)):
        assume(abs(push / fault.scale) < 19)
        assume((least - push) / fault.scale > 6 and (most - push) / fault.scale < edge - 6)
    must_lie_right(fault)


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_a_label_of_a_roll_comes_into_its_place_too(form: str) -> None:
    """Moved by whole dots only: half of one (0.06 mm) may remain."""
    chosen, fault = medium("zebra-57x32"), Fault(1.2, -0.8, 1.02)
    correction = two_rounds(chosen, fault, form)
    aim = target(chosen)
    assert cross(printed(chosen, correction, fault, form), (aim.x, aim.y), 3.0) == pytest.approx(
        (aim.x, aim.y), abs=NEAR_MM
    )


@given(
    FAULTS,
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.floats(0.97, 1.03),
)
def test_exact_answers_need_one_round_whatever_corrected_the_page_before(
    fault: Fault, x: float, y: float, scale: float
) -> None:
    was = Calibration(x, y, scale)
    long = fault.scale * scale
    here = [
        fault.scale * (scale * at + moved) + push - at
        for at, moved, push in ((AIM.x, x, fault.x), (AIM.y, y, fault.y))
    ]
    try:
        now = corrected(was, Seen(here[0], here[1], AIM.ruler * long), AIM)
    except Malformed:
        return
    for q in (0, 150, 297):
        for moved, push in ((now.x_mm, fault.x), (now.y_mm, fault.y)):
            assert abs(fault.scale * (now.scale * q + moved) + push - q) < 0.01


@pytest.mark.parametrize(
    ("answers", "moved"),
    [
        ((Across.LEFT, 1, Down.RIGHT_ON, None), (1, 0)),
        ((Across.RIGHT, 1.5, Down.RIGHT_ON, None), (-1.5, 0)),
        ((Across.RIGHT_ON, 3, Down.UP, 2), (0, 2)),
        ((Across.RIGHT_ON, None, Down.DOWN, 0.5), (0, -0.5)),
    ],
)
def test_too_far_left_moves_to_the_right_and_too_high_moves_down(answers: Any, moved: Any) -> None:
    across, right, down, low = answers
    now = corrected(Calibration(), seen(across, right, down, low, None, AIM), AIM)
    assert (now.x_mm, now.y_mm, now.scale) == (*moved, 1.0)


def test_a_second_round_adds_to_the_first() -> None:
    once = corrected(Calibration(), Seen(-1, 0, 100), AIM)
    assert corrected(once, Seen(-0.5, 0.5, 100), AIM) == Calibration(1.5, -0.5, 1.0)


def test_a_short_ruler_is_stretched_and_its_cross_stays() -> None:
    now = corrected(Calibration(), Seen(0, 0, 99), AIM)
    assert now.scale == pytest.approx(1 / 0.99, abs=1e-5)
    pushed = AIM.x - 0.99 * AIM.x  # what this printer must do besides, to have the cross where it was seen
    assert 0.99 * (now.scale * AIM.x + now.x_mm) + pushed == pytest.approx(AIM.x, abs=0.01)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ((Across.LEFT, None, Down.RIGHT_ON, None, None), "across_mm"),
        ((Across.RIGHT_ON, None, Down.UP, 0, None), "down_mm"),
        ((Across.LEFT, 40.5, Down.RIGHT_ON, None, None), "across_mm"),
        ((Across.RIGHT_ON, None, Down.RIGHT_ON, None, 89.0), "ruler_mm"),
        ((Across.RIGHT_ON, None, Down.RIGHT_ON, None, 111.0), "ruler_mm"),
        ((Across.RIGHT_ON, None, Down.RIGHT_ON, None, 0.0), "ruler_mm"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_question(answers: Any, field: str) -> None:
    across, right, down, low, ruler_mm = answers
    with pytest.raises(Malformed) as refusal:
        seen(across, right, down, low, ruler_mm, AIM)
    assert refusal.value.field == field
    assert "%%" not in str(refusal.value)


def test_more_than_a_printer_is_corrected_is_refused_in_words() -> None:
    far = corrected(Calibration(), Seen(-15, 0, 100), AIM)
    with pytest.raises(Malformed, match="begin anew"):
        corrected(far, Seen(-6, 0, 100), AIM)
    with pytest.raises(Malformed, match="begin anew"):
        corrected(Calibration(scale=1.08), Seen(0, 0, 96), AIM)


def test_what_is_measured_stands_in_the_middle_of_a_sheet() -> None:
    assert calibration.target(SHEET) == AIM
