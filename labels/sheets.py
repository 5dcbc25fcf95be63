"""Which label goes in which cell of which page, one page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from labels.errors import LabelError
from labels.label import Label
from labels.media import Medium


@dataclass(frozen=True, slots=True)
class Calibration:
    """What one printer does wrong with one medium: everything is moved by `x_mm` to the right and `y_mm` down,
    after being scaled (1.0 is true size) from the top left corner of the page."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not (abs(self.x_mm) <= 20 and abs(self.y_mm) <= 20 and 0.9 <= self.scale <= 1.1):
            raise LabelError(
                "A printer is corrected by at most 20 mm and 10 %%; check its settings first "
                "(“actual size”, no margins)."
            )


@dataclass(frozen=True, slots=True)
class Printing:
    """How a set of labels is printed. `start` is the first cell used on the first sheet, counted from 1, `skip` the cells
    of that sheet that are passed over; both are ignored on rolls; `dpi` (203, 300, 600) matters to formats made of dots, each has its own usual one; `colour=None` means in colour on sheets and black on rolls."""

    start: int = 1
    calibration: Calibration = Calibration()
    dpi: int | None = None
    colour: bool | None = None
    skip: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Placed:
    """A label and the top left corner of its cell on the page, in millimetres, before calibration."""

    x: float
    y: float
    label: Label


def pages(
    labels: Iterable[Label], medium: Medium, start: int = 1, skip: frozenset[int] = frozenset()
) -> Iterator[list[Placed]]:
    """Pages as they fill up, each with at least one label; `LabelError` for a start that is not on the sheet,
    or when there is nothing to print."""
    cells = range(medium.cells) if medium.is_roll else _first_cells(medium, start, skip)
    queue = iter(labels)
    printed = False
    while page := list(islice(queue, len(cells))):
        yield [Placed(*medium.corner(cell), label) for cell, label in zip(cells, page, strict=False)]
        cells, printed = range(medium.cells), True
    if not printed:
        raise LabelError("There is no label to print. Choose at least one code.")


def _first_cells(medium: Medium, start: int, skip: frozenset[int]) -> Sequence[int]:
    """The cells used on the first sheet, from 0; on a whole one where none of it is left."""
    first = _first_cell(medium, start)
    return [at for at in range(first, medium.cells) if at + 1 not in skip] or range(medium.cells)


def _first_cell(medium: Medium, start: int) -> int:
    if not 1 <= start <= medium.cells:
        raise LabelError(
            "“%(name)s” has labels 1 to %(cells)d; there is no label %(start)d to start from.",
            name=medium.name,
            cells=medium.cells,
            start=start,
        )
    return start - 1


@lru_cache(maxsize=64)
def stretched(medium: Medium, scale: float) -> Medium:
    """The medium with cells so many times as large: what a printer is to be told that prints `1 / scale` times as large.
    Laid out anew for it, modules and bars stay whole dots, which the same layout enlarged would not."""
    if scale == 1.0:
        return medium
    return replace(
        medium,
        width_mm=medium.width_mm * scale,
        height_mm=medium.height_mm * scale,
        edge_x_mm=medium.edge_x_mm * scale,
        edge_y_mm=medium.edge_y_mm * scale,
    )


def in_colour(printing: Printing, medium: Medium) -> bool:
    """Whether bands take the colour of their phase."""
    return not medium.is_roll if printing.colour is None else printing.colour
