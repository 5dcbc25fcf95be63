"""Reading a site's habits: which labels wait to be printed, and on what each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from labels.errors import LabelError
from labels.media import Medium
from tracker.database import session
from tracker.labelling.habit_models import LabelHabit
from tracker.labelling.habit_rules import Habit
from tracker.printing import medium_queries
from tracker.printing.models import Printer


@dataclass(frozen=True)
class Destination:
    """Where a label waits: for a printer, or for whoever saves the file, and on which medium."""

    medium: str
    printer: Printer | None = None

    @property
    def key(self) -> str:
        """As it stands in an address: `3.zebra-57x32`."""
        return f"{self.printer.id if self.printer else ''}.{self.medium}"


def habits(site_id: int) -> dict[str, LabelHabit]:
    """design → what the site does with it, for those that it has decided on; their printers are read with them."""
    found = session.scalars(select(LabelHabit).where(LabelHabit.site_id == site_id)).unique()
    return {one.design: one for one in found}


def habit(site_id: int, design: str) -> LabelHabit | None:
    chosen = select(LabelHabit).where(LabelHabit.site_id == site_id, LabelHabit.design == design)
    return session.scalars(chosen).unique().first()


def destination(
    design: str, known: Mapping[str, LabelHabit], otherwise: Destination, site_id: int
) -> Destination:
    """Where this design's labels wait: as the site decided, else as whoever asks prints usually."""
    decided = known.get(design)
    if decided is None:
        return otherwise
    printer = decided.printer if decided.printer and decided.printer.retired_at is None else None
    name = (printer.medium if printer else None) or decided.medium
    if name is None or usable(name, site_id) is None:
        return Destination(otherwise.medium, printer) if printer else otherwise
    return Destination(name, printer)


def usable(name: str, site_id: int) -> Medium | None:
    """The medium of that name, if this site can print on it."""
    try:
        return medium_queries.medium(name, site_id)
    except LabelError:
        return None


def is_off(site_id: int, design: str) -> ColumnElement[bool]:
    """For a query: whether this site prints no such label."""
    return (
        select(LabelHabit.id)
        .where(LabelHabit.site_id == site_id, LabelHabit.design == design, LabelHabit.habit == Habit.OFF)
        .exists()
    )
