"""Whether a device still holds data: the proof behind the fact DATA_GONE.

The decision is about every data-bearing part ever seen in the device. "No drive found" is not "no data":
`all([])` is true, so an empty list is refused here unless a named person declared why there is none.

The verdict on a single run is in `verdicts`, what a method is worth in `methods`, which serial counts in
`devices.serials`; their names are offered here too, so that callers need `rules` only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.devices.rules import Proof
from tracker.devices.serials import serial_key, usable_serial
from tracker.i18n import N_, Sentence
from tracker.wiping.methods import Claim, Level, claimed_level
from tracker.wiping.readings import say
from tracker.wiping.verdicts import (
    VERDICT_NAMES,
    DriveVerdict,
    StickClock,
    Verdict,
    happened_at,
    seen_verdict,
    verdict,
    verdicts,
)

__all__ = [
    "PLAUSIBLE_HOURS",
    "VERDICT_NAMES",
    "Claim",
    "Declaration",
    "DeclarationKind",
    "DrivePart",
    "DriveVerdict",
    "Level",
    "Proof",
    "StickClock",
    "Storage",
    "Verdict",
    "claimed_level",
    "data_is_gone",
    "happened_at",
    "seen_verdict",
    "serial_key",
    "storage_of",
    "usable_serial",
    "verdict",
    "verdicts",
]

PLAUSIBLE_HOURS = 20 * 8766
"""Power-on hours above this (20 years on) are shown as implausible: some drives count minutes."""


class Storage(StrEnum):
    """How a type of device keeps data: on drives, built in (reset by its owner's menu), or not at all."""

    DRIVES = "drives"
    BUILT_IN = "built_in"
    NONE = "none"


_STORAGE = {
    "tablet": Storage.BUILT_IN,
    "smartphone": Storage.BUILT_IN,
    "screen": Storage.NONE,
}


def storage_of(device_type: str) -> Storage:
    """How devices of that type keep data; a type never heard of is treated as having drives."""
    return _STORAGE.get(device_type, Storage.DRIVES)


class DeclarationKind(StrEnum):
    """What a person may declare, by name and with a reason, where no report can prove it."""

    NO_STORAGE = "no_storage"
    DESTROYED = "destroyed"
    REMOVED = "removed"
    FACTORY_RESET = "factory_reset"
    # The two answers to "does an account still lock it?", of a phone or tablet.
    LOCK_FREE = "lock_free"
    LOCK_FOUND = "lock_found"


@dataclass(frozen=True)
class Declaration:
    """A person's word. `declared_by` is the person's id; a declaration without one counts for nothing.

    `lock_checked`: for a factory reset, that no account lock (iCloud, FRP, MDM) remains. `confirmed`: for a
    destruction, that a second person saw it.
    """

    kind: DeclarationKind
    declared_at: datetime
    declared_by: int | None
    lock_checked: bool = False
    confirmed: bool = True


@dataclass(frozen=True)
class DrivePart:
    """A data-bearing part ever seen in the device, with the latest accepted end of its data (aware).

    `data_since`: from when it may hold data: its device's reception, return or rediscovery, whichever is
    last. A mere sighting after a wipe does not move it. `wiped_at`: its latest accepted wipe; the other two
    are declarations or slips. Only an end at or after `data_since` counts. `hides_drives`: a RAID volume,
    of which no wipe proves anything about the drives behind it. `built_in`: reports showed it as soldered or screwed in,
    no card or stick. `unconfirmed`: its destruction waits for a second person.
    """

    label: str
    data_since: datetime
    wiped_at: datetime | None = None
    destroyed_at: datetime | None = None
    removed_at: datetime | None = None
    hides_drives: bool = False
    built_in: bool = False
    unconfirmed: bool = False

    @property
    def end(self) -> str | None:
        """How its data left the device: "removed", "destroyed", "wiped", or None while it may hold data."""
        for word, at in (
            ("removed", self.removed_at),
            ("destroyed", self.destroyed_at),
            ("wiped", None if self.hides_drives else self.wiped_at),
        ):
            if at is not None and at >= self.data_since:
                return word
        return None


_ONE_MISSING = N_(
    "%(done)s of %(total)s drives are wiped. Drive %(label)s is missing: "
    "upload its report or declare it destroyed."
)
_SOME_MISSING = N_(
    "%(done)s of %(total)s drives are wiped. These drives are missing: %(labels)s. "
    "Upload their reports or declare them destroyed."
)
_HIDDEN_BEHIND = N_(
    "%(label)s is a RAID volume that hides its drives: take them out, read each one by itself, "
    "then declare the volume removed."
)
_NOTHING_KNOWN = N_(
    "No drive is known for this device: upload a report of it, or declare that no storage is fitted."
)
_TO_CONFIRM = N_(
    "The destruction of %(label)s was declared, but counts only once a second person confirms it on the drive’s page."
)
_WHOLE_TO_CONFIRM = N_(
    "The destruction of this device was declared, but counts only once a second person confirms it on its wiping page."
)
_LOCK_NOT_ANSWERED = N_(
    "Nobody has said whether an account still locks this device (iCloud, Google, company): check it, then declare it."
)
_LOCKED = N_(
    "An account still locks this device: ask its donor to remove it from the account, then check the lock again."
)
_NOT_RESET = N_("Reset this device to factory settings, check that no account lock remains, and declare it.")
_LOCK_NOT_CHECKED = N_(
    "The factory reset was declared without checking the account lock: check it and declare it again."
)


def data_is_gone(
    device_type: str,
    parts: Sequence[DrivePart],
    declarations: Iterable[Declaration] = (),
    data_since: datetime | None = None,
) -> Proof:
    """The proof that a device holds no data any more, or what is missing.

    `parts`: every part ever seen in it. `data_since` (aware): its reception, return or rediscovery,
    whichever is last; declarations older than that count for nothing.
    """
    valid = [
        one
        for one in declarations
        if one.declared_by is not None and (data_since is None or one.declared_at >= data_since)
    ]
    storage = storage_of(device_type)
    # A volume that was taken apart says nothing about what is fitted: its drives have to be seen themselves.
    fitted = [one for one in parts if not (one.hides_drives and one.end == "removed")]
    if storage is Storage.BUILT_IN:
        return _of_built_in(fitted, valid)
    if fitted:
        return _of_parts(fitted)
    if storage is Storage.NONE:
        return Proof(True, {"drives_seen": 0, "reason": "no_storage_by_type"})
    return _of_nothing_seen(valid)


def _of_parts(parts: Sequence[DrivePart]) -> Proof:
    ends = [part.end for part in parts]
    left = [part for part, end in zip(parts, ends, strict=True) if end is None]
    evidence: dict[str, int | str] = {
        "drives_seen": len(parts),
        **{f"drives_{word}": ends.count(word) for word in ("wiped", "destroyed", "removed")},
    }
    if not left:
        return Proof(True, evidence | {"reason": "every_drive"})
    return Proof(False, evidence, (*_missing(parts, ends, left), *_to_confirm(left)))


def _to_confirm(left: Sequence[DrivePart]) -> tuple[Sentence, ...]:
    return tuple(say(_TO_CONFIRM, label=part.label) for part in left if part.unconfirmed)


def _missing(
    parts: Sequence[DrivePart], ends: Sequence[str | None], left: Sequence[DrivePart]
) -> tuple[Sentence, ...]:
    """What to do with the drives whose data may be here and whose destruction nobody has declared."""
    hidden = tuple(say(_HIDDEN_BEHIND, label=part.label) for part in left if part.hides_drives)
    labels = [part.label for part in left if not part.hides_drives and not part.unconfirmed]
    if not labels:
        return hidden
    total = len(parts) - ends.count("removed") - len(hidden)
    counts = {"done": total - sum(not part.hides_drives for part in left), "total": total}
    if len(labels) == 1:
        return (say(_ONE_MISSING, label=labels[0], **counts), *hidden)
    return (say(_SOME_MISSING, labels=", ".join(labels), **counts), *hidden)


def _of_built_in(parts: Sequence[DrivePart], declarations: Sequence[Declaration]) -> Proof:
    """A phone or tablet: its memory is reset, or wiped where reports showed it; every card in it is done; and a person
    has said that no account locks it. A wiped card says nothing of the memory."""
    seen = {"drives_seen": len(parts)}
    kinds = {one.kind for one in declarations if one.confirmed}
    cards = _of_parts(parts) if parts else Proof(True, seen)
    if DeclarationKind.DESTROYED in kinds:
        return Proof(True, {**seen, "reason": "destroyed"}) if cards.held else cards
    reset = DeclarationKind.FACTORY_RESET in kinds
    wiped = any(part.built_in and part.end == "wiped" for part in parts)
    missing = list(cards.missing)
    if not reset and not wiped:
        waits = any(not one.confirmed for one in declarations)
        missing.append(say(_WHOLE_TO_CONFIRM if waits else _NOT_RESET))
    missing += _of_lock(declarations, reset, wiped)
    if missing:
        return Proof(False, seen, tuple(missing))
    return Proof(True, {**cards.evidence, "reason": "factory_reset" if reset else "every_drive"})


def _of_lock(declarations: Sequence[Declaration], reset: bool, wiped: bool) -> tuple[Sentence, ...]:
    """What stands against the last answer about an account lock, asked once the memory itself is done."""
    answers = [
        one.kind if one.kind is not DeclarationKind.FACTORY_RESET else DeclarationKind.LOCK_FREE
        for one in sorted(declarations, key=lambda one: one.declared_at)
        if one.kind in (DeclarationKind.LOCK_FREE, DeclarationKind.LOCK_FOUND)
        or (one.kind is DeclarationKind.FACTORY_RESET and one.lock_checked)
    ]
    if answers and answers[-1] is DeclarationKind.LOCK_FOUND:
        return (say(_LOCKED),)
    if answers or not (reset or wiped):
        return ()
    return (say(_LOCK_NOT_CHECKED if reset else _LOCK_NOT_ANSWERED),)


def _of_nothing_seen(declarations: Sequence[Declaration]) -> Proof:
    kinds = {one.kind for one in declarations if one.confirmed}
    for kind in (DeclarationKind.NO_STORAGE, DeclarationKind.DESTROYED):
        if kind in kinds:
            return Proof(True, {"drives_seen": 0, "reason": kind.value})
    if any(not one.confirmed for one in declarations):
        return Proof(False, {"drives_seen": 0}, (say(_WHOLE_TO_CONFIRM),))
    return Proof(False, {"drives_seen": 0}, (say(_NOTHING_KNOWN),))
