"""Whether a stage's label is printed with the move, asked for, or left out. Plain values."""

from __future__ import annotations

import enum

from tracker.i18n import N_


class Habit(enum.StrEnum):
    AUTOMATIC = "automatic"
    ASKED = "asked"
    OFF = "off"


HABITS: dict[Habit, str] = {
    Habit.AUTOMATIC: N_("Print it with the move"),
    Habit.ASKED: N_("Offer it after the move"),
    Habit.OFF: N_("No label at this stage"),
}
