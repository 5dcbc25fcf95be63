"""Many devices in one press: begun, or recorded, each for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action
from tracker.devices.rules import AlreadySo
from tracker.errors import RuleBroken
from tracker.i18n import Sentence

LONGEST_BENCH = 60


@dataclass
class Pressed:
    """What one press did: codes that are done, and what stood against the others."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, Sentence]] = field(default_factory=list)


def start_all(codes: Sequence[str], by: Actor, bench: str = "") -> Pressed:
    """Begin the wipe of these devices. `bench`: where, kept as the note of each."""
    where = " ".join(bench.split())[:LONGEST_BENCH]
    return _each(codes, Action.START_WIPING, by, {"reason": where or None})


def finish_all(codes: Sequence[str], by: Actor) -> Pressed:
    """Record the wipe of these devices and issue their certificates; what is not proven is refused alone."""
    return _each(codes, Action.FINISH_WIPING, by, {})


def _each(codes: Sequence[str], action: Action, by: Actor, values: dict[str, str | None]) -> Pressed:
    by.must(Permission.WORK)
    pressed = Pressed()
    for code in dict.fromkeys(codes):
        try:
            with session.begin_nested():  # a refusal midway takes its device back, and nothing else
                moves.perform(devices.locked(devices.by_code(code).id), action, by, values)
            pressed.done.append(code)
        except AlreadySo:
            continue
        except RuleBroken as refusal:
            pressed.refused.append((code, refusal.sentence))
    return pressed
