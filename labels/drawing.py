"""What a label is made of, for every format to paint: six kinds of mark, in millimetres from the cell's top left."""

from __future__ import annotations

from typing import NamedTuple

from labels.logo import Logo
from labels.qr import Symbol

BLACK, WHITE = "000000", "ffffff"


class Panel(NamedTuple):
    """A filled rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    ink: str


class Picture(NamedTuple):
    """A pictogram of `labels.pictograms`, `size` on a side; pieces cut out show the `ground`."""

    x: float
    y: float
    size: float
    name: str
    ink: str
    ground: str


class Words(NamedTuple):
    """A line of text: `x` is its left end, `y` its baseline, `size` the em."""

    x: float
    y: float
    size: float
    face: str
    text: str
    ink: str


class Matrix(NamedTuple):
    """A QR symbol; `x`, `y` is the corner of its first module, the quiet zone lies outside it."""

    x: float
    y: float
    module: float
    symbol: Symbol


class Stripes(NamedTuple):
    """A Code 128; `x` is the left of its first bar, the quiet zones lie outside it."""

    x: float
    y: float
    module: float
    height: float
    widths: tuple[int, ...]


class Emblem(NamedTuple):
    """The organisation's logo, in black."""

    x: float
    y: float
    width: float
    height: float
    logo: Logo


def stretched(mark: Panel | Words, by: float) -> Panel | Words:
    """The mark, so many times as large and as far from the corner."""
    if isinstance(mark, Words):
        return mark._replace(x=mark.x * by, y=mark.y * by, size=mark.size * by)
    return mark._replace(
        x=mark.x * by, y=mark.y * by, width=mark.width * by, height=mark.height * by, radius=mark.radius * by
    )


Mark = Panel | Picture | Words | Matrix | Stripes | Emblem
