"""The words of a policy: each choice, and what it means at the bench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.i18n import N_, Sentence
from tracker.wiping.methods import Level
from tracker.wiping.policy_rules import LAYOUTS, LEVEL_WORDS, Reviewer
from tracker.wiping.readings import MEDIUM_NAMES, Medium, say

UNVERIFIED: Mapping[bool, str] = {
    False: N_("No: a person decides (safest)"),
    True: N_("Yes: it counts by itself"),
}

REVIEWERS: Mapping[Reviewer, str] = {
    Reviewer.QUALITY: N_("A quality checker or a coordinator, never who brought the report"),
    Reviewer.COORDINATOR: N_("A coordinator only, never who brought the report"),
}

_FROM_LAYOUT = N_("From the form of nwipe %(layout)s on")
LAYOUT_WORDS: Mapping[str, Sentence] = {
    layout: say(_FROM_LAYOUT, layout=layout)
    if layout != LAYOUTS[0]
    else say(N_("Every form that is read (%(layout)s and later)"), layout=layout)
    for layout in LAYOUTS
}

DEMANDED: Mapping[Level, str] = {
    Level.CLEAR: N_("Clear: overwriting is enough"),
    Level.PURGE: N_("Purge: the drive’s own sanitize command"),
}

_SETTINGS: Mapping[str, str] = {
    "unverified_accepted": N_("Wiped, but not verified"),
    "nwipe_layout": N_("Oldest form of nwipe’s logs"),
    "reviewer": N_("Who decides on a doubt"),
}
_VALUES: Mapping[str, Mapping[Any, str | Sentence]] = {
    "unverified_accepted": UNVERIFIED,
    "nwipe_layout": LAYOUT_WORDS,
    "reviewer": {one.value: word for one, word in REVIEWERS.items()},
}
_LEVEL = "level_"
_CHANGED = N_("%(setting)s: “%(before)s” became “%(after)s”.")


def told(changed: Mapping[str, list[Any]]) -> list[Sentence]:
    """What a policy decided otherwise than the one before, a sentence each."""
    return [
        say(_CHANGED, setting=_setting(name), before=_value(name, old), after=_value(name, new))
        for name, (old, new) in changed.items()
    ]


def _setting(name: str) -> Sentence:
    if name.startswith(_LEVEL):
        return Sentence(MEDIUM_NAMES[Medium(name.removeprefix(_LEVEL))])
    return Sentence(_SETTINGS[name])


def _value(name: str, value: Any) -> Sentence:
    word = LEVEL_WORDS[Level(value)] if name.startswith(_LEVEL) else _VALUES[name][value]
    return word if isinstance(word, Sentence) else Sentence(word)
