"""Black dots. A row of dots is one whole number, leftmost dot highest, so that a rectangle costs one operation a row."""

from __future__ import annotations

from collections.abc import Iterable


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
