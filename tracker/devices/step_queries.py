"""What can be done with a device next, and by whom: what a scan, the device's page and the API offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.devices import registry, rules
from tracker.devices.lifecycle import MOVES, Action, Fact, Move, Stage, moves_from, next_move
from tracker.devices.models import Device
from tracker.devices.operations import judge
from tracker.errors import NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.i18n import Sentence

# Proven by what a person answers on a page: a line of a request, a signature, a slip.
ANSWERED = frozenset({Fact.FITS_REQUEST, Fact.SIGNED, Fact.RETURNED_TO_DONOR, Fact.OUT_WITH_SLIP})


@dataclass(frozen=True)
class Step:
    """A move that begins where the device stands. `refusal` is why it would be refused now, as far as it was asked;
    `page` is where it is carried out, or what is missing is put right; `by_page`: a scan alone cannot do it."""

    move: Move
    refusal: RuleBroken | None
    page: str | None
    by_page: bool

    @property
    def against(self) -> tuple[Sentence, ...]:
        """Everything that stands against it, in sentences."""
        if isinstance(self.refusal, rules.Unproven):
            return self.refusal.missing
        return (self.refusal.sentence,) if self.refusal else ()

    @property
    def not_for_me(self) -> bool:
        """Whether it takes another role, so that its page may be closed to this person too."""
        return isinstance(self.refusal, NotAllowed)


def next_step(device: Device, by: Actor) -> Step | None:
    """The one that usually follows, judged for this person; None at the end of the journey."""
    move = usual_move(device)
    return _step(device, move, by, proven=True) if move else None


def other_steps(device: Device, by: Actor) -> list[Step]:
    """Every other move of this stage that the person's role allows; what they must prove is asked when they are made."""
    usual = usual_move(device)
    steps = [_step(device, move, by, proven=False) for move in moves_from(device.stage) if move is not usual]
    return [step for step in steps if not step.not_for_me]


def possible_actions(device: Device, by: Actor) -> list[Action]:
    """The actions that begin at this stage and are open to the person's role, the usual one first."""
    return [step.move.action for step in _all(device, by)]


def _all(device: Device, by: Actor) -> Iterator[Step]:
    usual = usual_move(device)
    moves = sorted(moves_from(device.stage), key=lambda move: move is not usual)
    steps = (_step(device, move, by, proven=False) for move in moves)
    return (step for step in steps if not step.not_for_me)


def usual_move(device: Device) -> Move | None:
    """As `lifecycle.next_move`; a type without storage has nothing to wipe and goes straight on."""
    if device.stage is Stage.RECEIVED and device.type in rules.WITHOUT_STORAGE:
        return MOVES[Action.FINISH_WIPING]
    return next_move(device.stage)


def _step(device: Device, move: Move, by: Actor, *, proven: bool) -> Step:
    by_page = bool(move.facts & ANSWERED)
    page = registry.page_of(move.action, device.code)
    if proven and not by_page:
        return Step(move, judge(device, move.action, by), page, by_page)
    try:
        rules.must_be_allowed(move, by)
    except NotAllowed as refusal:
        return Step(move, refusal, page, by_page)
    return Step(move, None, page, by_page)


def may_undo(device: Device, by: Actor) -> bool:
    """Whether the last move can be undone by this person now, as far as that is known without trying."""
    last = past.last_move(Subject.DEVICE, device.id)
    if last is None or last.from_stage is None or last.action in (Action.CORRECT, Action.DELIVER):
        return False
    try:
        rules.must_be_undone_in_time(last.actor_id, last.at, by, clock.now())
    except RuleBroken:
        return False
    return True
