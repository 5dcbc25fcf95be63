"""The designs: which colour, which pictogram, and what is read first. One line each.

Five phases carry the colour; the word and the pictogram carry the stage, so that black and white says the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from labels.errors import LabelError
from labels.label import Label
from labels.pictograms import PICTOGRAMS

PHASES = {
    "collect": "1f5f99",
    "wipe": "6a3d9a",
    "bench": "8a5a00",
    "hand": "1d6b45",
    "exit": "5b6470",
    "plain": "1c2733",
}
"""Colour of each phase (sRGB); white on any of them has a contrast of at least 5:1."""


@dataclass(frozen=True, slots=True)
class Design:
    """`hero` is what is largest: the code, or the title (a place, a command, a person); `band` whether it has one."""

    name: str
    phase: str
    pictogram: str
    hero: str = "code"
    band: bool = True


DESIGNS: dict[str, Design] = {
    design.name: design
    for design in (
        Design("tag", "plain", "tag", band=False),
        Design("collection", "collect", "truck"),
        Design("intake", "collect", "tray"),
        Design("wipe", "wipe", "shield"),
        Design("test", "bench", "wrench"),
        Design("ready", "hand", "star"),
        Design("allocation", "hand", "bookmark"),
        Design("handover", "hand", "gift"),
        Design("exit", "exit", "leave"),
        Design("location", "plain", "pin", hero="title"),
        Design("box", "plain", "crate", hero="title"),
        Design("command", "plain", "bolt", hero="title"),
        Design("badge", "plain", "person", hero="title"),
    )
}


def design(name: str) -> Design:
    """The design of that name; `LabelError` lists the names when there is none."""
    found = DESIGNS.get(name)
    if found is None:
        raise LabelError(
            "There is no label design “%(name)s”. Choose one of: %(known)s.",
            name=name,
            known=", ".join(DESIGNS),
        )
    return found


def colour_of(label: Label) -> str:
    """The colour of a label's band: of the phase it names, or of its design."""
    phase = label.phase or design(label.design).phase
    if phase not in PHASES:
        raise LabelError(
            "There is no phase “%(name)s”. Choose one of: %(known)s.", name=phase, known=", ".join(PHASES)
        )
    return PHASES[phase]


def pictogram_of(label: Label) -> str:
    """The pictogram a label names, or that of its design."""
    name = label.pictogram or design(label.design).pictogram
    if name not in PICTOGRAMS:
        raise LabelError(
            "There is no pictogram “%(name)s”. Choose one of: %(known)s.",
            name=name,
            known=", ".join(PICTOGRAMS),
        )
    return name
