"""What a report and an indicator look like, whatever they tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from tracker.i18n import Sentence
from tracker.reports.move_queries import Filters

Found = TypeVar("Found")
Cell = str | int | float | Decimal | Sentence | None


@dataclass(frozen=True)
class Indicator:
    """One figure: value, unit, range, how many it counts and leaves out, its formula in words, its source."""

    key: str
    name: str
    value: int | float | Decimal | None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    of: str = "devices"  # what `n` counts: devices, handovers, requests, or weighed (devices)
    left_out: int = 0
    why_left_out: Sentence | None = None
    formula: str = ""
    source: str = ""
    estimate: bool = False


@dataclass(frozen=True)
class Table:
    """A report's numbers: column names (messages) and rows; `chart` says how the page draws them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    chart: str = ""  # bars · stacked · rows · ranges, or none
    data: Any = None
    series: Sequence[tuple[str, str]] = ()
    unit: str = ""


@dataclass(frozen=True)
class Report(Generic[Found]):
    """`name` is its address; `method` says in words how it is counted.

    The database is asked once, by `read`; table and figures are two views of what it found, so they cannot differ.
    """

    name: str
    title: str
    method: str
    read: Callable[[Filters], Found]
    table: Callable[[Found], Table]
    indicators: Callable[[Found], list[Indicator]] = lambda _: []

    def told(self, filters: Filters) -> Told:
        found = self.read(filters)
        return Told(self, self.table(found), self.indicators(found))


@dataclass(frozen=True)
class Told:
    """A report filled in, from one reading."""

    report: Report[Any]
    table: Table
    indicators: list[Indicator]
