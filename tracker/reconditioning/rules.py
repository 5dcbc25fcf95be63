"""What an answer and a grade mean, and when a device counts as fully tested. Plain values.

A *round* begins with each `start_reconditioning`: a device that was wiped again, came back or was found has to be
tested anew, whole. A device sent back by the quality check, or reopened, stays in its round: answers are kept, save
those the person who sends it back says have failed. A failed point stays open until someone answers it again.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.devices.lifecycle import STAGES, Flag, Stage
from tracker.devices.rules import DeviceType, Grade, Proof
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_, Sentence
from tracker.reconditioning.checklists import Line

NAMED_AT_MOST = 4  # how many points a refusal names before it counts the rest


class Answer(enum.StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


ANSWERS: dict[Answer, str] = {
    Answer.PASSED: N_("Works"),
    Answer.FAILED: N_("Faulty"),
    Answer.NOT_APPLICABLE: N_("Absent"),
}

# What each letter promises to the person who receives the device. Every function is tested whatever the letter.
GRADES: dict[Grade, str] = {
    Grade.A: N_("Very good: light marks of use at most, not seen when the device is on."),
    Grade.B: N_("Good: visible marks of use that do not hinder any use."),
    Grade.C: N_("Fair: strong marks, or a tired part; everything mandatory works."),
}
SCREEN_GRADES: dict[Grade, str] = {
    Grade.A: N_("No scratch, no stain, no dead pixel."),
    Grade.B: N_("Fine scratches not seen when lit, or one or two dead pixels at the edge."),
    Grade.C: N_("Scratches or stains that are seen when lit; reading stays easy."),
}
CASING_GRADES: dict[Grade, str] = {
    Grade.A: N_("Light marks at most, nothing missing."),
    Grade.B: N_("Scratches, worn keys or traces of stickers."),
    Grade.C: N_("Dents, a repaired crack or a missing cover; nothing sharp, nothing loose."),
}
BATTERY_GRADES: dict[Grade, str] = {
    Grade.A: N_("At least 80 % of its first capacity."),
    Grade.B: N_("60 to 79 % of its first capacity."),
    Grade.C: N_("Below 60 % of its first capacity: it is used near a socket."),
}
BATTERY_A_PERCENT, BATTERY_B_PERCENT = 80, 60


def battery_grade(percent: int) -> Grade:
    """The letter of a battery that still holds `percent` of its first capacity (0 to 100)."""
    if percent >= BATTERY_A_PERCENT:
        return Grade.A
    return Grade.B if percent >= BATTERY_B_PERCENT else Grade.C


@dataclass(frozen=True)
class Checked:
    """A line of the checklist with its standing answer: who gave it, when; all None while it has none."""

    line: Line
    answer: Answer | None = None
    at: datetime | None = None
    by: int | None = None
    entry_id: int = 0

    @property
    def blocks(self) -> bool:
        """Whether the device cannot be finished because of this line."""
        return self.line.mandatory and self.answer in (None, Answer.FAILED)


@dataclass(frozen=True)
class ChecklistState:
    """The checklist of one device in its present round. `round_id` is None where no round was ever begun."""

    lines: tuple[Checked, ...]
    round_id: int | None = None

    @property
    def answered(self) -> tuple[Checked, ...]:
        return tuple(one for one in self.lines if one.answer is not None)

    @property
    def unanswered(self) -> tuple[Checked, ...]:
        return tuple(one for one in self.lines if one.answer is None)

    @property
    def left(self) -> tuple[Checked, ...]:
        """Mandatory lines without an answer: what stands between now and the end of the tests."""
        return tuple(one for one in self.unanswered if one.line.mandatory)

    @property
    def failed(self) -> tuple[Checked, ...]:
        return tuple(one for one in self.lines if one.answer is Answer.FAILED)

    @property
    def defects(self) -> tuple[Checked, ...]:
        """Optional lines that failed: the device may be given with them, and the next user is told."""
        return tuple(one for one in self.failed if not one.line.mandatory)

    @property
    def complete(self) -> bool:
        return bool(self.lines) and not any(one.blocks for one in self.lines)

    @property
    def last_entry_id(self) -> int:
        """The history entry of the last answer; 0 before the first."""
        return max((one.entry_id for one in self.lines), default=0)

    def answer_of(self, key: str) -> Answer | None:
        return next((one.answer for one in self.lines if one.line.key == key), None)

    def proposed_flags(self, raised: Collection[Flag]) -> tuple[Flag, ...]:
        """The flags that failed mandatory lines call for and nobody has raised yet."""
        called = dict.fromkeys(one.line.flag for one in self.failed if one.line.mandatory)
        return tuple(flag for flag in called if flag not in raised)


def fully_tested(state: ChecklistState) -> Proof:
    """Every mandatory line answered in this round, and none of them failed."""
    if state.round_id is None or not state.lines:
        return Proof.refused(N_("This device was not tested yet: start its reconditioning first."))
    missing = []
    if state.left:
        texts = [one.line.text for one in state.left]
        missing.append(Sentence(N_("Still to test: %(points)s."), {"points": listed(texts)}))
    broken = [one.line.text for one in state.failed if one.line.mandatory]
    if broken:
        missing.append(
            Sentence(
                N_("Out of order: %(points)s. Repair and test again, or take the device for parts."),
                {"points": listed(broken)},
            )
        )
    if missing:
        return Proof(held=False, missing=tuple(missing))
    evidence = {
        "round": state.round_id,
        "answers": {one.line.key: one.answer.value for one in state.lines if one.answer is not None},
    }
    return Proof(held=True, evidence=evidence)


def listed(texts: Sequence[str]) -> Sentence:
    """Marked texts as one enumeration; past four, the rest is counted."""
    named = {f"point{number}": Sentence(text) for number, text in enumerate(texts[:NAMED_AT_MOST])}
    enumeration = Sentence(" · ".join(f"%({name})s" for name in named), named)
    more = len(texts) - len(named)
    if not more:
        return enumeration
    return Sentence(N_("%(points)s · and %(more)s more"), {"points": enumeration, "more": more})


def graded(grade: Grade | None, graded_entry_id: int, state: ChecklistState) -> Proof:
    """A grade of this round, given after its last test."""
    if grade is None:
        return Proof.refused(N_("The device has no grade yet: give it one on its reconditioning page."))
    if graded_entry_id <= state.last_entry_id:
        return Proof.refused(N_("Something was tested after the grade was given: grade the device again."))
    return Proof(held=True, evidence={"grade": grade.value})


def second_person(finished_by: int | None, tested_by: Collection[int], checker: int | None) -> Proof:
    """The one who checks is a known person, and neither the one who finished nor one on whose answers it rests that the
    device works: else A could test, B press “finish”, and A check. Ids of users, None where not a person.
    """
    if checker is None:
        return Proof.refused(N_("The quality check is a person’s: sign in, or use your own key."))
    if finished_by is None:
        return Proof.refused(
            N_("No person is on record as having finished this device: send it back and finish it again.")
        )
    if finished_by == checker:
        return Proof.refused(N_("You finished this device yourself: ask someone else to check it."))
    if checker in tested_by:
        return Proof.refused(
            N_("You tested points of this device yourself: ask someone else, who tested none, to check it.")
        )
    return Proof(held=True, evidence={"finished_by": finished_by})


def must_fit(lines: Sequence[Line], answers: Mapping[str, Answer]) -> None:
    """Raise `Malformed` on an empty set of answers, a line this type has not, or “absent” where every device has it."""
    if not answers:
        raise Malformed(
            N_("No answer was given: answer at least one point of the checklist."), field="answers"
        )
    known = {line.key: line for line in lines}
    for key, answer in answers.items():
        line = known.get(key)
        if line is None:
            raise Malformed(
                N_(
                    "The checklist of this type has no point “%(key)s”. Look at the list of its points first."
                ),
                field=key,
                key=key[:40],
            )
        if answer is Answer.NOT_APPLICABLE and not line.may_not_apply:
            raise Malformed(
                N_(
                    "“%(point)s” exists on every device of this type: answer that it works, or that it has a fault."
                ),
                field=key,
                point=Sentence(line.text),
            )


def must_be_at_the_bench(stage: Stage) -> None:
    """Answers are given while the device is being reconditioned, at no other time."""
    if stage is Stage.RECONDITIONING:
        return
    if stage is Stage.WIPED:
        raise RuleBroken(N_("Start the reconditioning of this device first, then answer the checklist."))
    if stage in (Stage.RECONDITIONED, Stage.READY):
        raise RuleBroken(
            N_("The tests of this device are closed. To answer again, send it back to the bench.")
        )
    raise RuleBroken(
        N_("This device is “%(stage)s”: the checklist is answered while a device is being reconditioned."),
        stage=Sentence(STAGES[stage].name),
    )


def must_be_gradable(stage: Stage) -> None:
    """A grade is given at the bench or at the quality check."""
    if stage not in (Stage.RECONDITIONING, Stage.RECONDITIONED):
        raise RuleBroken(
            N_(
                "This device is “%(stage)s”: it is graded while being reconditioned, or at the quality check."
            ),
            stage=Sentence(STAGES[stage].name),
        )


def must_be_percent(percent: int) -> None:
    if not 0 <= percent <= 100:
        raise Malformed(N_("The capacity of the battery is a percentage from 0 to 100."), field="battery")


HAS_SCREEN = frozenset(set(DeviceType) - {DeviceType.DESKTOP, DeviceType.PRINTER})
HAS_BATTERY = frozenset({DeviceType.LAPTOP, DeviceType.TABLET, DeviceType.SMARTPHONE})
