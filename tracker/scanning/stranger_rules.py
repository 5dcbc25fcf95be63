"""What a label is to somebody who does not work here, and how long what finders write is kept. Plain values."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from tracker.i18n import N_

LONGEST_WORDS = 500
# A finder's words and address: a year if nobody answers, three months from the answer on.
KEPT_UNANSWERED = timedelta(days=365)
KEPT_ANSWERED = timedelta(days=90)

# Labels that lead to nothing are counted, so that nobody tries codes one after the other.
UNKNOWN_LABELS = "120 per 15 minutes"
TOO_MANY_UNKNOWN = N_(
    "Many labels that nobody knows here were looked up from your network. Wait a quarter of an hour, then scan yours again."
)
WORDS = "10 per hour"


class Label(enum.StrEnum):
    """What a scanned label is, as far as everyone may know."""

    DEVICE = "device"
    PLACE = "place"
    CARD = "card"
    BADGE = "badge"
    FREE = "free"
    VOID = "void"
    UNKNOWN = "unknown"


# Things of ours that somebody may have found.
OURS = frozenset({Label.DEVICE, Label.PLACE, Label.CARD, Label.BADGE})


def kept_until(asked_at: datetime, answered_at: datetime | None = None) -> datetime:
    """When what a finder wrote is erased."""
    last = asked_at + KEPT_UNANSWERED
    return last if answered_at is None else min(last, answered_at + KEPT_ANSWERED)
