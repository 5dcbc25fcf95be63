"""Where later floors offer what only they know, so that `devices` never imports them.

A domain registers who proves a fact, who carries out an action that is more than a move, what follows a move, and
who undoes one. `advance` asks the provers itself, so no caller can forge a fact or forget one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tracker.accounts.rules import Actor
from tracker.devices.lifecycle import Action, Fact
from tracker.devices.rules import Proof

if TYPE_CHECKING:
    from tracker.devices.models import Device
    from tracker.history.models import HistoryEntry

# What came with the request to move: a reason, a slip number, the handover being signed…
Case = Mapping[str, Any]
Prover = Callable[["Device", Actor, Case], Proof]
Performer = Callable[["Device", Actor, Case], "HistoryEntry"]
Follower = Callable[["Device", Actor, "HistoryEntry"], None]
Merger = Callable[["Device", "Device", Actor], None]

_provers: dict[Fact, Prover] = {}
_performers: dict[Action, Performer] = {}
_undoers: dict[Action, Performer] = {}
_followers: dict[Action, list[Follower]] = {}
_mergers: list[Merger] = []
_pages: dict[Action, str] = {}


def proves(fact: Fact) -> Callable[[Prover], Prover]:
    """Register the one function that proves this fact."""

    def keep(prover: Prover) -> Prover:
        _provers[fact] = prover
        return prover

    return keep


def performs(action: Action) -> Callable[[Performer], Performer]:
    """Register the operation that carries out this action for one device and ends in `advance`."""

    def keep(performer: Performer) -> Performer:
        _performers[action] = performer
        return performer

    return keep


def undoes(action: Action) -> Callable[[Performer], Performer]:
    """Register what undoes this action; it ends in `correct`, or refuses with what to do instead."""

    def keep(performer: Performer) -> Performer:
        _undoers[action] = performer
        return performer

    return keep


def follows(*actions: Action) -> Callable[[Follower], Follower]:
    """Register what happens in the same transaction after each of these moves."""

    def keep(follower: Follower) -> Follower:
        for action in actions:
            _followers.setdefault(action, []).append(follower)
        return follower

    return keep


def merges(merger: Merger) -> Merger:
    """Register what a domain does when record `gone` turns out to be the same device as `kept`: `(kept, gone, by)`."""
    _mergers.append(merger)
    return merger


def done_at(action: Action, address: str) -> None:
    """Say on which page an action is carried out, or what it lacks is put right; `{code}` stands for the device's.

    A refusal leads there, and so does the button of an action that needs more answers than a scan brings.
    """
    _pages[action] = address


def page_of(action: Action, code: str) -> str | None:
    """The address of that page for this device, or None where no domain has said."""
    address = _pages.get(action)
    return address.format(code=code) if address else None


def prover_of(fact: Fact) -> Prover | None:
    return _provers.get(fact)


def performer_of(action: Action) -> Performer | None:
    return _performers.get(action)


def undoer_of(action: Action) -> Performer | None:
    return _undoers.get(action)


def followers_of(action: Action) -> tuple[Follower, ...]:
    return tuple(_followers.get(action, ()))


def all_mergers() -> tuple[Merger, ...]:
    return tuple(_mergers)
