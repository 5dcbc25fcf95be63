"""What goes with a device that leaves for recycling: a slip's number and who took it, or why there is no slip.

Discarded electrical equipment (DEEE) that leaves as dangerous waste travels under a tracking slip, kept by the
State's register Trackdéchets; other handovers have a slip of the recycler's own, or none and a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.devices.rules import Proof
from tracker.errors import Malformed
from tracker.i18n import N_

NUMBER_LENGTH, RECYCLER_LENGTH = 60, 200
TOGETHER_AT_MOST = 500
# A Trackdéchets number, such as BSD-20261124-H7F59G71D: the register itself says who took the waste.
_TRACKDECHETS = re.compile(r"BSD[A-Z]{0,4}-\d{8}-[A-Z0-9]{6,12}")
_UNWANTED = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Given:
    """What was said of the way out; texts are cleaned, None where nothing was said."""

    number: str | None = None
    recycler: str | None = None
    reason: str | None = None
    left_on: date | None = None

    @property
    def has_slip(self) -> bool:
        return bool(self.number) and (bool(self.recycler) or self.in_register)

    @property
    def in_register(self) -> bool:
        return bool(self.number and _TRACKDECHETS.fullmatch(self.number))


def read(values: Mapping[str, Any]) -> Given:
    """From `slip_number`, `recycler`, `reason` and `left_on` (a date, or its text as 2026-11-24). Raises `Malformed`."""
    number, recycler = _clean(values.get("slip_number")), _clean(values.get("recycler"))
    if number and len(number) > NUMBER_LENGTH:
        raise Malformed(N_("A slip number has 60 characters at most."), field="slip_number")
    if recycler and len(recycler) > RECYCLER_LENGTH:
        raise Malformed(N_("The recycler’s name has 200 characters at most."), field="recycler")
    return Given(
        number.upper() if number else None,
        recycler,
        _clean(values.get("reason")),
        _day(values.get("left_on")),
    )


def _clean(text: Any) -> str | None:
    return " ".join(_UNWANTED.sub(" ", str(text)).split()) or None if text else None


def _day(value: Any) -> date | None:
    if value is None or value == "" or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Malformed(N_("Write the day as 2026-11-24."), field="left_on") from error


def must_not_be_tomorrow(day: date, today: date) -> None:
    if day > today:
        raise Malformed(N_("The device cannot have left after today. Check the date."), field="left_on")


def out_with_slip(given: Given) -> Proof:
    """The number of the slip and who took the device, or the reason for going without."""
    if given.has_slip:
        return Proof(held=True, evidence={"number": given.number})
    if given.reason:
        return Proof(held=True, evidence={"number": given.number, "reason_noted": True})
    if given.number:
        return Proof.refused(N_("Slip %(number)s: give the recycler’s name too."), number=given.number)
    return Proof.refused(
        N_(
            "Give the slip’s number and the recycler’s name, or the reason why there is no slip, on the recycling page."
        )
    )


def recycler_key(recycler: str | None) -> str:
    """The recycler's name to compare by."""
    return (recycler or "").casefold()
