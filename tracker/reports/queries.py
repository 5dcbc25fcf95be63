"""All reports in the order in which the page shows them. A new one is a file and a line here."""

from __future__ import annotations

from typing import Any

from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.reports import equipped, flows, footprint, proof, requests, reuse, stock, times
from tracker.reports.move_queries import Filters
from tracker.reports.shapes import Indicator, Report, Told

REPORTS: tuple[Report[Any], ...] = (
    equipped.REPORT,
    flows.REPORT,
    stock.REPORT,
    reuse.REPORT,
    times.REPORT,
    requests.REPORT,
    footprint.REPORT,
    proof.REPORT,
)


def report(name: str) -> Report[Any]:
    for one in REPORTS:
        if one.name == name:
            return one
    raise NotHere(N_("There is no report of that name. Choose one from the list of figures."))


def statistics(filters: Filters) -> list[Indicator]:
    """Every indicator of every report, with value, range, n, formula and source."""
    return [figure for one in told(filters) for figure in one.indicators]


def told(filters: Filters) -> list[Told]:
    """Every report, each from one reading."""
    return [one.told(filters) for one in REPORTS]
