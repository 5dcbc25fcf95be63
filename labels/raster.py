"""Labels as black dots, for pictures and thermal heads. A row of dots is one whole number, leftmost dot highest.

Modules and bars are whole dots (`frames` sees to it wherever the size allows). Letters and pictograms are black where
at least half of a dot is covered. No library: everything is a rectangle or a filled outline.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import ceil, floor, sqrt

from labels.bitmap import Bitmap
from labels.compose import compose
from labels.drawing import WHITE, Emblem, Mark, Matrix, Panel, Picture, Stripes, Words
from labels.errors import LabelError
from labels.label import Label
from labels.logo import scaled
from labels.media import Medium
from labels.outlines import covered, flattened
from labels.pictograms import PICTOGRAMS
from labels.typefaces import face

DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
"""Heads called 203 dpi have 8 dots a millimetre."""


def dots_per_mm(dpi: int) -> float:
    """Dots a millimetre at 203, 300 or 600 dpi."""
    if dpi not in DOTS_PER_MM:
        raise LabelError("Labels are drawn at 203, 300 or 600 dpi, not %(dpi)s.", dpi=dpi)
    return DOTS_PER_MM[dpi]


def painted(label: Label, medium: Medium, dpi: int, dot: float | None = None) -> Bitmap:
    """One label in black, as large as its cell; `dot` (mm) is what modules are whole numbers of, when not the picture's."""
    scale = dots_per_mm(dpi)
    bitmap = Bitmap(round(medium.width_mm * scale), round(medium.height_mm * scale))
    for mark in compose(label, medium, dot or 1 / scale, False):
        paint(bitmap, mark, scale)
    return bitmap


def paint(bitmap: Bitmap, mark: Mark, scale: float) -> None:
    """One mark, at `scale` dots a millimetre."""
    match mark:
        case Words():
            _words(bitmap, mark, scale)
        case Matrix():
            _matrix(bitmap, mark, scale)
        case Stripes():
            _stripes(bitmap, mark, scale)
        case Panel():
            shape, width = _panel(
                round(mark.width * scale), round(mark.height * scale), round(mark.radius * scale)
            )
            bitmap.stamp(shape, width, round(mark.x * scale), round(mark.y * scale), mark.ink != WHITE)
        case Emblem():
            width, height = round(mark.width * scale), round(mark.height * scale)
            bitmap.stamp(
                scaled(mark.logo, width, height), width, round(mark.x * scale), round(mark.y * scale)
            )
        case Picture():
            for inked, shape in _picture(mark.name, round(mark.size * scale)):
                bitmap.stamp(
                    shape,
                    round(mark.size * scale),
                    round(mark.x * scale),
                    round(mark.y * scale),
                    (mark.ink if inked else mark.ground) != WHITE,
                )


def _words(bitmap: Bitmap, mark: Words, scale: float) -> None:
    typeface, size = face(mark.face), round(mark.size * scale * 4) / 4
    x, baseline = mark.x * scale, round(mark.y * scale)
    for character in mark.text:
        glyph = typeface.glyphs[character]
        left, top, width, shape = _glyph(mark.face, glyph, size)
        bitmap.stamp(shape, width, round(x) + left, baseline + top, mark.ink != WHITE)
        x += typeface.advances[glyph] / typeface.units * mark.size * scale


def _matrix(bitmap: Bitmap, mark: Matrix, scale: float) -> None:
    left, top = round(mark.x * scale), round(mark.y * scale)
    edges = [round(at * mark.module * scale + 1e-6) for at in range(mark.symbol.size + 1)]
    sizes = [after - before for before, after in pairwise(edges)]
    for y, row in enumerate(mark.symbol.rows):
        dots = int("".join(module * size for module, size in zip(row, sizes, strict=True)), 2)
        bitmap.stamp([dots] * sizes[y], edges[-1], left, top + edges[y])


def _stripes(bitmap: Bitmap, mark: Stripes, scale: float) -> None:
    module = round(mark.module * scale)
    x, top, bottom = round(mark.x * scale), round(mark.y * scale), round((mark.y + mark.height) * scale)
    for at, width in enumerate(mark.widths):
        if not at % 2:
            bitmap.fill(x, top, x + width * module, bottom)
        x += width * module


@lru_cache(maxsize=32)
def _panel(width: int, height: int, radius: int) -> tuple[tuple[int, ...], int]:
    """Rows of a rectangle with round corners."""
    rows = []
    for y in range(height):
        rise = max(0.0, radius - min(y, height - 1 - y) - 0.5)
        inset = round(radius - sqrt(radius * radius - rise * rise))
        rows.append(((1 << (width - 2 * inset)) - 1) << inset)
    return tuple(rows), width


@lru_cache(maxsize=128)
def _picture(name: str, size: int) -> tuple[tuple[bool, tuple[int, ...]], ...]:
    scale = size / 24
    return tuple(
        (inked, tuple(covered([[(x * scale, y * scale) for x, y in polygon]], size, size)))
        for inked, polygon in PICTOGRAMS[name]
    )


@lru_cache(maxsize=4096)
def _glyph(name: str, glyph: int, size: float) -> tuple[int, int, int, tuple[int, ...]]:
    """Left and top from the pen in whole dots, width, and rows."""
    typeface = face(name)
    scale = size / typeface.units
    outlines = [
        [(x * scale, -y * scale) for x, y in flattened(contour)] for contour in typeface.outline(glyph)
    ]
    if not outlines:
        return 0, 0, 0, ()
    xs, ys = [x for outline in outlines for x, _ in outline], [y for outline in outlines for _, y in outline]
    left, top = floor(min(xs)), floor(min(ys))
    width, height = ceil(max(xs)) - left, ceil(max(ys)) - top
    moved = [[(x - left, y - top) for x, y in outline] for outline in outlines]
    return left, top, width, tuple(covered(moved, width, height))
