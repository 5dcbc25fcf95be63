"""Reading the register: its lines by what is asked, all of them for a file, and how many in each month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from tracker.accounts.models import User
from tracker.database import in_one_read, session
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.register_rules import ANY_REASON, Filters, Month
from tracker.labelling.rules import Reason
from tracker.printing.models import Printer
from tracker.web.pagination import ROWS, Key, Page, page_of

AT_ONCE = 500


class Line(NamedTuple):
    """One label that was printed, with its run, who printed it and where."""

    one: Print
    run: PrintRun
    person: str | None
    printer: str | None


def page(asked: Filters, cursor: str | None = None) -> Page:
    """Lines, the newest first."""
    return page_of(_lines(asked), [Key(Print.id, descending=True)], cursor, ROWS)


def every(asked: Filters) -> Iterator[Line]:
    """All lines, the newest first, a few hundred at a time."""
    in_one_read()
    found = session.execute(_lines(asked).order_by(Print.id.desc()).execution_options(yield_per=AT_ONCE))
    return (Line(*row) for row in found)


def _lines(asked: Filters) -> Any:
    chosen: Any = (
        select(Print, PrintRun, User.name, Printer.name)
        .join(PrintRun, PrintRun.id == Print.run_id)
        .outerjoin(User, User.id == PrintRun.by_user_id)
        .outerjoin(Printer, Printer.id == PrintRun.printer_id)
        .where(PrintRun.site_id == asked.site_id)
    )
    for condition in _conditions(asked):
        chosen = chosen.where(condition)
    return chosen


def _conditions(asked: Filters) -> Iterator[Any]:
    if asked.code:
        yield Print.code == asked.code
    if asked.design:
        yield Print.design == asked.design
    if asked.person:
        yield PrintRun.by_user_id == asked.person
    if asked.printer:
        yield PrintRun.printer_id == asked.printer
    if asked.reason:
        yield (
            Print.reason.is_not(None) if asked.reason == ANY_REASON else Print.reason == Reason(asked.reason)
        )
    if asked.begins:
        yield Print.at >= asked.begins
    if asked.ends:
        yield Print.at < asked.ends
    if asked.came:
        yield Print.undone_at.is_(None) if asked.came == "yes" else Print.undone_at.is_not(None)


class Count(NamedTuple):
    """Labels that came out in a month, and how many of them were printed again for each reason."""

    month: Month
    labels: int
    again: dict[Reason, int]


def months(site_id: int, asked: Sequence[Month]) -> list[Count]:
    """One for each month, also where nothing was printed."""
    month = case(*((_within(one), at) for at, one in enumerate(asked)), else_=None).label("month")
    inner = (
        select(month, Print.reason.label("reason"))
        .join(PrintRun, PrintRun.id == Print.run_id)
        .where(
            PrintRun.site_id == site_id,
            Print.undone_at.is_(None),
            Print.at >= min(one.begins for one in asked),
            Print.at < max(one.ends for one in asked),
        )
        .subquery()
    )
    rows = session.execute(
        select(inner.c.month, inner.c.reason, func.count()).group_by(inner.c.month, inner.c.reason)
    ).all()
    return [
        Count(
            one,
            sum(row[2] for row in rows if row[0] == at),
            {reason: sum(row[2] for row in rows if row[:2] == (at, reason)) for reason in Reason},
        )
        for at, one in enumerate(asked)
    ]


def _within(month: Month) -> Any:
    return (Print.at >= month.begins) & (Print.at < month.ends)


def people(site_id: int) -> list[tuple[int, str]]:
    """Who has printed at a site: (user id, name), by name."""
    chosen = select(PrintRun.by_user_id).where(PrintRun.site_id == site_id).distinct()
    rows = session.execute(select(User.id, User.name).where(User.id.in_(chosen)).order_by(User.name))
    return [(row[0], row[1]) for row in rows]


def all_printers(site_id: int) -> list[tuple[int, str]]:
    """The printers of a site, those that are retired too: (id, name), by name."""
    rows = session.execute(
        select(Printer.id, Printer.name).where(Printer.site_id == site_id).order_by(Printer.name)
    )
    return [(row[0], row[1]) for row in rows]


def media_used(site_id: int) -> Sequence[str]:
    """The names of what a site has printed on."""
    return session.scalars(select(PrintRun.medium).where(PrintRun.site_id == site_id).distinct()).all()
