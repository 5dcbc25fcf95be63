"""Which of a drive's attempts stands: reports come in any order, what counts is the order on the tool's clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attempt:
    """One attempt on a drive, as far as its order and its word matter. Moments are aware.

    `failed`: it says that the drive may still hold data. `counts_from`: from when an accepted one counts.
    `reviewed_at`: when a person decided on it, having seen what was on record then.
    """

    id: int
    happened_at: datetime
    received_at: datetime
    accepted: bool
    failed: bool
    counts_from: datetime | None = None
    reviewed_at: datetime | None = None


def standing(attempts: Collection[Attempt]) -> Attempt | None:
    """The newest accepted attempt that no failure takes back, or None while the drive may hold data."""
    failures = [one for one in attempts if one.failed and not one.accepted]
    left = [one for one in attempts if one.accepted and not _taken_back(one, failures)]
    return max(left, key=lambda one: (one.counts_from or one.happened_at, one.id), default=None)


def _taken_back(wipe: Attempt, failures: Iterable[Attempt]) -> bool:
    """A failure at the same moment or later takes it back, unless a person decided knowing of that failure."""
    return any(
        failure.happened_at >= wipe.happened_at
        and (wipe.reviewed_at is None or failure.received_at > wipe.reviewed_at)
        for failure in failures
    )


def is_failing(attempts: Collection[Attempt]) -> bool:
    """Whether the last attempt that says anything certain failed."""
    certain = [one for one in attempts if one.accepted or one.failed]
    if not certain or standing(attempts) is not None:
        return False
    last = max(certain, key=lambda one: (one.happened_at, one.failed, one.id))
    return last.failed and not last.accepted
