"""A medium as a small drawing: the page with its cells, or a piece of the roll. For screens; the look is the page's.

Classes: `paper`, `cells`, `printed` (where ink may go), `cut`. Nothing else is said, so that any page can colour it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from labels.media_shapes import MEASURES, MOST_CELLS, Medium

_LINER_MM = 3.0


def can_be_drawn(m: Medium) -> bool:
    """Also what cannot be printed on, so that a person sees why: cells that overlap, or leave the page."""
    sizes = [getattr(m, field) for field in MEASURES]
    return (
        all(isfinite(size) and abs(size) <= 10_000 for size in sizes)
        and min(m.page_width_mm, m.page_height_mm, m.width_mm, m.height_mm) > 0
        and 1 <= m.columns <= MOST_CELLS
        and 1 <= m.rows <= MOST_CELLS
        and m.cells <= MOST_CELLS
    )


def picture(m: Medium, words: str, *, printed: bool = False) -> str:
    """SVG, one unit a millimetre. `words` (plain text) say what it shows; `printed` draws the strips left blank too."""
    beside = _LINER_MM if m.is_roll else 0.0
    corners = [m.corner(cell) for cell in range(m.cells)]
    paths = [_path("cells", (_box(x, y, m.width_mm, m.height_mm) for x, y in corners))]
    if printed:
        width, height = m.width_mm - 2 * m.edge_x_mm, m.height_mm - 2 * m.edge_y_mm
        inner = (_box(x + m.edge_x_mm, y + m.edge_y_mm, width, height) for x, y in corners)
        paths.append(_path("printed", inner if min(width, height) > 0 else ()))
    if m.tape_mm:
        paths.append(_path("cut", _cuts(m)))
    width, height = m.page_width_mm + 2 * beside, m.page_height_mm + 2 * beside
    paper = _path("paper", [_box(-beside, -beside, width, height)])
    view = " ".join(_number(value) for value in (-beside - 1, -beside - 1, width + 2, height + 2))
    title = words.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg class="medium-picture" viewBox="{view}" width="{_number(width + 2)}" height="{_number(height + 2)}" '
        f'role="img" aria-label="{title}">{paper}{"".join(paths)}</svg>'
    )


def _cuts(m: Medium) -> Iterable[str]:
    """Where a tape is cut: across it, before and after the label."""
    if m.width_mm == m.tape_mm:
        return [
            f"M{_number(-_LINER_MM)} {_number(y)}H{_number(m.width_mm + _LINER_MM)}"
            for y in (0.0, m.height_mm)
        ]
    return [
        f"M{_number(x)} {_number(-_LINER_MM)}V{_number(m.height_mm + _LINER_MM)}" for x in (0.0, m.width_mm)
    ]


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{_number(x)} {_number(y)}h{_number(width)}v{_number(height)}h{_number(-width)}z"


def _path(name: str, parts: Iterable[str]) -> str:
    return f'<path class="{name}" d="{"".join(parts)}"/>'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
