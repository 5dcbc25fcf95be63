"""An organisation's logo as a label carries it: black dots, once and for all.

One form for every format. A thermal head has only dots; a mask of 600 across is finer than a laser printer at the size
a label leaves for it; and nothing of the file that was sent lives on, so nothing in it can act anywhere.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

MOST_WIDE, MOST_HIGH = 600, 300
"""Dots of a logo at most: 600 dpi at 25 mm."""


@dataclass(frozen=True, eq=False)
class Logo:
    """Black dots; a row is one whole number, leftmost dot highest."""

    width: int
    height: int
    rows: tuple[int, ...]

    @property
    def packed(self) -> bytes:
        """The rows in whole bytes, 1 for black, compressed."""
        size = -(-self.width // 8)
        padding = size * 8 - self.width
        return zlib.compress(b"".join((row << padding).to_bytes(size, "big") for row in self.rows), 9)

    @property
    def blackness(self) -> float:
        """The share of its dots that are black."""
        return sum(row.bit_count() for row in self.rows) / (self.width * self.height)

    def within(self, width: float, height: float) -> tuple[float, float]:
        """Its largest size in a space, its proportions kept."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


def unpacked(width: int, height: int, packed: bytes) -> Logo:
    """The logo that was packed; `ValueError` when it is not of that size."""
    size = -(-width // 8)
    data = zlib.decompressobj().decompress(packed, size * height + 1)
    if not (0 < width <= MOST_WIDE and 0 < height <= MOST_HIGH) or len(data) != size * height:
        raise ValueError("not the dots of a logo")
    padding = size * 8 - width
    return Logo(
        width,
        height,
        tuple(int.from_bytes(data[at : at + size], "big") >> padding for at in range(0, size * height, size)),
    )


@lru_cache(maxsize=16)
def scaled(logo: Logo, width: int, height: int) -> tuple[int, ...]:
    """Its rows at another size: a dot is black where half of what it covers is."""
    columns = [_span(at, width, logo.width) for at in range(width)]
    rows = []
    for y in range(height):
        first, last = _span(y, height, logo.height)
        near, row = logo.rows[first:last], 0
        for left, right in columns:
            shift, mask = logo.width - right, (1 << (right - left)) - 1
            black = sum((line >> shift & mask).bit_count() for line in near)
            row = row << 1 | (2 * black >= (right - left) * len(near))
        rows.append(row)
    return tuple(rows)


def _span(at: int, count: int, of: int) -> tuple[int, int]:
    """Which of `of` dots the dot `at` of `count` covers; at least one."""
    first = at * of // count
    return first, max(first + 1, (at + 1) * of // count)


@lru_cache(maxsize=4)
def outline(logo: Logo) -> str:
    """Its black dots as an SVG path in dots, runs of a row in one piece; equal runs of rows below too."""
    open_runs: dict[tuple[int, int], int] = {}
    out = []
    for y in range(logo.height + 1):
        runs = set(_runs(logo.rows[y], logo.width)) if y < logo.height else set()
        for run in [run for run in open_runs if run not in runs]:
            (left, right), top = run, open_runs.pop(run)
            out.append(f"M{left} {top}H{right}V{y}H{left}z")
        for run in runs:
            open_runs.setdefault(run, y)
    return "".join(out)


def _runs(row: int, width: int) -> list[tuple[int, int]]:
    """Left and right end of each run of black dots."""
    runs = []
    while row:
        left = width - row.bit_length()
        white = (1 << row.bit_length()) - 1 ^ row
        right = width - white.bit_length()
        runs.append((left, right))
        row &= (1 << (width - right)) - 1
    return runs
