"""What a person sees on a page of crosses, and what corrects it. Plain values; lengths in millimetres.

A printer puts the point `p` of a page at `d + s × p` on the paper. A page that is corrected by moving it `t` after scaling it
`c` shows a point `q` at `d + s × (c × q + t)`. The ruler tells `m = s × c`, the cross at `q` how far beside `q` it lies. Both
lie right when `c` becomes `c / m` and `t` gives way to what is left of `d / s`: exact in one round, whatever corrected the
page that was measured, so a second round only takes away what the eye missed in the first.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from labels.calibration import Target
from labels.sheets import Calibration
from tracker.errors import Malformed
from tracker.i18n import N_

MOST_MM, MOST_SCALE = 20.0, 0.1
MOST_SEEN_MM = 40.0
"""A cross in the middle of a sheet lies farther off than the sheet is moved, when the printer also scales."""
# Smaller than anybody can see: rounded to whole micrometres and to five decimals of scale.
_MM_DIGITS, _SCALE_DIGITS = 3, 5
STEPS_MM = (0.5, 1.0, 1.5, 2.0, 3.0)
RULER_STEPS_MM = (-1.0, -0.5, 0.5, 1.0)


class Across(enum.StrEnum):
    """Where the cross lies, seen from where it should."""

    RIGHT_ON = "right_on"
    LEFT = "left"
    RIGHT = "right"


class Down(enum.StrEnum):
    RIGHT_ON = "right_on"
    UP = "up"
    DOWN = "down"


ACROSS: dict[Across, str] = {
    Across.LEFT: N_("too far left"),
    Across.RIGHT_ON: N_("where it should be"),
    Across.RIGHT: N_("too far right"),
}
DOWN: dict[Down, str] = {
    Down.UP: N_("too high"),
    Down.RIGHT_ON: N_("where it should be"),
    Down.DOWN: N_("too low"),
}


@dataclass(frozen=True)
class Seen:
    """What was measured: how far the cross lies too far right (left is negative) and too low (high is negative), and how
    long the ruler is."""

    right_mm: float
    down_mm: float
    ruler_mm: float

    def fits(self, target: Target) -> bool:
        return self == Seen(0, 0, target.ruler)


def seen(  # noqa: PLR0917 (the answers, in the order of the questions)
    across: Across,
    across_mm: float | None,
    down: Down,
    down_mm: float | None,
    ruler_mm: float | None,
    target: Target,
) -> Seen:
    """The three answers as one measure. Raises `Malformed` naming the question that lacks its millimetres."""
    right = _beside(across is not Across.RIGHT_ON, across is Across.LEFT, across_mm, "across_mm")
    low = _beside(down is not Down.RIGHT_ON, down is Down.UP, down_mm, "down_mm")
    measured = target.ruler if ruler_mm is None else ruler_mm
    if abs(measured / target.ruler - 1) > MOST_SCALE:
        raise Malformed(
            N_(
                "The ruler is out by more than a tenth. Set the printer to “actual size” (100 %%), print the page again, "
                "and measure that."
            ),
            field="ruler_mm",
            nothing="",
        )
    return Seen(right, low, measured)


def _beside(aside: bool, negative: bool, length: float | None, field: str) -> float:
    if not aside:
        return 0.0
    if not length:
        raise Malformed(N_("Say by how many millimetres, for example 1 or 1.5."), field=field)
    if length > MOST_SEEN_MM:
        raise Malformed(
            N_(
                "More than %(most)s mm is no fault of the printer’s feed: choose the right paper and “actual size” in its "
                "settings, then print the page again."
            ),
            field=field,
            most=int(MOST_SEEN_MM),
        )
    return -length if negative else length


def corrected(was: Calibration, seen: Seen, target: Target) -> Calibration:
    """What corrects the printer, given what corrected the page that was measured. Raises `Malformed` beyond 20 mm or 10 %."""
    long = seen.ruler_mm / target.ruler
    scale = was.scale / long
    x = was.x_mm - was.scale / long * (seen.right_mm + target.x * (1 - long))
    y = was.y_mm - was.scale / long * (seen.down_mm + target.y * (1 - long))
    if abs(scale - 1) > MOST_SCALE or max(abs(x), abs(y)) > MOST_MM:
        raise Malformed(
            N_(
                "That would move the labels by more than %(most)s mm, or stretch them by more than a tenth. Check the "
                "printer’s settings (“actual size”, no margins, the right paper), then begin anew without correction."
            ),
            most=int(MOST_MM),
        )
    return Calibration(round(x, _MM_DIGITS) + 0.0, round(y, _MM_DIGITS) + 0.0, round(scale, _SCALE_DIGITS))
