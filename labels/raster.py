"""Labels as black dots, for pictures and thermal heads. A row of dots is one whole number, leftmost dot highest.

Modules and bars are whole dots (`frames` sees to it wherever the size allows). Letters and pictograms are black where
at least half of a dot is covered. No library: everything is a rectangle or a filled outline.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from math import ceil, cos, floor, pi, sin

from labels.compose import compose
from labels.drawing import WHITE, Mark, Matrix, Panel, Picture, Stripes, Words
from labels.errors import LabelError
from labels.label import Label
from labels.media import Medium
from labels.pictograms import PICTOGRAMS
from labels.typefaces import Contour, face

DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
"""Heads called 203 dpi have 8 dots a millimetre."""

Outline = list[tuple[float, float]]
_SUBROWS = 4
_CURVE_STEPS = 5


class Bitmap:
    """Dots in black (1) and white (0)."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [0] * height

    def fill(self, left: int, top: int, right: int, bottom: int, black: bool = True) -> None:
        """A rectangle, `right` and `bottom` outside; what lies outside the bitmap is cut."""
        left, right = max(left, 0), min(right, self.width)
        if right > left:
            self.stamp([(1 << (right - left)) - 1] * (bottom - top), right - left, left, top, black)

    def stamp(self, shape: Iterable[int], width: int, left: int, top: int, black: bool = True) -> None:
        """A shape of rows `width` wide; what lies outside the bitmap is cut."""
        shift = self.width - left - width
        whole = (1 << self.width) - 1
        for y, row in enumerate(shape, top):
            if row and 0 <= y < self.height:
                moved = (row << shift if shift >= 0 else row >> -shift) & whole
                self.rows[y] = self.rows[y] | moved if black else self.rows[y] & ~moved

    def lines(self) -> list[bytes]:
        """Each row packed into bytes, padded with white."""
        size = -(-self.width // 8)
        return [(row << (size * 8 - self.width)).to_bytes(size, "big") for row in self.rows]

    def turned(self) -> Bitmap:
        """A quarter turn clockwise."""
        other = Bitmap(self.height, self.width)
        columns = zip(*(format(row, f"0{self.width}b") for row in reversed(self.rows)), strict=True)
        other.rows = [int("".join(column), 2) for column in columns]
        return other

    def cut(self, left: int, top: int, width: int, height: int) -> Bitmap:
        """A part; what lies outside the bitmap is white."""
        part = Bitmap(width, height)
        part.stamp(self.rows, self.width, -left, -top)
        return part


def dots_per_mm(dpi: int) -> float:
    """Dots a millimetre at 203, 300 or 600 dpi."""
    if dpi not in DOTS_PER_MM:
        raise LabelError("Labels are drawn at 203, 300 or 600 dpi, not %(dpi)s.", dpi=dpi)
    return DOTS_PER_MM[dpi]


def painted(label: Label, medium: Medium, dpi: int) -> Bitmap:
    """One label in black, as large as its cell."""
    scale = dots_per_mm(dpi)
    bitmap = Bitmap(round(medium.width_mm * scale), round(medium.height_mm * scale))
    for mark in compose(label, medium, 1 / scale, False):
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
    corners = [
        (width - radius, radius, -0.5),
        (width - radius, height - radius, 0.0),
        (radius, height - radius, 0.5),
        (radius, radius, 1.0),
    ]
    outline = [
        (x + radius * cos(pi * (start + at / 16)), y + radius * sin(pi * (start + at / 16)))
        for x, y, start in corners
        for at in range(9)
    ]
    return tuple(_covered([outline], width, height)), width


@lru_cache(maxsize=128)
def _picture(name: str, size: int) -> tuple[tuple[bool, tuple[int, ...]], ...]:
    scale = size / 24
    return tuple(
        (inked, tuple(_covered([[(x * scale, y * scale) for x, y in polygon]], size, size)))
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
    return left, top, width, tuple(_covered(moved, width, height))


def flattened(contour: Contour) -> Outline:
    """A contour of quadratic curves as a polygon; points between two control points are implied (TrueType)."""
    points: Outline = []
    for at, (x, y, on) in enumerate(contour):
        if on:
            points.append((x, y))
            continue
        before, after = contour[at - 1], contour[(at + 1) % len(contour)]
        start = before[:2] if before[2] else ((before[0] + x) / 2, (before[1] + y) / 2)
        end = after[:2] if after[2] else ((after[0] + x) / 2, (after[1] + y) / 2)
        for step in range(_CURVE_STEPS + 1):
            t = step / _CURVE_STEPS
            points.append(
                (
                    (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * x + t * t * end[0],
                    (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * y + t * t * end[1],
                )
            )
    return points


def _covered(outlines: list[Outline], width: int, height: int) -> list[int]:
    """Rows of dots at least half covered, by the non-zero rule, from four lines a dot."""
    edges = [
        (a, b)
        for outline in outlines
        for a, b in zip(outline, outline[1:] + outline[:1], strict=True)
        if a[1] != b[1]
    ]
    rows = []
    for y in range(height):
        cover = [0.0] * (width + 1)
        for part in range(_SUBROWS):
            for start, end in _spans(edges, y + (part + 0.5) / _SUBROWS):
                _add(cover, max(start, 0.0), min(end, float(width)))
        row = 0
        for value in cover[:width]:
            row = row << 1 | (value >= _SUBROWS * 0.5)
        rows.append(row)
    return rows


def _spans(
    edges: list[tuple[tuple[float, float], tuple[float, float]]], y: float
) -> list[tuple[float, float]]:
    crossings = sorted(
        (ax + (y - ay) * (bx - ax) / (by - ay), 1 if by > ay else -1)
        for (ax, ay), (bx, by) in edges
        if min(ay, by) <= y < max(ay, by)
    )
    winding, spans = 0, []
    for at, (x, turn) in enumerate(crossings):
        winding += turn
        if winding:
            spans.append((x, crossings[at + 1][0]))
    return spans


def _add(cover: list[float], start: float, end: float) -> None:
    for x in range(int(start), ceil(end)):
        cover[x] += min(end, x + 1) - max(start, x)
