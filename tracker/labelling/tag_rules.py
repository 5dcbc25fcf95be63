"""Which part of a roll is meant. Plain values."""

from __future__ import annotations

from tracker.errors import Malformed
from tracker.i18n import N_

SERIES = "R"


def reference(number: int) -> str:
    """`R-003`."""
    return f"{SERIES}-{number:03}"


def part_of(count: int, first: int | None, last: int | None) -> tuple[int, int]:
    """First and last tag of a part of a roll of `count`; what is left open is its end. Raises `Malformed`."""
    first, last = 1 if first is None else first, count if last is None else last
    if not 1 <= first <= last <= count:
        raise Malformed(
            N_("This roll has tags 1 to %(count)s: give a first and a last one among them, in this order."),
            field="first",
            count=count,
        )
    return first, last
