"""A page that shows what a printer does wrong: rulers, crosses, and the outline of every cell of a medium.

Measured on the print: how far the cross of `target` lies beside its place, which is printed beside it, and how long the
ruler has become. What corrects both is worked out by whoever asks; drawn again with it, the page shows whether it does.
On a roll, a label of its own size carries one cross and one ruler.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labels.drawing import BLACK, Panel, Words
from labels.formats import Rendered, render
from labels.label import Drawing
from labels.media import Medium
from labels.scripts import laid
from labels.sheets import Printing
from labels.typefaces import face
from labels.wording import printable, shortened

_LINE, _BOLD_LINE = 0.15, 0.25
_LEAST_SHEET = 150.0
_RULER = 100
_UNDER_RING = 40.0
_LOW = 14.0
"""Labels lower than this have the cross and the ruler side by side."""

Part = Panel | Words


@dataclass(frozen=True, slots=True)
class Target:
    """What is measured: the middle of a cross from the left and the upper edge of the paper, the length of a ruler (mm)."""

    x: float
    y: float
    ruler: int


def target(medium: Medium) -> Target:
    """Where the cross stands: on a sheet in its middle, from where a fault in reading the ruler reaches least far."""
    if _is_large(medium):
        return Target(
            round(medium.page_width_mm / 20) * 10.0, round(medium.page_height_mm / 20) * 10.0, _RULER
        )
    width, height = medium.page_width_mm, medium.page_height_mm
    if height < _LOW:
        x = min(10, int(width // 5))
        return Target(float(x), float(int(height // 2)), max(5, int((width - x - 7) // 5) * 5))
    ruler = min(_RULER, max(5, int((width - 8) // 10) * 10))
    return Target(float(min(10, int(width // 5))), float(min(10, int(height // 3))), ruler)


def page(
    medium: Medium, title: Sequence[str], name: str = "pdf", printing: Printing | None = None
) -> Rendered:
    """One page in the format of that name. `title`: lines printed on it (printer, medium, date). With a calibration it
    shows the page as corrected, to be laid over a sheet of labels against the light."""
    width, height = medium.page_width_mm, medium.page_height_mm
    whole = replace(
        medium,
        columns=1,
        rows=1,
        width_mm=width,
        height_mm=height,
        left_mm=0,
        top_mm=0,
        across_mm=0,
        down_mm=0,
    )
    marks = tuple(_large(medium, title) if _is_large(medium) else _small(medium, title))
    alone = replace(printing or Printing(), start=1, skip=frozenset())
    return render([Drawing(title=", ".join(title), width_mm=width, marks=marks)], whole, name, alone)


def _large(medium: Medium, title: Sequence[str]) -> Iterator[Part]:
    yield from _cells(medium)
    yield from _crosses(medium)
    yield from _rulers(medium)
    yield from _sheet_title(medium, title)


def _is_large(medium: Medium) -> bool:
    return not medium.is_roll and min(medium.page_width_mm, medium.page_height_mm) >= _LEAST_SHEET


def _line(x: float, y: float, width: float, height: float, thick: float = _LINE) -> Panel:
    """A line whose middle runs through the point; one of width and height is 0."""
    half = thick / 2
    return Panel(x - half, y - half, width + thick, height + thick, 0, BLACK)


def _said(x: float, y: float, size: float, text: str, room: float) -> Iterator[Words]:
    """A line of bold words that begins at the point and takes at most `room`."""
    if short := shortened(printable(text, face("bold")), face("bold"), size, room):
        yield from laid(Words(x, y, size, "bold", short, BLACK))


def _cells(medium: Medium) -> Iterator[Part]:
    width, height = medium.width_mm, medium.height_mm
    for cell in range(medium.cells):
        x, y = medium.corner(cell)
        yield _line(x, y, width, 0)
        yield _line(x, y + height, width, 0)
        yield _line(x, y, 0, height)
        yield _line(x + width, y, 0, height)


def _sheet_title(medium: Medium, title: Sequence[str]) -> Iterator[Part]:
    middle = medium.page_width_mm / 2
    yield Panel(middle - 50, 38, 100, 3 + 5 * len(title), 0, "ffffff")
    for row, text in enumerate(title):
        yield from _said(middle - 48, 43 + 5 * row, 3.6, text, 96)


def _crosses(medium: Medium) -> Iterator[Part]:
    """One near each corner to see the whole, and in a ring the one that is measured; beside each its true place."""
    for x in (20.0, medium.page_width_mm - 20):
        for y in (20.0, medium.page_height_mm - 20):
            yield Panel(x - 6, y - 6, 12, 16, 0, "ffffff")
            yield from _cross(x, y, 5)
    aim = target(medium)
    yield Panel(aim.x - 14, aim.y - 14, 28, 28, 14, BLACK)
    yield Panel(aim.x - 13.2, aim.y - 13.2, 26.4, 26.4, 13.2, "ffffff")
    yield from _cross(aim.x, aim.y, 6)


def _cross(x: float, y: float, arm: float) -> Iterator[Part]:
    yield _line(x - arm, y, 2 * arm, 0, _BOLD_LINE)
    yield _line(x, y - arm, 0, 2 * arm, _BOLD_LINE)
    said = f"{x:g} × {y:g}"
    yield Words(x - face("bold").width(said) * 1.5, y + arm + 3.6, 3, "bold", said, BLACK)


def _rulers(medium: Medium) -> Iterator[Part]:
    """100 mm across under the ring, and 100 mm down on its right."""
    aim, half = target(medium), _RULER / 2
    left, y = medium.page_width_mm / 2 - half, aim.y + _UNDER_RING
    x, top = min(aim.x + 60, medium.page_width_mm - 30), medium.page_height_mm / 2 - half
    yield Panel(left - 4, y - 4, _RULER + 8, 12, 0, "ffffff")
    yield Panel(x - 4, top - 4, 14, _RULER + 8, 0, "ffffff")
    yield from _ruler(left, y, _RULER)
    yield _line(x, top, 0, _RULER)
    for at in range(_RULER + 1):
        yield _line(x, top + at, _tick(at), 0)
    for at in range(0, _RULER + 1, 20):
        yield Words(left + at - 1.2, y + 7, 2.4, "text", str(at), BLACK)
        yield Words(x + 4.5, top + at + 0.8, 2.4, "text", str(at), BLACK)


def _ruler(x: float, y: float, length: int) -> Iterator[Part]:
    yield _line(x, y, length, 0)
    for at in range(length + 1):
        yield _line(x + at, y, 0, _tick(at))


def _tick(at: int) -> float:
    return 4.0 if at % 10 == 0 else 2.8 if at % 5 == 0 else 1.6


def _small(medium: Medium, title: Sequence[str]) -> Iterator[Part]:
    """On one label: the cross above on the left, words beside it, the ruler under both."""
    aim, width, height = target(medium), medium.page_width_mm, medium.page_height_mm
    arm = min(4.0, aim.y - 1.5, aim.x - 0.5)
    yield _line(aim.x - arm, aim.y, 2 * arm, 0, _BOLD_LINE)
    yield _line(aim.x, aim.y - arm, 0, 2 * arm, _BOLD_LINE)
    low = height < _LOW
    left, y = (aim.x + arm + 0.5, aim.y - 2.0) if low else ((width - aim.ruler) / 2, height - 6.0)
    yield from _ruler(left, y, aim.ruler)
    if low:
        return
    yield Words(left + aim.ruler - 3.2, y - 0.6, 2.1, "text", str(aim.ruler), BLACK)
    words = (f"{aim.x:g} × {aim.y:g}", *title)
    for row, text in enumerate(words[: int((y - 3.5) // 2.8)]):
        yield from _said(aim.x + arm + 1.5, 3.8 + 2.8 * row, 2.3, text, width - aim.x - arm - 4)
