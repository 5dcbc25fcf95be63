"""A shared bench: what a PIN must be, how often it may be tried, whose rights hold, when a turn is over. Plain values.

A badge says who somebody claims to be; the PIN proves it, at a bench of the workshop and nowhere else. So it opens less
than a password does: the work at a bench, never what coordinators and administrators do.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.accounts.rules import Actor, Role
from tracker.errors import Malformed
from tracker.i18n import N_

PIN = re.compile(r"[0-9]{4,6}")
IDLE_MINUTES, MODE_MINUTES = 10, 15
LEAST_IDLE, MOST_IDLE = 1, 120  # minutes, of both
# Fifteen guesses of 10,000 before the PIN is gone: one in 667 for four digits, and each fifth waits.
BADGE_TRIES = 5  # wrong ones in a row, then it waits
PIN_ENDS_AFTER = 15  # wrong ones in a row, then the PIN is gone
BENCH_TRIES = 20  # wrong ones at one bench within `WAIT`, whosever the badge
WAIT = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(
    days=30
)  # who worked at which bench when: as long as a phone may hold scans that it could not send
AHEAD = timedelta(minutes=2)  # a client's clock may be so much fast
LONGEST_NAME = 60


class TurnEnd(enum.StrEnum):
    """Why somebody's turn at a bench ended. An idle one ends by the clock, and is noted when the next one begins."""

    IDLE = "idle"
    BADGE = "badge"  # her own, scanned again
    END = "end"
    NEXT = "next"  # somebody else's badge
    AWAY = "away"  # from her own account
    PIN = "pin"  # her PIN changed
    PASSWORD = "password"  # her password changed  # noqa: S105 (a reason)


@dataclass(frozen=True)
class Habits:
    """What a workshop wants of its benches, and how long a scanning mode may rest before a scan only looks up."""

    idle_minutes: int = IDLE_MINUTES
    mode_minutes: int = MODE_MINUTES
    badge_alone: bool = False

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)


def checked_pin(text: str | None) -> str:
    """Four to six digits that are not the first ones somebody tries. Raises `Malformed`."""
    pin = re.sub(r"\s", "", text or "")
    if not PIN.fullmatch(pin):
        raise Malformed(N_("A PIN has 4 to 6 digits."), field="pin")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}) or len(set(pin)) == 1:
        raise Malformed(N_("This PIN is the first that anybody tries: choose other digits."), field="pin")
    return pin


def must_be_minutes(minutes: int, field: str) -> None:
    """Raise `Malformed` for a pause that ends at once, or so late that the next person finds the turn open."""
    if not LEAST_IDLE <= minutes <= MOST_IDLE:
        raise Malformed(
            N_("Give a number of minutes from %(least)s to %(most)s."),
            field=field,
            least=LEAST_IDLE,
            most=MOST_IDLE,
        )


def role_at_bench(role: Role, *, proven: bool) -> Role | None:
    """Whose rights somebody of this role has at a bench: never more than her own. None: she does not work at one.

    By badge and PIN a quality checker's at most; by the badge alone a volunteer's. What coordinators and administrators
    do asks for their password.
    """
    if role is Role.ASSOCIATION:
        return None
    if not proven or role is Role.VOLUNTEER:
        return Role.VOLUNTEER
    return Role.QUALITY


def actor(role: Role, user_id: int, site_id: int, bench_id: int, *, proven: bool) -> Actor | None:
    """Who does what is done in this turn."""
    held = role_at_bench(role, proven=proven)
    if held is None:
        return None
    return Actor(held, user_id, site_id=site_id, bench_id=bench_id, proven=proven)


def still_hers(
    began_at: datetime, last_at: datetime, ended_at: datetime | None, at: datetime, idle: timedelta
) -> bool:
    """Whether something done at `at` falls into the turn. `ended_at` None: only the clock has ended it, or nothing."""
    return began_at <= at <= (last_at + idle if ended_at is None else ended_at)
