"""What the scan page does with each device that is scanned: an action, a place, a grade. Plain values.

A mode carries no right: who scans is judged anew for each device, and once when she chooses it, so that she is told
at the first card and not at the fortieth device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.accounts.rules import Actor
from tracker.cards.rules import METHODS, Command, Group
from tracker.devices.lifecycle import MOVES, STAGES, Action, Fact, Move
from tracker.devices.rules import Grade, must_be_allowed
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_, Sentence

# What a batch may be asked for once, by the name it has among a scan's values, and the question.
QUESTIONS: dict[str, str] = {
    "reason": N_("Why?"),
    "slip_number": N_("Slip number"),
    "recycler": N_("Who takes them"),
    "left_on": N_("Left on"),
    "grade": N_("Grade"),
    "method": N_("Wipe method"),
}
LONGEST = {"reason": 500, "slip_number": 60, "recycler": 200, "left_on": 10}
_ANSWERED_FOR_EACH = frozenset({Fact.FITS_REQUEST, Fact.SIGNED, Fact.RETURNED_TO_DONOR})
_GRADED = frozenset({Action.FINISH_RECONDITIONING, Action.PASS_QUALITY_CHECK})
_WIPED = frozenset({Action.START_WIPING, Action.FINISH_WIPING})


@dataclass(frozen=True)
class Mode:
    """What is done to each device. Without action, place or grade it only looks up. `place` is a place's code."""

    action: str | None = None
    place: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def looks_up(self) -> bool:
        return not (self.action or self.place or self.values.get("grade"))

    @property
    def phase(self) -> str:
        """The colour of its banner."""
        if self.action in MOVES:
            return STAGES[MOVES[Action(self.action)].target].phase.value
        return "hand" if self.values.get("grade") else "plain"

    @property
    def pictogram(self) -> str:
        if self.action in MOVES:
            return STAGES[MOVES[Action(self.action)].target].pictogram
        return "medal" if self.values.get("grade") else "map-pin" if self.place else "search"

    @property
    def name(self) -> Sentence:
        """Its large word, in the infinitive."""
        if self.action in MOVES:
            return Sentence(MOVES[Action(self.action)].name)
        if self.values.get("grade"):
            return Sentence(N_("Grade %(grade)s"), {"grade": str(self.values["grade"])})
        return Sentence(N_("Put in a place") if self.place else N_("Look up"))

    @property
    def method_name(self) -> Sentence | None:
        """How data goes, where that was said."""
        method = self.values.get("method")
        return Sentence(METHODS[str(method)]) if method in METHODS else None


def is_a_mode(move: Move) -> bool:
    """Whether a move can be made by scanning alone: nothing in it has to be answered for each device."""
    return move.sources != (None,) and not move.facts & _ANSWERED_FOR_EACH


def offered(by: Actor) -> list[Move]:
    """The moves that this person may choose as a mode, the everyday ones first."""
    hers = [move for move in MOVES.values() if is_a_mode(move) and by.is_at_least(move.role)]
    return sorted(hers, key=lambda move: not move.everyday)


def must_be_hers(mode: Mode, by: Actor) -> None:
    """Raise `RuleBroken` at once where this mode can do nothing for this person."""
    if mode.action is None:
        return
    if mode.action not in MOVES:
        raise Malformed(
            N_("“%(action)s” is not an action that the tracker knows."), field="action", action=mode.action
        )
    move = MOVES[Action(mode.action)]
    must_be_allowed(move, by)
    if not is_a_mode(move):
        raise RuleBroken(
            N_("“%(action)s” asks something for each device: scan the device alone, then follow its button."),
            action=Sentence(move.name),
        )


def asked_once(mode: Mode) -> tuple[str, ...]:
    """Which values this mode can be given, by their name in `QUESTIONS`."""
    if mode.action not in MOVES:
        return ()
    move = MOVES[Action(mode.action)]
    if move.action is Action.RECYCLE:
        return ("slip_number", "recycler", "left_on", "reason")
    wanted: tuple[str, ...] = ("reason",) if move.needs_reason else ()
    wanted += ("grade",) if move.action in _GRADED else ()
    return wanted + (("method",) if move.action in _WIPED else ())


def lacking(mode: Mode) -> tuple[str, ...]:
    """Which values it must be given before the first device, and was not."""
    given = {name for name, value in mode.values.items() if value}
    if mode.action == Action.RECYCLE:
        slip = tuple(name for name in ("slip_number", "recycler") if name not in given)
        return () if "reason" in given else slip
    needs_reason = mode.action in MOVES and MOVES[Action(mode.action)].needs_reason
    return ("reason",) if needs_reason and "reason" not in given else ()


def must_be_answered(mode: Mode) -> None:
    missing = lacking(mode)
    if missing:
        raise Malformed(
            N_("“%(action)s” asks this once for the whole batch: %(question)s"),
            field=missing[0],
            action=mode.name,
            question=Sentence(QUESTIONS[missing[0]]),
        )


def values(given: Mapping[str, Any]) -> dict[str, str]:
    """What was answered, cleaned: the known names, with text. Raises `Malformed` for a grade or method that is none."""
    kept = {name: " ".join(str(given[name]).split()) for name in QUESTIONS if given.get(name)}
    for name, longest in LONGEST.items():
        if len(kept.get(name, "")) > longest:
            raise Malformed(N_("At most %(most)s signs here."), field=name, most=longest)
    for name, known in (("grade", set(Grade)), ("method", set(METHODS))):
        if kept.get(name) and kept[name] not in known:
            raise Malformed(
                N_("“%(value)s” is not in our list: choose one."), field=name, value=kept[name][:40]
            )
    return {name: text for name, text in kept.items() if text}


def after_card(now: Mode | None, card: Command) -> Mode:
    """The mode once this card was scanned. A value card completes the mode; an action card begins another, and keeps
    the place. Raises `RuleBroken` for a method that no action stands before."""
    if card.group is Group.ACTION:
        return Mode(action=card.value, place=now.place if now else None)
    if card.group is Group.GRADE:
        graded = now if now and (now.action in _GRADED or not now.action) else Mode()
        return replace(graded, values={**graded.values, "grade": card.value})
    if now is None or now.action not in _WIPED:
        raise RuleBroken(N_("First scan the card of what you do: “%(wipe)s”. Then this one."),
                         wipe=Sentence(MOVES[Action.FINISH_WIPING].name))  # fmt: skip
    return replace(now, values={**now.values, "method": card.value})


def after_action(card: Command) -> Mode | None:
    """The mode that an action card or a grade begins by itself; None for any other card."""
    if card.group is Group.ACTION:
        return Mode(action=card.value)
    return Mode(values={"grade": card.value}) if card.group is Group.GRADE else None


def in_place(now: Mode | None, place: str) -> Mode:
    """The mode once this place was scanned: each device is put there too."""
    return replace(now or Mode(), place=place)
