"""Whether a stage's label is printed with the move, asked for, or left out. Plain values."""

from __future__ import annotations

import enum

from tracker.devices.lifecycle import Stage
from tracker.i18n import N_
from tracker.labelling import rules


class Habit(enum.StrEnum):
    AUTOMATIC = "automatic"
    ASKED = "asked"
    OFF = "off"


HABITS: dict[Habit, str] = {
    Habit.AUTOMATIC: N_("Print it with the move"),
    Habit.ASKED: N_("Offer it after the move"),
    Habit.OFF: N_("No label at this stage"),
}


def new_design(before: str | None, after: str | None) -> str | None:
    """The label that a move from one stage to another asks for; None where the device keeps the one it bears."""
    stage = Stage(after) if after else None
    if stage not in rules.DUE:
        return None
    design = rules.design_for(stage)
    return None if before and rules.design_for(Stage(before)) == design else design
