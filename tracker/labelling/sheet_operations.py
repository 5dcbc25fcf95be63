"""Sheets that were begun: the cells that labels take, and what people say of the paper before them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labels.media import Medium
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import Conflict
from tracker.i18n import N_
from tracker.labelling import sheet_queries, sheet_rules
from tracker.labelling.models import Print
from tracker.labelling.rules import NEW_SHEET, Order
from tracker.labelling.sheet_models import BegunSheet
from tracker.labelling.sheet_rules import FREE, PRINTED, SPOILT, Placing


def place(asked: Order, count: int, by: Actor) -> Placing:
    """Take the cells of `count` labels: no other print gets them. Raises `Conflict` in words where somebody has taken
    the chosen one since the page was drawn."""
    if asked.medium.is_roll:
        return Placing(cells=(None,) * count, sheets=(None,) * count)
    sheet_queries.lock(by.site_id)
    sheet = _sheet(asked, by)
    start = asked.start if asked.chosen else (sheet_rules.next_free(sheet.cells) or 1)
    cells, sheets = _fill(sheet, start, count)
    while len(cells) < count:
        rest = count - len(cells)
        if rest >= asked.medium.cells:  # a whole sheet, and nothing of it to remember
            more: Sequence[int] = range(1, asked.medium.cells + 1)
            sheets += [None] * len(more)
        else:
            more, same = _fill(_begin(asked.medium, 1, by), 1, rest)
            sheets += same
        cells += more
    session.flush()
    return Placing(cells[0], sheet_rules.skipped(cells, asked.medium.cells), tuple(cells), tuple(sheets))


def _sheet(asked: Order, by: Actor) -> BegunSheet:
    """The sheet that is printed on: the one shown to who chose, else the site's; a new one where that was asked for,
    or where the chosen cell is none that is free on a sheet which nobody was shown."""
    if asked.sheet == NEW_SHEET:
        return _begin(asked.medium, asked.start if asked.chosen else 1, by)
    if asked.sheet is not None:
        shown = sheet_queries.begun_sheet(asked.sheet, by.site_id)
        _must_be_free(shown, asked)
        return shown
    current = sheet_queries.current(by.site_id, asked.medium)
    if current is None or (asked.chosen and asked.start not in sheet_rules.free_cells(current.cells)):
        return _begin(asked.medium, asked.start if asked.chosen else 1, by)
    session.refresh(current)
    return current


def _must_be_free(sheet: BegunSheet, asked: Order) -> None:
    if sheet.medium != asked.medium.name:
        raise Conflict(N_("That sheet is of another kind. Look at the one shown here, then print again."))
    if asked.chosen and asked.start not in sheet_rules.free_cells(sheet.cells):
        raise Conflict(
            N_(
                "Label %(number)s of this sheet is taken: somebody has just printed on it. The next free one is "
                "%(free)s: look at the sheet, then print again."
            ),
            number=asked.start,
            free=sheet_rules.next_free(sheet.cells) or 1,
        )


def _begin(medium: Medium, start: int, by: Actor) -> BegunSheet:
    sheet = BegunSheet(
        site_id=by.site_id,
        medium=medium.name,
        cells=sheet_rules.fresh(medium.cells, start),
        begun_at=clock.now(),
        begun_by=by.user_id,
        used_at=clock.now(),
    )
    session.add(sheet)
    session.flush()
    return sheet


def _fill(sheet: BegunSheet, start: int, count: int) -> tuple[list[int], list[int | None]]:
    sheet.cells, cells = sheet_rules.taken(sheet.cells, start, count)
    _touch(sheet)
    return cells, [sheet.id] * len(cells)


def _touch(sheet: BegunSheet) -> None:
    sheet.used_at = clock.now()
    sheet.ended_at = None if FREE in sheet.cells else clock.now()


def give_back(prints: Iterable[Print], *, spoilt: bool) -> None:
    """The cells of labels that did not come out are free again, or `spoilt` for good."""
    for one in prints:
        if one.sheet_id is None or one.cell is None:
            continue
        sheet = session.get(BegunSheet, one.sheet_id)
        if sheet is not None and sheet.cells[one.cell - 1] == PRINTED:
            sheet.cells = sheet_rules.marked(sheet.cells, [one.cell], SPOILT if spoilt else FREE)
            _touch(sheet)


def mark(sheet: BegunSheet, spoilt: Iterable[int], by: Actor) -> None:
    """Say which of the cells that bear no label are spoilt; the others of them are free. Whatever was printed stays."""
    by.must(Permission.WORK)
    bad = set(spoilt)
    sheet.cells = "".join(
        mark if mark == PRINTED else SPOILT if at in bad else FREE for at, mark in enumerate(sheet.cells, 1)
    )
    _touch(sheet)
    session.flush()


def use_next(sheet: BegunSheet, by: Actor) -> None:
    """This one lies in the printer: it is printed on next."""
    by.must(Permission.WORK)
    sheet.used_at = clock.now()
    session.flush()


def end(sheet: BegunSheet, by: Actor) -> None:
    """It is used up, lost or torn: nothing is printed on it any more."""
    by.must(Permission.WORK)
    sheet.ended_at = clock.now()
    session.flush()
