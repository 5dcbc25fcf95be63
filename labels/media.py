"""Sheets and rolls as data, one line each. Lengths are millimetres.

A cell is what is peeled off: one label. `left` and `top` are the corner of the first cell on the page, `across`
and `down` the distance from one cell's corner to the next (the pitch). `edge_x` and `edge_y` are the strip inside
the cell where nothing is printed: the tolerance of the cut on sheets, the unprintable border on rolls.

Sizes follow the makers' sheets: L numbers are Avery's for A4, whose grid stands centred on the page; DK numbers
are Brother's (printable borders from its raster command reference), 99/11 numbers Dymo's. The makers' drawings were
not at hand for every one: try a new box of sheets with the calibration page first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labels.errors import LabelError

A4 = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Medium:
    """What labels are printed on; `columns` × `rows` cells a page, 1 × 1 on a roll. `words`: what people call one that
    they added themselves."""

    name: str
    kind: str
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    page_width_mm: float
    page_height_mm: float
    left_mm: float = 0.0
    top_mm: float = 0.0
    across_mm: float = 0.0
    down_mm: float = 0.0
    edge_x_mm: float = 1.5
    edge_y_mm: float = 1.5
    words: str = ""

    @property
    def cells(self) -> int:
        """Cells on one page."""
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        return self.kind == "roll"

    def corner(self, cell: int) -> tuple[float, float]:
        """Left and top of a cell on its page, counted from 0, row by row."""
        row, column = divmod(cell, self.columns)
        return self.left_mm + column * self.across_mm, self.top_mm + row * self.down_mm


def sheet(
    name: str,
    columns: int,
    rows: int,
    width: float,
    height: float,
    *,
    left: float,
    top: float,
    across: float,
    down: float,
    page: tuple[float, float] = A4,
    edge: float | None = None,
) -> Medium:
    """A sheet of cells; refused in words when it cannot exist."""
    strip = min(2.0, width / 25, height / 10) if edge is None else edge
    return checked(
        Medium(name, "sheet", columns, rows, width, height, *page, left, top, across, down, strip, strip)
    )


def roll(name: str, width: float, height: float, *, edge_x: float = 1.5, edge_y: float = 1.5) -> Medium:
    """A roll of single labels: each is its own page; refused in words when it cannot exist."""
    return checked(
        Medium(name, "roll", 1, 1, width, height, width, height, edge_x_mm=edge_x, edge_y_mm=edge_y)
    )


def checked(medium: Medium) -> Medium:
    """The medium itself, or `LabelError` saying which measure is impossible (tolerance 0.05 mm)."""
    m = medium
    _check_sizes(m)
    if m.is_roll:
        return m
    if (m.columns > 1 and m.across_mm < m.width_mm - 0.05) or (m.rows > 1 and m.down_mm < m.height_mm - 0.05):
        raise LabelError(
            "The labels of “%(name)s” overlap: make the pitch at least as large as the label.", name=m.name
        )
    right = m.left_mm + (m.columns - 1) * m.across_mm + m.width_mm
    bottom = m.top_mm + (m.rows - 1) * m.down_mm + m.height_mm
    if min(m.left_mm, m.top_mm) < 0 or right > m.page_width_mm + 0.05 or bottom > m.page_height_mm + 0.05:
        raise LabelError(
            "The labels of “%(name)s” reach %(right).1f × %(bottom).1f mm, beyond the page of "
            "%(width).1f × %(height).1f mm.",
            name=m.name,
            right=right,
            bottom=bottom,
            width=m.page_width_mm,
            height=m.page_height_mm,
        )
    return m


def _check_sizes(m: Medium) -> None:
    if m.columns < 1 or m.rows < 1 or m.cells > 1000:
        raise LabelError(
            "“%(name)s” needs at least one column and one row, and at most 1,000 labels a page.", name=m.name
        )
    if not (10 <= m.width_mm <= 1000 and 8 <= m.height_mm <= 1000):
        raise LabelError(
            "A label of “%(name)s” must be at least 10 × 8 mm and at most 1 m on a side.", name=m.name
        )
    if m.edge_x_mm < 0 or m.edge_y_mm < 0 or m.edge_x_mm > m.width_mm / 4 or m.edge_y_mm > m.height_mm / 4:
        raise LabelError(
            "The blank edge of “%(name)s” must lie between 0 and a quarter of the label.", name=m.name
        )


MEDIA: tuple[Medium, ...] = (
    sheet("avery-l7159", 3, 8, 63.5, 33.9, left=7.2, top=12.9, across=66.04, down=33.9),
    sheet("avery-l7160", 3, 7, 63.5, 38.1, left=7.2, top=15.15, across=66.04, down=38.1),
    sheet("avery-l7161", 3, 6, 63.5, 46.6, left=7.2, top=8.7, across=66.04, down=46.6),
    sheet("avery-l7162", 2, 8, 99.1, 33.9, left=4.65, top=12.9, across=101.6, down=33.9),
    sheet("avery-l7163", 2, 7, 99.1, 38.1, left=4.65, top=15.15, across=101.6, down=38.1),
    sheet("avery-l7164", 3, 4, 63.5, 72.0, left=7.2, top=4.5, across=66.04, down=72.0),
    sheet("avery-l7165", 2, 4, 99.1, 67.7, left=4.65, top=13.1, across=101.6, down=67.7),
    sheet("avery-l7173", 2, 5, 99.1, 57.0, left=4.65, top=6.0, across=101.6, down=57.0),
    sheet("avery-l7651", 5, 13, 38.1, 21.2, left=4.75, top=10.7, across=40.6, down=21.2),
    sheet("avery-l7654", 4, 10, 45.7, 25.4, left=9.85, top=21.5, across=48.2, down=25.4),
    sheet("avery-l4731", 7, 27, 25.4, 10.0, left=8.6, top=13.5, across=27.9, down=10.0),
    sheet("avery-l4732", 5, 16, 35.6, 16.9, left=11.0, top=13.3, across=38.1, down=16.9),
    roll("brother-dk-11209", 62, 29, edge_x=1.5, edge_y=3.0),
    roll("brother-dk-11201", 90, 29, edge_x=3.0, edge_y=1.5),
    roll("brother-dk-11202", 100, 62, edge_x=3.0, edge_y=1.5),
    roll("brother-dk-11208", 90, 38, edge_x=3.0, edge_y=1.5),
    roll("dymo-99010", 89, 28, edge_x=2.0, edge_y=1.5),
    roll("dymo-99012", 89, 36, edge_x=2.0, edge_y=1.5),
    roll("dymo-11354", 57, 32, edge_x=1.5, edge_y=1.5),
    roll("zebra-51x25", 51, 25),
    roll("zebra-57x32", 57, 32),
    roll("zebra-76x51", 76, 51, edge_x=2.0, edge_y=2.0),
)

_BY_NAME = {medium.name: medium for medium in MEDIA}


def medium(name: str, own: Sequence[Medium] = ()) -> Medium:
    """The medium of that name (any case), also among a workshop's `own`; `LabelError` lists the names when there is none."""
    by_name = {one.name: one for one in own} | _BY_NAME
    found = by_name.get(name.strip().lower())
    if found is None:
        raise LabelError(
            "There is no label medium “%(name)s”. Choose one of: %(known)s.",
            name=name,
            known=", ".join(by_name),
        )
    return found
