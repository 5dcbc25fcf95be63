"""What a medium is, and which ones cannot exist. Lengths are millimetres."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite

from labels.errors import LabelError

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
MOST_CELLS = 1_000
LEAST_WIDTH_MM, LEAST_HEIGHT_MM, MOST_MM = 10.0, 8.0, 1_000.0
LEAST_CUT_MM, MOST_CUT_MM = 13, 1_000
TOLERANCE_MM = 0.05
"""Makers round: a label said to be 33.9 mm high stands every 33.87 mm."""

MEASURES = {
    "width_mm": "width of a label",
    "height_mm": "height of a label",
    "page_width_mm": "width of the page",
    "page_height_mm": "height of the page",
    "left_mm": "left margin",
    "top_mm": "top margin",
    "across_mm": "step across",
    "down_mm": "step down",
    "edge_x_mm": "blank edge at the sides",
    "edge_y_mm": "blank edge above and below",
}
"""Field → what a refusal calls it."""


@dataclass(frozen=True, slots=True)
class Medium:
    """What labels are printed on; `columns` × `rows` cells a page, 1 × 1 on a roll. `words`: what people call one that
    they added themselves; `source`: where its measures were found, a key of `media_sources.SOURCES`; `tape_mm`: how
    wide a roll is that can be cut to any length, 0 for others."""

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
    source: str = ""
    tape_mm: float = 0.0

    @property
    def cells(self) -> int:
        """Cells on one page."""
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        return self.kind == "roll"

    @property
    def reference(self) -> str:
        """The name of what is bought: without the length that a tape is cut to."""
        return re.sub(r"x[0-9]+$", "", self.name) if self.tape_mm else self.name

    def corner(self, cell: int) -> tuple[float, float]:
        """Left and top of a cell on its page, counted from 0, row by row."""
        row, column = divmod(cell, self.columns)
        return self.left_mm + column * self.across_mm, self.top_mm + row * self.down_mm

    def cut(self, length_mm: int) -> Medium:
        """The same tape, each label `length_mm` long; `LabelError` when it cannot be cut like that."""
        if not self.tape_mm:
            raise LabelError("“%(name)s” has labels of one size: it is not cut to a length.", name=self.name)
        if not LEAST_CUT_MM <= length_mm <= MOST_CUT_MM:
            raise LabelError(
                "“%(name)s” is cut to %(least)d to %(most)d mm, not to %(length)d mm.",
                name=self.name,
                least=LEAST_CUT_MM,
                most=MOST_CUT_MM,
                length=length_mm,
            )
        return replace(
            tape(self.reference, self.tape_mm, length_mm, source=self.source),
            name=f"{self.reference}x{length_mm}",
        )


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
    source: str = "",
) -> Medium:
    """A sheet of cells; refused in words when it cannot exist."""
    strip = min(2.0, width / 25, height / 10) if edge is None else edge
    made = Medium(
        name,
        "sheet",
        columns,
        rows,
        width,
        height,
        *page,
        left,
        top,
        across,
        down,
        strip,
        strip,
        source=source,
    )
    return checked(made)


def roll(
    name: str, width: float, height: float, *, edge_x: float = 1.5, edge_y: float = 1.5, source: str = ""
) -> Medium:
    """A roll of single labels: each is its own page; refused in words when it cannot exist."""
    made = Medium(
        name,
        "roll",
        1,
        1,
        width,
        height,
        width,
        height,
        edge_x_mm=edge_x,
        edge_y_mm=edge_y,
        source=source,
    )
    return checked(made)


def tape(name: str, width: float, length: float, *, source: str = "") -> Medium:
    """An endless roll `width` wide, cut after `length`: the longer side lies across, so that words have room.

    Printers leave 35 dots of 300 dpi blank where they cut and 18 beside; a little more stays white here, so that nothing is cut off.
    """
    along, beside = min(3.2, length / 4), min(1.7, width / 4)
    long = length >= width
    made = Medium(
        name,
        "roll",
        1,
        1,
        max(width, length),
        min(width, length),
        max(width, length),
        min(width, length),
        edge_x_mm=along if long else beside,
        edge_y_mm=beside if long else along,
        source=source,
        tape_mm=width,
    )
    return checked(made)


def checked(medium: Medium) -> Medium:
    """The medium itself, or `LabelError` saying which measure is impossible, and its value."""
    for fault in faults(medium):
        raise fault
    return medium


def faults(m: Medium) -> Iterator[LabelError]:
    """Everything that is wrong, what must be put right first coming first."""
    strange = [field for field in MEASURES if not isfinite(getattr(m, field))]
    yield from (
        LabelError("The %(measure)s of “%(name)s” is no number of millimetres.", **_measure(m, field))
        for field in strange
    )
    if strange:
        return
    below = [field for field in MEASURES if getattr(m, field) < 0]
    yield from (
        LabelError(
            "The %(measure)s of “%(name)s” is %(value)s mm: it cannot be less than 0.", **_measure(m, field)
        )
        for field in below
    )
    if m.columns < 1 or m.rows < 1 or m.cells > MOST_CELLS:
        yield LabelError(
            "“%(name)s” has %(columns)d × %(rows)d labels a page: it needs at least one column and one row, and at "
            "most 1,000 labels.",
            name=m.words or m.name,
            columns=m.columns,
            rows=m.rows,
        )
        return
    yield from _faults_of_a_label(m)
    if not m.is_roll:
        yield from _faults_of_a_grid(m)


def _measure(m: Medium, field: str) -> dict[str, str]:
    return {"name": m.words or m.name, "measure": MEASURES[field], "value": _said(getattr(m, field))}


def _faults_of_a_label(m: Medium) -> Iterator[LabelError]:
    if not (LEAST_WIDTH_MM <= m.width_mm <= MOST_MM and LEAST_HEIGHT_MM <= m.height_mm <= MOST_MM):
        yield LabelError(
            "A label of “%(name)s” is %(width)s × %(height)s mm: it must be at least 10 × 8 mm and at most 1 m on a side.",
            name=m.words or m.name,
            width=_said(m.width_mm),
            height=_said(m.height_mm),
        )
    for field, side in (("edge_x_mm", m.width_mm), ("edge_y_mm", m.height_mm)):
        if getattr(m, field) > side / 4:
            yield LabelError(
                "The %(measure)s of “%(name)s” is %(value)s mm: it may be at most a quarter of the label, %(most)s mm.",
                **_measure(m, field),
                most=_said(side / 4),
            )


def _faults_of_a_grid(m: Medium) -> Iterator[LabelError]:
    if max(m.page_width_mm, m.page_height_mm) > MOST_MM:
        yield LabelError(
            "The page of “%(name)s” is %(width)s × %(height)s mm: it may be at most 1 m on a side.",
            name=m.words or m.name,
            width=_said(m.page_width_mm),
            height=_said(m.page_height_mm),
        )
    for many, field, side in (
        (m.columns > 1, "across_mm", m.width_mm),
        (m.rows > 1, "down_mm", m.height_mm),
    ):
        if many and getattr(m, field) < side - TOLERANCE_MM:
            yield LabelError(
                "The labels of “%(name)s” overlap: the %(measure)s from one to the next is %(value)s mm, and a label "
                "takes %(side)s mm.",
                **_measure(m, field),
                side=_said(side),
            )
    right = m.left_mm + (m.columns - 1) * m.across_mm + m.width_mm
    bottom = m.top_mm + (m.rows - 1) * m.down_mm + m.height_mm
    if right > m.page_width_mm + TOLERANCE_MM or bottom > m.page_height_mm + TOLERANCE_MM:
        yield LabelError(
            "The labels of “%(name)s” reach %(right)s × %(bottom)s mm, beyond the page of %(width)s × %(height)s mm.",
            name=m.words or m.name,
            right=_said(right),
            bottom=_said(bottom),
            width=_said(m.page_width_mm),
            height=_said(m.page_height_mm),
        )


def _said(value: float) -> str:
    """A length without needless digits: `63.5`, `66.04`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isfinite(value) else str(value)
