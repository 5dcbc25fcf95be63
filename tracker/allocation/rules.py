"""What may be asked for, what fits what was asked, and how a request stands. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker.allocation.needs_rules import Needs
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_, Sentence

MOST_LINES = 20
LARGEST_QUANTITY = 500
LONGEST_REFERENCE = 80
LONGEST_NOTE = 2_000
# A device that comes back sooner was not really given: it no longer counts for the request.
RETURN_WINDOW = timedelta(days=30)


class RequestState(enum.StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    SERVED = "served"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


STATES: dict[RequestState, str] = {
    RequestState.DRAFT: N_("Draft"),
    RequestState.SENT: N_("Sent"),
    RequestState.ACCEPTED: N_("Accepted"),
    RequestState.SERVED: N_("Served"),
    RequestState.CLOSED: N_("Closed"),
    RequestState.CANCELLED: N_("Cancelled"),
    RequestState.DECLINED: N_("Not accepted"),
}

# In these the workshop owes devices.
WAITING = frozenset({RequestState.SENT, RequestState.ACCEPTED})


class Ending(enum.StrEnum):
    """How a promise ended."""

    RELEASED = "released"
    RETURNED = "returned"
    LOST = "lost"


@dataclass(frozen=True)
class Asked:
    """One line as it is asked for."""

    type: DeviceType
    quantity: int
    needs: Needs = field(default_factory=Needs)


def must_be_a_list(lines: Collection[Asked]) -> None:
    """Raise `Malformed` unless there are 1 to 20 lines with sensible quantities."""
    if not lines:
        raise Malformed(
            N_("A request has at least one line: say what you need, and how many."), field="lines"
        )
    if len(lines) > MOST_LINES:
        raise Malformed(
            N_("A request has at most %(most)s lines: make a second one."), field="lines", most=MOST_LINES
        )
    for line in lines:
        if isinstance(line.quantity, bool) or not 1 <= line.quantity <= LARGEST_QUANTITY:
            raise Malformed(N_("A quantity is from 1 to %(most)s."), field="quantity", most=LARGEST_QUANTITY)


def clean_reference(text: str | None) -> str | None:
    """The association's own reference for the beneficiary, never a name. Raises `Malformed`."""
    plain = " ".join((text or "").split())
    if len(plain) > LONGEST_REFERENCE:
        raise Malformed(
            N_("A reference has at most %(most)s signs."), field="reference", most=LONGEST_REFERENCE
        )
    if "@" in plain:
        raise Malformed(
            N_("A reference is a number or initials of your own, never an address or a name: nobody else must know who it is."),
            field="reference",
        )  # fmt: skip
    return plain or None


@dataclass(frozen=True)
class Promise:
    """A device promised to a line: handed over when, ended when."""

    active: bool
    delivered_at: datetime | None = None
    ended_at: datetime | None = None


def counts_as_given(promise: Promise) -> bool:
    """Handed over and kept, or at least for thirty days."""
    if promise.delivered_at is None:
        return False
    return (
        promise.active or promise.ended_at is None or promise.ended_at - promise.delivered_at > RETURN_WINDOW
    )


def given(promises: Iterable[Promise]) -> int:
    return sum(counts_as_given(promise) for promise in promises)


def filled(promises: Iterable[Promise]) -> int:
    """Places of a line that are taken: given, or promised and still here."""
    return sum(promise.active or counts_as_given(promise) for promise in promises)


def state_after(state: RequestState, lines: Iterable[tuple[int, Collection[Promise]]]) -> RequestState:
    """The state that follows from the lines (quantity, promises). Ended and draft requests stay as they are."""
    if state not in WAITING | {RequestState.SERVED}:
        return state
    all_lines = list(lines)
    if all_lines and all(given(promises) >= quantity for quantity, promises in all_lines):
        return RequestState.SERVED
    promised = any(promise.active for _, promises in all_lines for promise in promises)
    if promised or state is RequestState.SERVED:
        return RequestState.ACCEPTED
    return state


def must_be(state: RequestState, allowed: Collection[RequestState], number: str) -> None:
    """Raise `RuleBroken` unless the request is in one of these states."""
    if state not in allowed:
        raise RuleBroken(
            N_(
                "Request %(number)s is “%(state)s”: this is no longer possible. Make a new request if one is needed."
            ),
            number=number,
            state=Sentence(STATES[state]),
        )
