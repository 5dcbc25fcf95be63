"""Where later floors offer what only they know, so that `devices` never imports them.

A domain registers who proves a fact and where a missing one is put right, who carries out an action that is more
than a move, what follows a move, and who undoes one. `advance` asks the provers itself, so no caller can forge a fact or forget one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from tracker.accounts.rules import Actor
from tracker.devices.lifecycle import Action, Fact
from tracker.devices.rules import DeviceType, Lead, Proof

if TYPE_CHECKING:
    from tracker.devices.models import Device
    from tracker.history.models import HistoryEntry

# What came with the request to move: a reason, a slip number, the handover being signed…
Case = Mapping[str, Any]
Prover = Callable[["Device", Actor, Case], Proof]
Performer = Callable[["Device", Actor, Case], "HistoryEntry"]
Follower = Callable[["Device", Actor, "HistoryEntry"], None]
Solver = Callable[["Device", Actor], Lead | None]
Offer = Callable[["Device", "HistoryEntry"], Lead | None]
PlaceTeller = Callable[[Collection[str]], Mapping[str, str]]
ThingCounter = Callable[[str], int]
Merger = Callable[["Device", "Device", Actor], None]
TypeJudge = Callable[["Device", DeviceType, Actor], None]
# Prints the label of the device with this code, and answers so that the browser ends at this address of ours.
LabelPrinter = Callable[[str, str], Any]
Nothing = Callable[["Device"], None]

_provers: dict[Fact, Prover] = {}
_performers: dict[Action, Performer] = {}
_vouched: dict[Action, frozenset[Fact]] = {}
_bare_moves: set[Action] = set()
_undoers: dict[Action, Performer] = {}
_followers: dict[Action, list[Follower]] = {}
_edit_followers: list[Follower] = []
_move_followers: list[Follower] = []
_mergers: list[Merger] = []
_type_judges: list[TypeJudge] = []
_place_tellers: list[PlaceTeller] = []
_thing_counters: list[ThingCounter] = []
_solvers: dict[Fact, Solver] = {}
_offers: list[Offer] = []
_label_printers: list[LabelPrinter] = []
_traces: list[tuple[Callable[[], Any], Nothing]] = []


def proves(fact: Fact) -> Callable[[Prover], Prover]:
    """Register the one function that proves this fact."""

    def keep(prover: Prover) -> Prover:
        _provers[fact] = prover
        return prover

    return keep


def performs(
    action: Action, *, vouches_for: frozenset[Fact] = frozenset(), bare_is_move: bool = False
) -> Callable[[Performer], Performer]:
    """Register the operation that carries out this action for one device and ends in `advance`.

    `vouches_for` are facts that the operation puts on record by the word of whoever asks for the action, unless what
    came with it says otherwise: their lack refuses no such asking, but there is a page to go through them first.
    `bare_is_move`: where nothing but a reason came with it, it is the plain move.
    """

    def keep(performer: Performer) -> Performer:
        _performers[action] = performer
        _vouched[action] = vouches_for
        if bare_is_move:
            _bare_moves.add(action)
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


def follows_moves(follower: Follower) -> Follower:
    """Register what happens in the same transaction after any move, a device's first and an undo too: it must neither
    refuse nor fail. `(device, by, the move's entry)`."""
    _move_followers.append(follower)
    return follower


def follows_edits(follower: Follower) -> Follower:
    """Register what happens in the same transaction after a person corrected particulars: `(device, by, the entry)`."""
    _edit_followers.append(follower)
    return follower


def merges(merger: Merger) -> Merger:
    """Register what a domain does when record `gone` turns out to be the same device as `kept`: `(kept, gone, by)`."""
    _mergers.append(merger)
    return merger


def judges_types(judge: TypeJudge) -> TypeJudge:
    """Register who may refuse that a device becomes one of another type: `(device, its new type, by)`."""
    _type_judges.append(judge)
    return judge


def solves(fact: Fact) -> Callable[[Solver], Solver]:
    """Register who says on which page this fact is put right where it is missing, or answered where it is asked for:
    for this device and this person; None where she can do nothing about it. The page must be open to her."""

    def keep(solver: Solver) -> Solver:
        _solvers[fact] = solver
        return solver

    return keep


def offers_after_moves(offer: Offer) -> Offer:
    """Register what is offered in passing once a move is made: a label to print. `(device, the move's entry)`."""
    _offers.append(offer)
    return offer


def prints_labels(printer: LabelPrinter) -> LabelPrinter:
    """Register who prints a device's label where a page saves and prints in one press. What was saved is committed by
    then: a fault of paper is said, and never raised."""
    _label_printers[:] = [printer]
    return printer


def label_printer() -> LabelPrinter | None:
    return next(iter(_label_printers), None)


def solution_of(fact: Fact, device: Device, by: Actor) -> Lead | None:
    """The page where this person puts the fact right, or None where there is none for her."""
    solver = _solvers.get(fact)
    return solver(device, by) if solver else None


def offers_after(device: Device, entry: HistoryEntry) -> list[Lead]:
    return [lead for offer in _offers if (lead := offer(device, entry)) is not None]


def prover_of(fact: Fact) -> Prover | None:
    return _provers.get(fact)


def performer_of(action: Action) -> Performer | None:
    return _performers.get(action)


def only_moves(action: Action, values: Case) -> bool:
    """Whether this is a plain move: all is judged before anything is written, so a refusal has nothing to take back."""
    if action is Action.CORRECT or action in _followers:
        return False
    bare = not any(value for name, value in values.items() if name != "reason")
    return action not in _performers or (bare and action in _bare_moves)


def vouched_by(action: Action) -> frozenset[Fact]:
    """The facts that whoever asks for this action vouches for by asking."""
    return _vouched.get(action, frozenset())


def undoer_of(action: Action) -> Performer | None:
    return _undoers.get(action)


def followers_of(action: Action) -> tuple[Follower, ...]:
    return tuple(_followers.get(action, ()))


def after_move(device: Device, by: Actor, entry: HistoryEntry) -> HistoryEntry:
    """Let those who follow every move do their part; the entry again."""
    for follower in _move_followers:
        follower(device, by, entry)
    return entry


def after_edit(device: Device, by: Actor, entry: HistoryEntry) -> HistoryEntry:
    """Let those who follow corrections do their part; the entry again."""
    for follower in _edit_followers:
        follower(device, by, entry)
    return entry


def all_mergers() -> tuple[Merger, ...]:
    return tuple(_mergers)


def all_type_judges() -> tuple[TypeJudge, ...]:
    return tuple(_type_judges)


def tells_places(teller: PlaceTeller) -> PlaceTeller:
    """Register who knows the names of places: codes → code → the name of each that is a place in use."""
    _place_tellers.append(teller)
    return teller


def place_names(codes: Collection[str]) -> dict[str, str]:
    """code → the name of the box, shelf or room with it, for those that are one and in use."""
    return {code: name for teller in _place_tellers for code, name in teller(codes).items()} if codes else {}


def counts_things(counter: ThingCounter) -> ThingCounter:
    """Register who keeps other things than devices in places: the code of a place → how many lie directly in it."""
    _thing_counters.append(counter)
    return counter


def things_in(code: str) -> int:
    return sum(counter(code) for counter in _thing_counters)


def leaves_trace(trace: Callable[[], Any]) -> Callable[[Nothing], Nothing]:
    """Register what a domain may keep of a device, as a select correlated to `Device`: its page asks at once for all of
    them which there are. The function tells (`database.told`) what is read of a device that has none."""

    def keep(nothing: Nothing) -> Nothing:
        _traces.append((trace, nothing))
        return nothing

    return keep


def traces() -> list[tuple[Callable[[], Any], Nothing]]:
    return _traces
