"""Do begun sheets and files on their way to printers hold together? For `tracker check`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from labels.errors import LabelError
from tracker.database import session
from tracker.i18n import N_, Sentence
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.sheet_models import BegunSheet
from tracker.labelling.sheet_rules import FREE, PRINTED, SPOILT
from tracker.printing import job_queries, medium_queries


def sheet_faults() -> Iterator[Sentence]:
    """A sentence for each sheet that is not as its medium is, and for each cell that bears a label it cannot bear."""
    sheets = session.scalars(select(BegunSheet).order_by(BegunSheet.id)).all()
    cells = _cells({one.medium for one in sheets} | set(session.scalars(select(PrintRun.medium).distinct())))
    for one in sheets:
        values = {"number": one.id, "medium": one.medium}
        if len(one.cells) != cells.get(one.medium) or set(one.cells) - {FREE, PRINTED, SPOILT}:
            yield Sentence(N_("Sheet %(number)s is no sheet of “%(medium)s”."), values)
        elif one.ended_at is None and FREE not in one.cells:
            yield Sentence(N_("Sheet %(number)s of “%(medium)s” is begun, but has no free label."), values)
    yield from _misplaced({one.id: one.cells for one in sheets}, cells)


def _cells(media: set[str]) -> dict[str, int]:
    """medium → how many labels a sheet of it has, of those that are, or were, media."""
    found = {}
    for name in media:
        try:
            found[name] = medium_queries.ever(name).cells
        except LabelError:
            continue
    return found


def _misplaced(sheets: dict[int | None, str], cells: dict[str, int]) -> Iterator[Sentence]:
    furthest = select(PrintRun.medium, func.max(Print.cell)).join(Print, Print.run_id == PrintRun.id)
    for medium, cell in session.execute(furthest.where(Print.cell.is_not(None)).group_by(PrintRun.medium)):
        if medium in cells and (cell or 0) > cells[medium]:
            yield Sentence(
                N_("A label is said to be printed in place %(cell)s of “%(medium)s”, which has %(cells)s."),
                {"cell": cell, "medium": medium, "cells": cells[medium]},
            )
    kept = (
        select(Print.sheet_id, Print.cell, func.count())
        .where(Print.sheet_id.is_not(None), Print.cell.is_not(None), Print.undone_at.is_(None))
        .group_by(Print.sheet_id, Print.cell)
    )
    for sheet, cell, count in session.execute(kept.order_by(Print.sheet_id, Print.cell)):
        mark = sheets.get(sheet, "")[(cell or 1) - 1 : cell]
        if count > 1 or mark != PRINTED:
            yield Sentence(
                N_("Place %(cell)s of sheet %(number)s bears %(count)s labels, the sheet says “%(mark)s”."),
                {"cell": cell, "number": sheet, "count": count, "mark": mark or "–"},
            )


def job_faults() -> Iterator[Sentence]:
    """A sentence for each file that waits for a printer to which nobody sends."""
    for one in job_queries.stranded():
        yield Sentence(
            N_("File %(number)s waits for printer %(printer)s, which takes none any more."),
            {"number": one.id, "printer": one.printer_id},
        )
