"""Wiping stations: what a boot stick signs, and when what it sends is taken.

A station signs one text for each file, with HMAC-SHA256 (RFC 2104) under its own secret:

    ricochet-station-1\\n<station>\\n<seconds since 1970>\\n<counter>\\n<SHA-256 of the file>\\n<file name>\\n

A shell can do that with `sha256sum` alone. The counter only grows, so that nothing sent once is taken again.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import Conflict, Malformed, NotAllowed
from tracker.i18n import N_
from tracker.signing import enrolment_rules

FORMAT = "ricochet-station-1"
LONGEST_NAME = 120
LONGEST_STATION_NAME = 60

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_FIGURES = re.compile(r"[0-9]{1,16}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


class StationStanding(enum.StrEnum):
    """How a station stands."""

    WAITS = "waits"  # its code is not used yet
    ENROLLED = "enrolled"
    REVOKED = "revoked"


class ReportOrigin(enum.StrEnum):
    """How a report came: signed by an enrolled station, or brought by a person. The words of a certificate."""

    STATION = "station"
    IMPORTED = "imported"


@dataclass(frozen=True)
class ReportClaim:
    """What may be claimed of a report. The station's fields are empty for one that a person imported; `brought_by` is
    that person, empty where a station alone sent it."""

    origin: ReportOrigin
    station_id: int | None = None
    station: str | None = None
    signed_at: datetime | None = None
    brought_by: int | None = None


@dataclass(frozen=True)
class Dispatch:
    """One file as a station sends it; `signed_at` in seconds since 1970 by its own clock."""

    station_id: int
    name: str
    signed_at: int
    counter: int
    signature: str

    def text(self, sha256: str) -> bytes:
        """What is signed."""
        parts = (FORMAT, self.station_id, self.signed_at, self.counter, sha256, self.name)
        return "".join(f"{part}\n" for part in parts).encode("ascii")


class WrongClock(Malformed):
    """The station's clock is wrong; `clock` is ours, in seconds since 1970."""

    def __init__(self, theirs: datetime, ours: datetime) -> None:
        self.clock = int(ours.timestamp())
        super().__init__(
            N_(
                "The clock of this computer says %(theirs)s, here it is %(ours)s (UTC). Set it right, then send again."
            ),
            field="time",
            theirs=theirs.strftime("%Y-%m-%d %H:%M"),
            ours=ours.strftime("%Y-%m-%d %H:%M"),
        )


class SentBefore(Conflict):
    """The counter was used; `counter` is the last one."""

    def __init__(self, counter: int) -> None:
        self.counter = counter
        super().__init__(
            N_(
                "This was sent before: the station’s counter stands at %(counter)s. Send it again with a higher one."
            ),
            counter=counter,
        )


def read_dispatch(station: str, name: str, signed_at: str, counter: str, signature: str) -> Dispatch:
    """The parts of a call, as text. Raises `Malformed` that names the first that is wrong."""
    for field, value, pattern in (
        ("station", station, _FIGURES),
        ("name", name, _NAME),
        ("time", signed_at, _FIGURES),
        ("counter", counter, _FIGURES),
        ("signature", signature, _SIGNATURE),
    ):
        if not pattern.fullmatch(value):
            raise Malformed(
                N_("“%(part)s” is missing or not readable. Take the station script anew from the tracker."),
                field=field,
                part=field,
            )
    if int(station) > 2**31 - 1 or int(counter) > enrolment_rules.LARGEST_COUNTER:
        raise Malformed(N_("A number is too large. Take the station script anew from the tracker."))
    return Dispatch(int(station), name, int(signed_at), int(counter), signature)


def is_signed(dispatch: Dispatch, sha256: str, secret: bytes) -> bool:
    """Whether the signature is that secret's, compared in constant time."""
    return enrolment_rules.is_signed(dispatch.signature, dispatch.text(sha256), secret)


def must_be_of_now(dispatch: Dispatch, now: datetime) -> datetime:
    """The moment of signing. Raises `WrongClock` where it is further from ours than `enrolment_rules.CLOCK_TOLERANCE`."""
    theirs = enrolment_rules.moment_of(dispatch.signed_at)
    if not enrolment_rules.is_of_now(theirs, now):
        raise WrongClock(theirs, now)
    return theirs


def must_be_next(dispatch: Dispatch, last: int) -> None:
    """Raise `SentBefore` unless the counter grew."""
    if dispatch.counter <= last:
        raise SentBefore(last)


def unknown_station() -> NotAllowed:
    """One refusal for a station never heard of and for a wrong signature, so that neither can be told from outside."""
    return NotAllowed(
        N_("This station is not known here, or its key is another one. Ask a coordinator to enrol it again.")
    )


def read_station_name(text: str) -> str:
    """The name as it is kept. Raises `Malformed`."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_STATION_NAME or not name.isprintable():
        raise Malformed(
            N_(
                "Give the station a short name, for example what is written on the stick (%(most)s signs at most)."
            ),
            field="name",
            most=LONGEST_STATION_NAME,
        )
    return name
