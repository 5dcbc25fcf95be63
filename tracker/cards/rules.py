"""What a command card may say: a closed list, drawn from the journey's own table, and why a badge ends. Plain values.

A card says what is meant, never what is allowed: whoever scans it has her own rights and no others.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tracker.devices.lifecycle import MOVES, STAGES, Move
from tracker.devices.rules import Grade
from tracker.errors import Malformed
from tracker.i18n import N_, Sentence

MOST_AT_ONCE = 200  # cards chosen on the page


class Group(enum.StrEnum):
    """What kind of thing a card says. The value begins its key: `do:receive`."""

    ACTION = "do"
    GRADE = "grade"
    METHOD = "method"
    CONTROL = "scan"


GROUP_NAMES: dict[Group, str] = {
    Group.ACTION: N_("Actions"),
    Group.GRADE: N_("Grades"),
    Group.METHOD: N_("Wipe methods"),
    Group.CONTROL: N_("Scan page"),
}
# The word in the card's band.
GROUP_WORDS: dict[Group, str] = {
    Group.ACTION: N_("Action"),
    Group.GRADE: N_("Grade"),
    Group.METHOD: N_("Wipe method"),
    Group.CONTROL: N_("Command"),
}

END, UNDO = "scan:end", "scan:undo"


@dataclass(frozen=True)
class Command:
    """One card's meaning. `name` is in the infinitive, `hint` says what scanning it does (English, marked)."""

    key: str
    group: Group
    name: Sentence
    hint: Sentence
    phase: str = "plain"
    pictogram: str = ""

    @property
    def value(self) -> str:
        """What follows the group: an action, a grade, a method."""
        return self.key.partition(":")[2]


# How data goes: what a batch of wipes is asked for once.
METHODS: dict[str, str] = {
    "overwrite": N_("Overwritten by software"),
    "secure_erase": N_("The drive’s own erase command"),
    "sanitize": N_("The drive’s own sanitize command"),
    "factory_reset": N_("Reset to factory settings"),
}
_EACH = N_("Then scan the devices, one after the other: “%(name)s” for each.")
_VALUE = N_("Holds for the devices that are scanned next.")


@cache
def commands() -> dict[str, Command]:
    """key → every card there can be, in the order of the sheet."""
    made = [
        *(_action(move) for move in MOVES.values() if move.sources != (None,)),
        *(_grade(grade) for grade in Grade),
        *(
            Command(f"{Group.METHOD}:{key}", Group.METHOD, Sentence(name), Sentence(_VALUE), "wipe", "shield")
            for key, name in METHODS.items()
        ),
        Command(END, Group.CONTROL, Sentence(N_("End")),
                Sentence(N_("Ends the batch: the next scan only looks up.")), pictogram="stop"),
        Command(UNDO, Group.CONTROL, Sentence(N_("Undo")),
                Sentence(N_("Takes back the last scan of the batch.")), pictogram="undo"),
    ]  # fmt: skip
    return {one.key: one for one in made}


def _action(move: Move) -> Command:
    name = Sentence(move.name)
    return Command(
        f"{Group.ACTION}:{move.action.value}",
        Group.ACTION,
        name,
        Sentence(_EACH, {"name": name}),
        phase=STAGES[move.target].phase.value,
    )


def _grade(grade: Grade) -> Command:
    name = Sentence(N_("Grade %(grade)s"), {"grade": grade.value})
    return Command(f"{Group.GRADE}:{grade.value}", Group.GRADE, name, Sentence(_VALUE), "hand", "star")


def command(key: str) -> Command | None:
    """The command of this key; None for one that the journey no longer knows."""
    return commands().get(key)


def must_be_commands(keys: Iterable[str]) -> list[str]:
    """These keys, each once, in the order of the sheet. Raises `Malformed` for one that is none."""
    wanted = set(keys)
    strange = sorted(wanted - set(commands()))
    if strange:
        raise Malformed(
            N_("There is no command card “%(key)s”. Choose from the list."),
            field="command",
            key=strange[0][:64],
        )
    return [key for key in commands() if key in wanted]


class Ending(enum.StrEnum):
    """Why a badge ended."""

    LOST = "lost"
    DAMAGED = "damaged"
    LEFT = "left"
    REPLACED = "replaced"


ENDINGS: dict[Ending, str] = {
    Ending.LOST: N_("The badge is lost"),
    Ending.DAMAGED: N_("The badge is damaged"),
    Ending.LEFT: N_("The person has left"),
    Ending.REPLACED: N_("Another one took its place"),
}
# What a person can choose; the third follows from disabling the user, or is chosen too.
CHOSEN = (Ending.LOST, Ending.DAMAGED, Ending.LEFT)
