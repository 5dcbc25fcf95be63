"""Which of several reports is believed about what is inside a device, and when a person must choose.

Some tools know a thing better than others. Of equally good ones the newer stands, so that a part put in at the bench
shows; told in one go, nobody knows which came first, and where they disagree a person chooses. What a person said stands
until she chooses otherwise, whatever a report says later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracker.wiping.hardware_value_rules import Piece, Value, agree, marketed_gb

PERSON = "person"
"""Somebody said or chose it here."""

ARRIVAL = "arrival"
"""It came with the device: its donor's list, or whoever took it in."""

# For each piece the readers by kind, the best first; those of one row are equally good. A kind that is not named comes last.
RANKS: Mapping[Piece, tuple[tuple[str, ...], ...]] = {
    Piece.CPU: (("lshw", "dmidecode"), ("inxi",), ("ereuse_snapshot",)),
    Piece.MEMORY: (("dmidecode",), ("lshw",), ("inxi",), ("ereuse_snapshot",)),
    Piece.STORAGE: (
        ("smartctl", "nvme_list", "nvme_id_ctrl", "hdparm_identity"),
        ("lshw",),
        ("lsblk",),
        ("ereuse_snapshot", "usody_sanitize"),
        ("nwipe_log",),
    ),
    Piece.BATTERY: (("inxi", "upower"),),
    Piece.SCREEN: (("inxi",),),
    Piece.GRAPHICS: (("lshw",), ("inxi",), ("ereuse_snapshot",)),
}

ONE_GO = timedelta(minutes=15)
"""Reports that came within this time may be of one look at the computer: which of them is newer is not known."""


@dataclass(frozen=True)
class Claim:
    """What one report says of one piece. `told_at`: when the file came; `taken_at`: when it was given to this device."""

    value: Value
    source: str
    report: int
    told_at: datetime
    taken_at: datetime


@dataclass(frozen=True)
class Word:
    """What stands by a person's word. `source`: `PERSON` or `ARRIVAL`; no `value`: she took away what stood there."""

    value: Value | None
    source: str
    at: datetime


@dataclass(frozen=True)
class Weighed:
    """The claim that is believed, None without any, and those that a person must weigh against it."""

    best: Claim | None
    disputed: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Decision:
    """`claim`: what stands from now on, None where what stood before still does; `disputed` waits for a person."""

    claim: Claim | None
    disputed: tuple[Claim, ...] = ()


def rank(piece: Piece, source: str) -> int:
    """0 for the best sources of a piece."""
    rows = RANKS[piece]
    return next((place for place, row in enumerate(rows) if source in row), len(rows))


def weigh(piece: Piece, claims: Iterable[Claim]) -> Weighed:
    """Which report is believed where nobody has said anything."""
    told = list(claims)
    live = [one for one in told if not any(_supersedes(piece, other, one) for other in told)]
    if not live:
        return Weighed(None)
    ranked = sorted(live, key=lambda one: (rank(piece, one.source), -one.told_at.timestamp(), -one.report))
    best = ranked[0]
    return Weighed(
        best, _apart(piece, [one for one in ranked[1:] if _counts_against(piece, one, best)], best.value)
    )


def _supersedes(piece: Piece, newer: Claim, older: Claim) -> bool:
    later = newer.told_at - older.told_at > ONE_GO
    return later and rank(piece, newer.source) <= rank(piece, older.source)


def _counts_against(piece: Piece, one: Claim, best: Claim) -> bool:
    """An equally good one does; so does a lesser one that came later: a part may have been changed since."""
    return rank(piece, one.source) <= rank(piece, best.source) or one.told_at - best.told_at > ONE_GO


def _apart(piece: Piece, claims: Iterable[Claim], *values: Value) -> tuple[Claim, ...]:
    """Those that say something else than these values, each value once."""
    seen, found = list(values), []
    for one in claims:
        if not any(agree(piece, one.value, value) for value in seen):
            seen.append(one.value)
            found.append(one)
    return tuple(found)


def weigh_storage(by_drive: Mapping[str, Sequence[Claim]]) -> Weighed:
    """The drives in the device together, in GB, from claims of their sizes in bytes; each from its best source.

    The claim made of them bears the name of the newest report among them.
    """
    found = [weigh(Piece.STORAGE, claims) for _, claims in sorted(by_drive.items())]
    known = [(one.best, one.disputed) for one in found if one.best is not None]
    if not known:
        return Weighed(None)
    newest = max((best for best, _ in known), key=lambda one: (one.told_at, one.report))
    taken_at = max(best.taken_at for best, _ in known)
    total = sum(marketed_gb(int(best.value)) for best, _ in known)
    others = [
        replace(other, value=total - marketed_gb(int(best.value)) + marketed_gb(int(other.value)))
        for best, disputed in known
        for other in disputed
    ]
    return Weighed(replace(newest, value=total, taken_at=taken_at), _apart(Piece.STORAGE, others, total))


def decide(piece: Piece, weighed: Weighed, word: Word | None) -> Decision:
    """What stands after all reports were weighed, where a person's `word` stood until now.

    Hers is never overwritten; what came with the device gives way to a report that agrees with it and is more exact.
    """
    if weighed.best is None:
        return Decision(None)
    if word is None or word.value is None:
        return Decision(weighed.best, weighed.disputed)
    if word.source == ARRIVAL and agree(piece, weighed.best.value, word.value):
        return Decision(weighed.best, weighed.disputed)
    return Decision(None, _apart(piece, (weighed.best, *weighed.disputed), word.value))


def after(word: Word | None, claims: Iterable[Claim]) -> list[Claim]:
    """The claims that a person had not seen when she said her word; all where nobody said one."""
    if word is None or word.source == ARRIVAL:
        return list(claims)
    return [one for one in claims if one.taken_at > word.at]
