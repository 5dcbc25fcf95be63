"""Numbers on documents: 2026-0001 and on, by series and year."""

from __future__ import annotations

from tracker import clock
from tracker.history import number_operations


def next_number(series: str, prefix: str = "") -> str:
    """The next number of a series in the workshop's current year: `R-2026-0001`. As `history.number_operations.take`."""
    year = clock.local(clock.now()).year
    return f"{prefix}{year}-{number_operations.take(series, year):04d}"
