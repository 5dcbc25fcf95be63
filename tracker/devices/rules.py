"""What a device is, and the judgement of a move. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracker.accounts.rules import ROLE_NAMES, Actor, Role
from tracker.devices.lifecycle import STAGES, Fact, Flag, Move, Stage, next_move
from tracker.devices.serials import usable_serial
from tracker.errors import NotAllowed, RuleBroken
from tracker.i18n import N_, Sentence

CORRECTION_WINDOW = timedelta(minutes=15)


class DeviceType(enum.StrEnum):
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    ALL_IN_ONE = "all_in_one"
    TABLET = "tablet"
    SMARTPHONE = "smartphone"
    SCREEN = "screen"
    PRINTER = "printer"


TYPES: dict[DeviceType, str] = {
    DeviceType.LAPTOP: N_("Laptop"),
    DeviceType.DESKTOP: N_("Desktop"),
    DeviceType.ALL_IN_ONE: N_("All-in-one"),
    DeviceType.TABLET: N_("Tablet"),
    DeviceType.SMARTPHONE: N_("Smartphone"),
    DeviceType.SCREEN: N_("Screen"),
    DeviceType.PRINTER: N_("Printer"),
}

# A printer may hold a disk: only a screen has none by its very type.
WITHOUT_STORAGE = frozenset({DeviceType.SCREEN})
# Their storage cannot be taken out and is wiped by the maker's own reset.
FACTORY_RESET = frozenset({DeviceType.TABLET, DeviceType.SMARTPHONE})


class Accessories(enum.StrEnum):
    """What goes with a device; each is a row."""

    CHARGER = "charger"
    POWER_CABLE = "power_cable"
    VIDEO_CABLE = "video_cable"
    MOUSE = "mouse"
    KEYBOARD = "keyboard"
    BAG = "bag"


ACCESSORIES: dict[Accessories, str] = {
    Accessories.CHARGER: N_("Charger"),
    Accessories.POWER_CABLE: N_("Power cable"),
    Accessories.VIDEO_CABLE: N_("Video cable"),
    Accessories.MOUSE: N_("Mouse"),
    Accessories.KEYBOARD: N_("Keyboard"),
    Accessories.BAG: N_("Bag"),
}

# Without these the device cannot be used.
DEMANDED: dict[DeviceType, frozenset[Accessories]] = {
    DeviceType.LAPTOP: frozenset({Accessories.CHARGER}),
    DeviceType.DESKTOP: frozenset({Accessories.POWER_CABLE}),
    DeviceType.ALL_IN_ONE: frozenset({Accessories.POWER_CABLE}),
    DeviceType.TABLET: frozenset({Accessories.CHARGER}),
    DeviceType.SMARTPHONE: frozenset({Accessories.CHARGER}),
    DeviceType.SCREEN: frozenset({Accessories.POWER_CABLE}),
    DeviceType.PRINTER: frozenset({Accessories.POWER_CABLE}),
}


# Whether these are solved, a second pair of eyes says: a quality checker or a coordinator.
CLEARED_BY_QUALITY = frozenset({Flag.ACCOUNT_LOCKED, Flag.DO_NOT_GIVE})


class Grade(enum.StrEnum):
    A = "A"
    B = "B"
    C = "C"


def serial_key(serial: str | None) -> str | None:
    """What two serial numbers are compared by; None where the text says nothing about one machine."""
    return usable_serial(serial)


@dataclass(frozen=True)
class Proof:
    """What a prover says of one fact: held, with evidence as codes and numbers, or what is missing, in words."""

    held: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[Sentence, ...] = ()

    @classmethod
    def refused(cls, message: str, **details: Any) -> Proof:
        return cls(held=False, missing=(Sentence(message, details),))


@dataclass(frozen=True)
class Lead:
    """A page of ours to go to, and what one does there, in the infinitive; `picture` is the name of an icon. `posts`: not
    a page but a form's address, it is done at once."""

    words: Sentence
    address: str
    picture: str = "arrow-right"
    posts: bool = False


class AlreadySo(RuleBroken):
    """The device stands where the move leads: nothing to do, nothing wrong."""


class Unproven(RuleBroken):
    """Facts are missing; `missing` has them all, the message shows the first; `facts` says of which fact each is."""

    def __init__(self, missing: tuple[Sentence, ...], facts: tuple[Fact, ...] = ()) -> None:
        self.missing = missing
        self.facts = facts
        super().__init__(missing[0])


def must_start_from(move: Move, stage: Stage | None, usual: Move | None = None) -> None:
    """Raise unless the move begins at this stage: `AlreadySo`, or `RuleBroken` that names the next step: the `usual`
    one of the very device where that is known, else of any at this stage."""
    if move.starts_from(stage):
        return
    if stage is None:
        raise RuleBroken(N_("A device cannot begin with “%(action)s”."), action=Sentence(move.name))
    if stage is move.target:
        raise AlreadySo(N_("Already so: this device is “%(stage)s”."), stage=Sentence(STAGES[stage].name))
    following = usual or next_move(stage)
    if following is None:
        raise RuleBroken(
            N_("“%(action)s” is not possible: this device is “%(stage)s” and its journey here is over."),
            action=Sentence(move.name),
            stage=Sentence(STAGES[stage].name),
        )
    raise RuleBroken(
        N_("“%(action)s” is not possible: this device is “%(stage)s”. Its next step is “%(next)s”."),
        action=Sentence(move.name),
        stage=Sentence(STAGES[stage].name),
        next=Sentence(following.name),
    )


def must_be_allowed(move: Move, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor's role may make this move."""
    if not by.is_at_least(move.role):
        raise NotAllowed(
            N_("“%(action)s” is for the role “%(role)s”. Ask someone who has it."),
            action=Sentence(move.name),
            role=Sentence(ROLE_NAMES[move.role]),
        )


def must_have_reason(move: Move, reason: str | None) -> None:
    if move.needs_reason and not (reason or "").strip():
        raise RuleBroken(
            N_("“%(action)s” needs a reason: write it in a few words."), action=Sentence(move.name)
        )


_FACTS = tuple(Fact)


def in_order(facts: Collection[Fact]) -> list[Fact]:
    """In the order in which one works: first the data, then the tests…"""
    return [fact for fact in _FACTS if fact in facts] if facts else []


def must_be_proven(proofs: Mapping[Fact, Proof], demanded: Collection[Fact]) -> None:
    """Raise `Unproven` with every sentence of what is missing, `in_order`. A fact nobody proves is missing."""
    missing: list[tuple[Fact, Sentence]] = []
    for fact in in_order(demanded):
        proof = proofs.get(fact)
        if proof is None:
            nobody = Sentence(N_("Nothing here can prove “%(fact)s”."), {"fact": fact.value})
            missing.append((fact, nobody))
        elif not proof.held:
            missing += [(fact, sentence) for sentence in proof.missing]
    if missing:
        raise Unproven(tuple(one for _fact, one in missing), tuple(fact for fact, _one in missing))


def must_be_undone_in_time(author_id: int | None, moved_at: datetime, by: Actor, now: datetime) -> None:
    """A move's author may undo it within 15 minutes, a coordinator at any time."""
    if by.is_at_least(Role.COORDINATOR):
        return
    if by.user_id is None or author_id != by.user_id:
        raise NotAllowed(N_("Only the person who made this move, or a coordinator, can undo it."))
    if now - moved_at > CORRECTION_WINDOW:
        raise NotAllowed(N_("This was more than 15 minutes ago: ask a coordinator to undo it."))
