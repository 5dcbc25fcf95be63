"""Baselines and sizes of the words in their area. Millimetres; a size is an em.

What does not fit is left out, the last lines first. Nothing is set under 2.1 mm (6 points).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from labels.frames import Area

CAP = 0.668
"""Height of a capital in ems, the same in the three faces."""
CODE_ADVANCE = 0.632
"""Width of a letter of the monospaced face, in ems."""
LEAST_TEXT = 2.1
_PITCH = 1.26
_LARGEST_CODE, _LARGEST_TWO, _LARGEST_HERO = 9.5, 17.0, 16.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of words: its baseline and the sizes between which it may be set."""

    baseline: float
    largest: float
    smallest: float


@dataclass(frozen=True, slots=True)
class Rows:
    """`code` has two rows where its two groups stand one above the other."""

    code: tuple[Row, ...]
    titles: tuple[Row, ...] = ()
    lines: tuple[Row, ...] = ()

    def closer(self) -> Rows:
        """The same rows, with titles that may be set a quarter smaller."""
        titles = (replace(row, smallest=max(LEAST_TEXT, row.smallest * 0.75)) for row in self.titles)
        return replace(self, titles=tuple(titles))

    def moved(self, down: float) -> Rows:
        """The same rows, lower."""
        return Rows(*(tuple(replace(row, baseline=row.baseline + down) for row in part)
                      for part in (self.code, self.titles, self.lines)))  # fmt: skip


@lru_cache(maxsize=2048)
def rows(area: Area, hero: str, titles: int, lines: int) -> Rows:
    """Rows for so many rows of title and of lines. `hero` is "code" or "title": what is largest."""
    if hero == "title" and titles:
        return _title_first(area, lines)
    if not titles and not lines:
        return _code_alone(area)
    return _code_first(area, titles, lines)


def _code_alone(area: Area) -> Rows:
    one = min(area.width / (9 * CODE_ADVANCE), area.height * 0.8, _LARGEST_CODE)
    two = min(area.width / (4 * CODE_ADVANCE), area.height * 0.52, _LARGEST_TWO)
    em, tall = (two, two * (2 * CAP + 0.26)) if two > 1.2 * one else (one, one * CAP)
    top = area.y + max(0.0, area.height - tall) / 2
    return Rows(_code(top, em, two > 1.2 * one))


def _code(top: float, em: float, two: bool) -> tuple[Row, ...]:
    first = Row(top + em * CAP, em, em)
    return (first, Row(top + em * (2 * CAP + 0.26), em, em)) if two else (first,)


def _code_first(area: Area, titles: int, lines: int) -> Rows:
    across = area.width / (9 * CODE_ADVANCE)
    two = across < 2.6 and area.height > 8
    share = 0.30 if titles + lines < 4 else 0.26
    em = (
        min(area.width / (4 * CODE_ADVANCE), area.height * 0.36)
        if two
        else min(across, _LARGEST_CODE, max(3.0, area.height * share))
    )
    code = _code(area.y, em, two)
    y = code[-1].baseline
    room = area.bottom - y
    size = _text_size(area, room, 1.25 * titles + lines)
    headings = []
    large = min(size * 1.18, em * 0.85)
    for at in range(titles):
        y += large * 1.16 if at else large * CAP + max(0.34 * em, large * 0.55)
        if y + large * 0.2 <= area.bottom + 0.3:
            headings.append(Row(y, large, max(LEAST_TEXT, large * 0.8)))
    return Rows(code, tuple(headings), _lines(area, y, size, lines))


def _text_size(area: Area, room: float, wanted: float) -> float:
    """As large as so many rows may be, but small enough for some twenty letters in a row."""
    largest = min(3.6 if area.height < 30 else 4.6, max(2.5, area.width / 9.5))
    return min(largest, max(LEAST_TEXT, room / (1.28 * wanted + 0.5)))


def _lines(area: Area, y: float, size: float, lines: int) -> tuple[Row, ...]:
    count = min(lines, int((area.bottom - size * 0.2 - y) / (size * _PITCH) + 0.02))
    return tuple(Row(y + size * _PITCH * (at + 1), size, max(LEAST_TEXT, size * 0.85)) for at in range(count))


def _title_first(area: Area, lines: int) -> Rows:
    """A place, a command, a person: its name as large as the label allows, the code small beneath."""
    large = min(area.height * (0.5 if area.height < 12 else 0.44 if lines < 2 else 0.36), _LARGEST_HERO)
    em = min(area.width / (9 * CODE_ADVANCE), max(2.6, min(6.0, area.height * 0.2)))
    y = area.y + area.height * 0.03 + large * CAP
    heading = Row(y, large, max(LEAST_TEXT, large * 0.42))
    y += em * CAP + max(large * 0.24, em * 0.4)
    if y > area.bottom:
        return Rows((), (heading,))
    size = _text_size(area, area.bottom - y - 0.4, max(lines, 1) - 0.2)
    return Rows((Row(y, em, em),), (heading,), _lines(area, y + 0.4, size, lines))
