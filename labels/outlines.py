"""Outlines as rows of dots: a dot is black where at least half of it is inside."""

from __future__ import annotations

from typing import NamedTuple

from labels.typefaces import Contour

Outline = list[tuple[float, float]]
"""A closed polygon, in dots, y down."""

_SUBROWS = 4
_CURVE_STEPS = 5


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


def covered(outlines: list[Outline], width: int, height: int) -> list[int]:
    """Rows of dots at least half covered, by the non-zero rule, from four lines a dot."""
    edges = [
        _edge(a, b)
        for outline in outlines
        for a, b in zip(outline, outline[1:] + outline[:1], strict=True)
        if a[1] != b[1]
    ]
    rows = []
    for y in range(height):
        near = [edge for edge in edges if edge.top < y + 1 and edge.bottom > y]
        steps = [0.0] * (width + 2)
        for part in range(_SUBROWS):
            for start, end in _spans(near, y + (part + 0.5) / _SUBROWS):
                _step(steps, min(max(start, 0.0), width), 1.0)
                _step(steps, min(max(end, 0.0), width), -1.0)
        row, cover = 0, 0.0
        for step in steps[:width]:
            cover += step
            row = row << 1 | (cover >= _SUBROWS * 0.5 - 1e-6)
        rows.append(row)
    return rows


class _Edge(NamedTuple):
    """A side of an outline: from `top`, where it stands at `x`, leaning by `lean` a dot, down to `bottom`."""

    top: float
    bottom: float
    x: float
    lean: float
    turn: int


def _edge(a: tuple[float, float], b: tuple[float, float]) -> _Edge:
    (ax, ay), (bx, by) = (a, b) if a[1] < b[1] else (b, a)
    return _Edge(ay, by, ax, (bx - ax) / (by - ay), 1 if a[1] < b[1] else -1)


def _spans(edges: list[_Edge], y: float) -> list[tuple[float, float]]:
    """Where a line at y is inside (non-zero winding), from the left."""
    crossings = sorted(
        (x + (y - top) * lean, turn) for top, bottom, x, lean, turn in edges if top <= y < bottom
    )
    winding, spans = 0, []
    for at, (x, turn) in enumerate(crossings):
        winding += turn
        if winding:
            spans.append((x, crossings[at + 1][0]))
    return spans


def _step(steps: list[float], x: float, up: float) -> None:
    """Cover that begins (or ends) at x: part of the dot x lies in, all of the following ones."""
    dot = int(x)
    part = x - dot
    steps[dot] += up * (1 - part)
    steps[dot + 1] += up * part
