"""How long a new request may wait: from what was really served, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WINDOW = timedelta(days=90)
FEWEST = 5


@dataclass(frozen=True)
class Estimate:
    """What was observed: `served` requests in the last 90 days, and, with 5 or more, how many days half of them
    waited (`low` to `high`, quartiles) and the middle one (`median`). Days are whole numbers."""

    served: int
    low: int | None = None
    median: int | None = None
    high: int | None = None

    @property
    def known(self) -> bool:
        return self.median is not None

    def earliest(self, sent_at: datetime) -> date | None:
        return None if self.low is None else (sent_at + timedelta(days=self.low)).date()

    def latest(self, sent_at: datetime) -> date | None:
        return None if self.high is None else (sent_at + timedelta(days=self.high)).date()


def estimate(waits: Sequence[timedelta]) -> Estimate:
    """From the waits of the requests served. Under five, no figure: a handful says nothing."""
    if len(waits) < FEWEST:
        return Estimate(len(waits))
    days = sorted(wait.total_seconds() / 86_400 for wait in waits)
    low, median, high = (_quantile(days, part) for part in (0.25, 0.5, 0.75))
    return Estimate(len(waits), int(low), round(median), -int(-high // 1))


def _quantile(ordered: Sequence[float], part: float) -> float:
    """By linear interpolation between the two nearest ranks."""
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
