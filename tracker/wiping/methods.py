"""Wiping methods: what each one does to a drive, and what may be claimed for it.

Names are those nwipe prints, 0.30 to the development branch of 2026 (its `method.c`); other tools' names
are added where a reader meets them. Levels follow NIST SP 800-88 Rev. 2 (September 2025), which refers to
IEEE 2883-2022 for techniques: overwriting is Clear, Purge needs the drive's own sanitize or
cryptographic erase.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tracker.i18n import N_, Sentence
from tracker.wiping.readings import Medium, say


class Deed(StrEnum):
    """What a method does."""

    OVERWRITE = "overwrite"
    VERIFY = "verify"
    SECURE_ERASE = "secure_erase"
    SANITIZE = "sanitize"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """What may be claimed (NIST SP 800-88): NONE where nothing was written."""

    NONE = "none"
    CLEAR = "clear"
    PURGE = "purge"


@dataclass(frozen=True)
class Claim:
    """A level with the limit that must be printed beside it, when there is one."""

    level: Level
    limit: Sentence | None = None


# fmt: off
_OVERWRITES = frozenset({
    "zero fill", "one fill", "fill with zeros", "fill with ones", "quick erase", "rcmp tssit ops-ii",
    "dod short", "dod 5220.22-m", "gutmann wipe", "prng stream", "hmg is5 enhanced",
    "bruce schneier 7-pass", "bmb21-2019",
})
# fmt: on
_SPACES = re.compile(r"\s+")

_FLASH_LIMIT = N_("Overwriting cannot reach the spare blocks of a flash drive.")
_UNKNOWN_LIMIT = N_(
    "The kind of drive is not known: on a flash drive, overwriting cannot reach the spare blocks."
)
_SECURE_ERASE_LIMIT = N_("With the drive's older erase command, its maker decides what is erased.")

LIMITS = (_FLASH_LIMIT, _UNKNOWN_LIMIT, _SECURE_ERASE_LIMIT)


def deed(method: str | None) -> Deed:
    """What the method of that name does; UNKNOWN for a name never met, so that it is never believed."""
    name = _SPACES.sub(" ", method or "").strip().lower()
    if name in _OVERWRITES:
        return Deed.OVERWRITE
    for start, kind in (
        ("verify", Deed.VERIFY),
        ("sanitize", Deed.SANITIZE),
        ("secure erase", Deed.SECURE_ERASE),
    ):
        if name.startswith(start):
            return kind
    return Deed.UNKNOWN


# What the commonest names say, for people who do not read the tool's English.
_GLOSSES = {
    "zero fill": N_("writing zeros"),
    "fill with zeros": N_("writing zeros"),
    "one fill": N_("writing ones"),
    "fill with ones": N_("writing ones"),
    "quick erase": N_("writing zeros once"),
    "prng stream": N_("writing random data"),
}


def gloss(method: str | None) -> str | None:
    """What a method does in a few marked words; None where its name says it, or is not known."""
    return _GLOSSES.get(_SPACES.sub(" ", method or "").strip().lower())


def claimed_level(method: str | None, medium: Medium) -> Claim:
    """What may be claimed for an accepted wipe by that method on that medium, and its limit."""
    kind = deed(method)
    if kind is Deed.SANITIZE:
        return Claim(Level.PURGE)
    if kind is Deed.SECURE_ERASE:
        return Claim(Level.CLEAR, say(_SECURE_ERASE_LIMIT))
    if kind is not Deed.OVERWRITE:
        return Claim(Level.NONE)
    if medium is Medium.HDD:
        return Claim(Level.CLEAR)
    return Claim(Level.CLEAR, say(_UNKNOWN_LIMIT if medium is Medium.UNKNOWN else _FLASH_LIMIT))
