"""A sheet that was begun: which of its cells are free, and which ones some labels take. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FREE, PRINTED, SPOILT = ".", "p", "x"


@dataclass(frozen=True)
class Placing:
    """Where labels go. Of the first sheet: `start`, the first cell used, from 1, and `skip`, those passed over after it.
    For each label its cell and the id of the sheet that is remembered; None on a roll and on sheets used up at once."""

    start: int = 1
    skip: frozenset[int] = frozenset()
    cells: tuple[int | None, ...] = ()
    sheets: tuple[int | None, ...] = ()


def fresh(cells: int, start: int = 1) -> str:
    """A sheet nobody knew of; what lies before `start` is gone."""
    return SPOILT * (start - 1) + FREE * (cells - start + 1)


def free_cells(marks: str, start: int = 1) -> list[int]:
    """The free cells from `start` on, counted from 1."""
    return [at for at, mark in enumerate(marks, 1) if mark == FREE and at >= start]


def next_free(marks: str) -> int | None:
    """The first free cell; None on a sheet that is used up."""
    at = marks.find(FREE)
    return at + 1 if at >= 0 else None


def marked(marks: str, cells: Sequence[int], mark: str) -> str:
    """The sheet after these cells got that mark."""
    changed = list(marks)
    for cell in cells:
        changed[cell - 1] = mark
    return "".join(changed)


def taken(marks: str, start: int, count: int) -> tuple[str, list[int]]:
    """The sheet after `count` labels from `start` on, and the cells they got: fewer where it has no more. Free cells
    before the one that was chosen are passed over for good: whoever chose saw the sheet."""
    cells = free_cells(marks, start)[:count]
    passed = [at for at in free_cells(marks) if at < start]
    return marked(marked(marks, passed, SPOILT), cells, PRINTED), cells


def skipped(cells: Sequence[int | None], last_cell: int) -> frozenset[int]:
    """The cells passed over on the first sheet by labels that stand in these: what lies between them, and, if more
    sheets follow, up to the end of it."""
    first: list[int] = []
    for cell in cells:
        if cell is None or (first and cell <= first[-1]):
            break
        first.append(cell)
    if not first:
        return frozenset()
    end = last_cell if len(first) < len(cells) else first[-1]
    return frozenset(range(first[0], end + 1)) - frozenset(first)


def sheets_needed(free_on_begun: int, cells: int, count: int) -> int:
    """How many sheets `count` labels take, the begun one (with that many free cells; 0: none) included."""
    rest = max(0, count - free_on_begun)
    return (1 if free_on_begun and count else 0) + -(-rest // cells)


def pages_of(cells: Sequence[int | None]) -> int:
    """How many pages labels in these cells take: on a roll one each, on sheets a new one whenever the cells begin anew."""
    return len(_begins(cells))


def page_in(cells: Sequence[int | None], page: int) -> slice:
    """Which of these labels stand on that page, from 1; an empty slice where there is no such page."""
    begins = _begins(cells)
    if not 1 <= page <= len(begins):
        return slice(0, 0)
    return slice(begins[page - 1], (*begins, len(cells))[page])


def _begins(cells: Sequence[int | None]) -> list[int]:
    return [at for at, cell in enumerate(cells) if at == 0 or cell is None or cell <= (cells[at - 1] or 0)]
