"""What a workshop accepts as a wipe. A verdict says what a report proves, whoever reads it; the policy says what counts.

The defaults are the safe ones: an unverified wipe is for a person, and Clear is demanded for every kind of drive.
Whatever the policy, who brought a report never decides alone that it counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tracker.history.rules import canonical
from tracker.i18n import N_, Sentence
from tracker.wiping.methods import Deed, Level, claimed_level, deed
from tracker.wiping.readings import MEDIUM_NAMES, Medium, say
from tracker.wiping.verdicts import Verdict

FIRST = 1
"""The number of the defaults, which every workshop has until it decides otherwise."""

# What is inside is not known: it may be any of the others.
UNSURE = (Medium.USB, Medium.UNKNOWN)
MEDIA = tuple(medium for medium in Medium if medium not in UNSURE)
"""The kinds of drive for which a level is chosen."""

LAYOUTS = ("0.30", "0.34", "0.38", "0.42")
"""The layouts of nwipe's logs, by the oldest version known to print each (`readers.nwipe_run`)."""

LEVELS = (Level.CLEAR, Level.PURGE)
"""What may be demanded, the weaker first."""

_STRENGTH = {Level.NONE: 0, Level.CLEAR: 1, Level.PURGE: 2}


class Reviewer(StrEnum):
    """Who decides that a doubtful wipe counts: never the one who brought its report."""

    QUALITY = "quality"
    COORDINATOR = "coordinator"


class Ruling(StrEnum):
    """What a policy makes of an attempt: it counts; a person decides; it can never count; too weak, so wipe it again."""

    ACCEPTED = "accepted"
    PERSON = "person"
    NEVER = "never"
    SHORT = "short"


@dataclass(frozen=True)
class Policy:
    """What counts. `nwipe_layout`: the oldest one that needs no person; `levels`: medium → the level demanded."""

    number: int = FIRST
    unverified_accepted: bool = False
    nwipe_layout: str = LAYOUTS[0]
    levels: Mapping[Medium, Level] = field(default_factory=dict)
    reviewer: Reviewer = Reviewer.QUALITY

    def demanded(self, *media: Medium) -> Level:
        """The level demanded of a drive that was told to be of these kinds; the strictest where none is certain."""
        certain = [self._of(medium) for medium in media if medium not in UNSURE]
        return max(certain or [self._of(medium) for medium in MEDIA], key=_STRENGTH.__getitem__)

    def _of(self, medium: Medium) -> Level:
        return self.levels.get(medium, Level.CLEAR)

    @property
    def content(self) -> dict[str, Any]:
        """What is decided, in codes: kept, hashed, and told to the history."""
        return {
            "unverified_accepted": self.unverified_accepted,
            "nwipe_layout": self.nwipe_layout,
            "levels": {medium.value: self._of(medium).value for medium in MEDIA},
            "reviewer": self.reviewer.value,
        }

    @property
    def sha256(self) -> str:
        """The fingerprint of what is decided; its number is not part of it."""
        return hashlib.sha256(canonical(self.content).encode()).hexdigest()


def read_policy(number: int, content: Mapping[str, Any]) -> Policy:
    """A policy from its content as it was kept."""
    return Policy(
        number=number,
        unverified_accepted=content["unverified_accepted"],
        nwipe_layout=content["nwipe_layout"],
        levels={Medium(medium): Level(level) for medium, level in content["levels"].items()},
        reviewer=Reviewer(content["reviewer"]),
    )


def changes(before: Policy, after: Policy) -> dict[str, list[Any]]:
    """What was decided otherwise: {setting: [old, new]}, in codes; a level as `level_ssd`."""
    old, new = _flat(before), _flat(after)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def _flat(policy: Policy) -> dict[str, Any]:
    content = policy.content
    levels = content.pop("levels")
    return {**content, **{f"level_{medium}": level for medium, level in levels.items()}}


@dataclass(frozen=True)
class Done:
    """What was done to a drive, as far as a policy asks. `media`: what its report and the record say of its kind."""

    tool: str
    method: str | None
    layout: str | None
    media: tuple[Medium, ...]


@dataclass(frozen=True)
class Ruled:
    """A ruling, and what the policy has to say where the attempt does not count."""

    ruling: Ruling
    reasons: tuple[Sentence, ...] = ()


_TOO_WEAK = N_(
    "Policy no. %(number)s demands %(level)s for this kind of drive (%(medium)s), and this wipe is %(reached)s. "
    "Wipe it again with the drive’s own sanitize command, or destroy it."
)
_KIND_NOT_KNOWN = N_(
    "Policy no. %(number)s demands %(level)s for some kinds of drive, and the kind of this one is not known. "
    "Someone must look at it."
)
_METHOD_NOT_KNOWN = N_(
    "Policy no. %(number)s demands %(level)s for this kind of drive, and what this method reaches is not known. "
    "Someone must decide."
)
_WANTS_VERIFIED = N_("Policy no. %(number)s wants every wipe verified: a person decides.")
_OLD_LAYOUT = N_(
    "Policy no. %(number)s takes logs of nwipe from %(layout)s on without a person. This one is older, or its "
    "layout is not known."
)

# NIST SP 800-88 Rev. 2: terms of the standard, the same in every language.
LEVEL_WORDS: Mapping[Level, str] = {
    Level.NONE: N_("of no level"),
    Level.CLEAR: N_("Clear"),
    Level.PURGE: N_("Purge"),
}


def rule(policy: Policy, word: Verdict, done: Done) -> Ruled:
    """What the policy makes of an attempt with that verdict."""
    if word in (Verdict.FAILED, Verdict.INFO) or deed(done.method) is Deed.VERIFY:
        return Ruled(Ruling.NEVER)
    weak = too_weak(policy, done)
    if weak is not None:
        return Ruled(Ruling.SHORT, (weak,))
    reasons = tuple(_wants_a_person(policy, word, done))
    return Ruled(Ruling.PERSON if reasons or word is Verdict.REVIEW else Ruling.ACCEPTED, reasons)


def too_weak(policy: Policy, done: Done) -> Sentence | None:
    """Why nobody may accept it: it did less than the policy demands of a drive whose kind is known."""
    certain = [medium for medium in done.media if medium not in UNSURE]
    demanded, reached = policy.demanded(*done.media), _reached(done)
    if not certain or deed(done.method) is Deed.UNKNOWN or _STRENGTH[reached] >= _STRENGTH[demanded]:
        return None
    strictest = max(certain, key=lambda medium: _STRENGTH[policy.demanded(medium)])
    return say(
        _TOO_WEAK,
        number=policy.number,
        level=Sentence(LEVEL_WORDS[demanded]),
        reached=Sentence(LEVEL_WORDS[reached]),
        medium=Sentence(MEDIUM_NAMES[strictest]),
    )


def _reached(done: Done) -> Level:
    return claimed_level(done.method, done.media[-1] if done.media else Medium.UNKNOWN).level


def _wants_a_person(policy: Policy, word: Verdict, done: Done) -> Sequence[Sentence]:
    found = []
    demanded, known = policy.demanded(*done.media), deed(done.method) is not Deed.UNKNOWN
    if _STRENGTH[_reached(done)] < _STRENGTH[demanded] and (known or demanded is not Level.CLEAR):
        message = _KIND_NOT_KNOWN if known else _METHOD_NOT_KNOWN
        found.append(say(message, number=policy.number, level=Sentence(LEVEL_WORDS[demanded])))
    if word is Verdict.UNVERIFIED and not policy.unverified_accepted:
        found.append(say(_WANTS_VERIFIED, number=policy.number))
    if done.tool == "nwipe" and _is_older(done.layout, policy.nwipe_layout):
        found.append(say(_OLD_LAYOUT, number=policy.number, layout=policy.nwipe_layout))
    return found


def _is_older(layout: str | None, oldest: str) -> bool:
    """Of a log whose layout is not on record nothing is known: it is older, unless every layout is taken."""
    if oldest == LAYOUTS[0]:
        return False
    return not layout or _figures(layout) < _figures(oldest)


def _figures(layout: str) -> tuple[int, ...]:
    return tuple(int(part) for part in layout.split(".") if part.isdigit())
