"""A page that shows what a printer does wrong: rulers, crosses, and the outline of every cell of a medium.

Measured on the print: where the middle of each cross lies from the paper's edge (its true place is printed beside it),
and how long the 100 mm rulers have become. The differences are a `sheets.Calibration`.
"""

from __future__ import annotations

from collections.abc import Iterator

from labels.drawing import BLACK, Mark, Panel, Words
from labels.errors import LabelError
from labels.media import Medium
from labels.pdf import drawn
from labels.sheets import Calibration
from labels.typefaces import face

_LINE = 0.15


def page(medium: Medium, title: str, calibration: Calibration | None = None) -> Iterator[bytes]:
    """A PDF of one page for a sheet. `title` is printed on it (the names of printer and medium); with a calibration
    it shows the page as corrected, to be checked against the light with a sheet of labels."""
    if medium.is_roll or min(medium.page_width_mm, medium.page_height_mm) < 150:
        raise LabelError(
            "“%(name)s” is too small for a ruler. Print one label and measure that.", name=medium.name
        )
    marks = [*_cells(medium), *_crosses(medium), *_rulers(medium)]
    middle = medium.page_width_mm / 2
    text, bold = title[:60], face("bold")
    known = "".join(character if character in bold.glyphs else "?" for character in text)
    marks += [
        Panel(middle - 50, 38, 100, 9, 0, "ffffff"),
        Words(middle - bold.width(known) * 2, 44, 4, "bold", known, BLACK),
    ]
    return drawn([[(0.0, 0.0, marks)]], medium, calibration or Calibration())


def _line(x: float, y: float, width: float, height: float, thick: float = _LINE) -> Panel:
    """A line whose middle runs through the point; one of width and height is 0."""
    half = thick / 2
    return Panel(x - half, y - half, width + thick, height + thick, 0, BLACK)


def _cells(medium: Medium) -> Iterator[Mark]:
    width, height = medium.width_mm, medium.height_mm
    for cell in range(medium.cells):
        x, y = medium.corner(cell)
        yield _line(x, y, width, 0)
        yield _line(x, y + height, width, 0)
        yield _line(x, y, 0, height)
        yield _line(x + width, y, 0, height)


def _crosses(medium: Medium) -> Iterator[Mark]:
    """One near each corner and its distance from the paper's left and upper edge in millimetres."""
    for x in (20.0, medium.page_width_mm - 20):
        for y in (20.0, medium.page_height_mm - 20):
            yield Panel(x - 6, y - 6, 12, 16, 0, "ffffff")
            yield _line(x - 5, y, 10, 0, 0.25)
            yield _line(x, y - 5, 0, 10, 0.25)
            said = f"{x:g} × {y:g}"
            yield Words(x - face("bold").width(said) * 1.5, y + 9, 3, "bold", said, BLACK)


def _rulers(medium: Medium) -> Iterator[Mark]:
    """100 mm across and 100 mm down, crossing in the middle of the page."""
    x, y = medium.page_width_mm / 2 - 50, medium.page_height_mm / 2 - 50
    yield Panel(x - 4, y + 46, 108, 12, 0, "ffffff")
    yield Panel(x + 46, y - 4, 12, 108, 0, "ffffff")
    yield _line(x, y + 50, 100, 0)
    yield _line(x + 50, y, 0, 100)
    for at in range(101):
        long = 4.0 if at % 10 == 0 else 2.8 if at % 5 == 0 else 1.6
        yield _line(x + at, y + 50, 0, long)
        yield _line(x + 50, y + at, long, 0)
    for at in range(0, 101, 20):
        yield Words(x + at - 1.2, y + 57, 2.4, "text", str(at), BLACK)
        if at not in (40, 60):
            yield Words(x + 54.5, y + at + 0.8, 2.4, "text", str(at), BLACK)
