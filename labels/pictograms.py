"""The pictograms of the bands: our own solid shapes on a grid of 24, for a thermal head of 8 dots a millimetre.

A pictogram is a list of layers, painted in order: `True` in the ink of the band's words, `False` in the band's own
colour (to cut a piece out). Each layer is one closed polygon. Lines are at least 2 units (0.3 mm at 4 mm) thick.
"""

from __future__ import annotations

from math import cos, pi, sin

Polygon = tuple[tuple[float, float], ...]
Layer = tuple[bool, Polygon]


def _disc(x: float, y: float, radius: float, start: float = 0.0, end: float = 2.0) -> Polygon:
    """A circle, or the part between two angles in half turns (0 is right, 0.5 is down)."""
    steps = 28
    return tuple(
        (
            x + radius * cos(pi * (start + (end - start) * at / steps)),
            y + radius * sin(pi * (start + (end - start) * at / steps)),
        )
        for at in range(steps + 1)
    )


def _rect(x: float, y: float, width: float, height: float) -> Polygon:
    return (x, y), (x + width, y), (x + width, y + height), (x, y + height)


def _star(x: float, y: float, outer: float, inner: float) -> Polygon:
    return tuple(
        (
            x + (inner if at % 2 else outer) * sin(pi * at / 5),
            y - (inner if at % 2 else outer) * cos(pi * at / 5),
        )
        for at in range(10)
    )


def _turned(polygon: Polygon, half_turns: float) -> Polygon:
    """Turned about the middle of the grid."""
    c, s = cos(pi * half_turns), sin(pi * half_turns)
    return tuple((12 + (x - 12) * c - (y - 12) * s, 12 + (x - 12) * s + (y - 12) * c) for x, y in polygon)


_SHIELD: Polygon = (
    (12, 0.8),
    (21.3, 4.3),
    (21.3, 11),
    (20.6, 14.2),
    (19, 17.2),
    (16.2, 20.4),
    (12, 23.4),
    (7.8, 20.4),
    (5, 17.2),
    (3.4, 14.2),
    (2.7, 11),
    (2.7, 4.3),
)
_TICK: Polygon = ((6.6, 12.2), (8.7, 10.1), (10.9, 12.3), (15.8, 7.2), (17.9, 9.2), (11, 16.5))

PICTOGRAMS: dict[str, tuple[Layer, ...]] = {
    "tag": ((True, ((1, 4), (13, 4), (23, 12), (13, 20), (1, 20))), (False, _disc(6.5, 12, 2.4))),
    "truck": (
        (True, _rect(0.5, 4.5, 13.5, 13)),
        (True, ((15, 8.5), (19.6, 8.5), (23.5, 12.6), (23.5, 17.5), (15, 17.5))),
        (False, _disc(6.5, 18, 4)),
        (False, _disc(18, 18, 4)),
        (True, _disc(6.5, 18, 2.9)),
        (True, _disc(18, 18, 2.9)),
    ),
    "tray": (
        (True, ((9.6, 1), (14.4, 1), (14.4, 7.6), (19, 7.6), (12, 15.4), (5, 7.6), (9.6, 7.6))),
        (True, ((1.5, 13), (5, 13), (5, 19.5), (19, 19.5), (19, 13), (22.5, 13), (22.5, 23), (1.5, 23))),
    ),
    "shield": ((True, _SHIELD), (False, _TICK)),
    "wrench": (
        (True, _turned(_rect(9.4, 9, 5.2, 15), 0.25)),
        (True, _turned(_disc(12, 5.6, 6.6), 0.25)),
        (False, _turned(_rect(9.8, -2.5, 4.4, 8.4), 0.25)),
        (False, _turned(_disc(12, 21.2, 1.2), 0.25)),
    ),
    "star": ((True, _star(12, 12.8, 12.2, 5.2)),),
    "bookmark": ((True, ((4.5, 1.5), (19.5, 1.5), (19.5, 23), (12, 17), (4.5, 23))),),
    "gift": (
        (True, _disc(8.3, 4.2, 3.4)),
        (True, _disc(15.7, 4.2, 3.4)),
        (False, _disc(8.2, 4.4, 1.3)),
        (False, _disc(15.8, 4.4, 1.3)),
        (True, _rect(1.2, 6.8, 21.6, 5.2)),
        (True, _rect(3, 13.2, 18, 9.8)),
        (False, _rect(10.9, 6.8, 2.2, 16.2)),
    ),
    "leave": (
        (True, ((1.5, 2), (12, 2), (12, 5.4), (5, 5.4), (5, 18.6), (12, 18.6), (12, 22), (1.5, 22))),
        (True, ((8.5, 9.8), (14.5, 9.8), (14.5, 5), (23, 12), (14.5, 19), (14.5, 14.2), (8.5, 14.2))),
    ),
    "pin": (
        (True, _disc(12, 9, 8.2)),
        (True, ((4.6, 12.6), (19.4, 12.6), (12, 23.6))),
        (False, _disc(12, 9, 3.3)),
    ),
    "crate": (
        (True, _rect(1.5, 2.5, 21, 6.3)),
        (True, _rect(3, 10, 18, 12)),
        (False, _rect(8.5, 12.6, 7, 2.6)),
    ),
    "bolt": ((True, ((14.5, 0.5), (3.5, 13.6), (10.4, 13.6), (8.2, 23.6), (20.5, 9.4), (13, 9.4))),),
    "person": ((True, _disc(12, 6.6, 5.4)), (True, (*_disc(12, 23, 10.2, 1.0, 2.0), (22.2, 23), (1.8, 23)))),
    "undo": (
        (
            True,
            (
                (9.5, 1),
                (9.5, 6),
                (15, 6),
                (19.5, 7.6),
                (22.3, 11),
                (22.8, 15),
                (21.5, 19),
                (18.5, 22),
                (14, 23),
                (8, 23),
                (8, 19.2),
                (14, 19.2),
                (17, 18),
                (18.6, 15),
                (17.6, 11.8),
                (14.5, 10),
                (9.5, 10),
                (9.5, 15),
                (1, 8),
            ),
        ),
    ),
    "stop": ((True, _rect(3, 3, 18, 18)),),
}
