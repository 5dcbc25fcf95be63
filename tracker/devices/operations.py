"""Every change of a device's stage, and the entries of its history. `advance` and `correct` are the only writers of
`.stage`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm.exc import StaleDataError

from tracker import clock
from tracker.accounts.rules import SYSTEM, Actor
from tracker.database import session
from tracker.devices import queries, registry, rules
from tracker.devices.lifecycle import MOVES, Action, Fact, Move, Stage, facts_of, next_move
from tracker.devices.models import Device
from tracker.devices.rules import Proof
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.prepared_writes import PreparedWrite
from tracker.statements import is_now, table_of

_DEVICES = table_of(Device)
_STAND = PreparedWrite(
    lambda _database: (
        update(_DEVICES)
        .where(_DEVICES.c.id == bindparam("device"), _DEVICES.c.version == bindparam("seen"))
        .values(
            stage=bindparam("stage"),
            stage_since=bindparam("stage_since"),
            arrived_at=bindparam("arrived_at"),
            version=_DEVICES.c.version + 1,
        )
    )
)

NOTHING: Mapping[str, Any] = {}
NO_PROOFS: Mapping[Fact, Proof] = {}


def perform(device: Device, action: Action, by: Actor, values: Mapping[str, Any] = NOTHING) -> HistoryEntry:
    """Carry out an action asked for by a scan, a page or the API: through its domain, or as a plain move.

    `values` is what came with it (`reason`, `slip_number`, `recycler`, `location`…). Raises `RuleBroken`.
    """
    if action is Action.CORRECT:
        return undo(device, by, values)
    performer = registry.performer_of(action)
    if performer is not None:
        return performer(device, by, values)
    return advance(device, action, by, case=values, reason=values.get("reason"))


def advance(
    device: Device,
    action: Action,
    by: Actor,
    *,
    case: Mapping[str, Any] = NOTHING,
    facts: Mapping[str, Any] = NOTHING,
    reason: str | None = None,
    at: datetime | None = None,
) -> HistoryEntry:
    """Move a device, with its history entry in the same transaction.

    `case` is handed to the provers (the request line, the signature…); `facts` are codes and numbers for the
    entry; `at` is when it happened, if that was before now. Raises `RuleBroken` and changes nothing.
    """
    move = MOVES[action]
    _must_be_one_record(device)
    _must_start_here(device, move)
    rules.must_be_allowed(move, by)
    rules.must_have_reason(move, reason)
    evidence = _prove(device, by, move.facts, case)
    entry = _move(device, move.target, action, by, facts={**evidence, **facts}, reason=reason, at=at)
    for follower in registry.followers_of(action):
        follower(device, by, entry)
    return entry


def judge(
    device: Device,
    action: Action,
    by: Actor,
    case: Mapping[str, Any] = NOTHING,
    known: Mapping[Fact, Proof] = NO_PROOFS,
) -> RuleBroken | None:
    """Why `advance` would refuse, or None; changes nothing. A missing reason is asked for later.

    `known` are proofs that a list has read for all its devices at once; the others are asked for here.
    """
    move = MOVES[action]
    try:
        _must_be_one_record(device)
        _must_start_here(device, move)
        rules.must_be_allowed(move, by)
        _prove(device, by, move.facts, case, known)
    except RuleBroken as refusal:
        return refusal
    return None


def usual_move(device: Device) -> Move | None:
    """The move that usually follows where the device stands; None at the end of the journey.

    A received device whose data is proven gone, as that of a screen is by its type, has nothing left to wipe: its wipe
    is recorded.
    """
    move = next_move(device.stage)
    if move is MOVES[Action.START_WIPING] and judge(device, Action.FINISH_WIPING, SYSTEM) is None:
        return MOVES[Action.FINISH_WIPING]
    return move


def begin(device: Device, action: Action, by: Actor, *, facts: Mapping[str, Any] = NOTHING) -> HistoryEntry:
    """The first entry of a new device, made by `register`."""
    move = MOVES[action]
    rules.must_start_from(move, None)
    rules.must_be_allowed(move, by)
    return _move(device, move.target, action, by, facts=facts, reason=None, at=None, first=True)


def undo(device: Device, by: Actor, values: Mapping[str, Any] = NOTHING) -> HistoryEntry:
    """Undo the last move, through its domain where that has more to take back."""
    last = past.last_move(Subject.DEVICE, device.id)
    undoer = registry.undoer_of(Action(last.action)) if last and last.action != Action.CORRECT else None
    if undoer is not None:
        return undoer(device, by, values)
    return correct(device, by, case=values, reason=values.get("reason"))


def correct(
    device: Device, by: Actor, *, case: Mapping[str, Any] = NOTHING, reason: str | None = None
) -> HistoryEntry:
    """Restore the stage before the last move, by an entry of its own. Proves the facts of that stage again."""
    _must_be_one_record(device)
    last = past.last_move(Subject.DEVICE, device.id)
    if last is None or last.from_stage is None:
        raise RuleBroken(N_("This is the device's first entry: there is nothing before it to go back to."))
    if last.action == Action.CORRECT:
        raise RuleBroken(
            N_("The last move is undone already. An older one cannot be: record what is true now.")
        )
    if last.action == Action.DELIVER:
        raise RuleBroken(N_("A signed handover is not undone here: record the return of the device instead."))
    rules.must_be_undone_in_time(last.actor_id, last.at, by, clock.now())
    if last.action == Action.LOSE and clock.now() - last.at > rules.CORRECTION_WINDOW:
        raise RuleBroken(
            N_(
                "It was missing for more than 15 minutes, and nobody knows in whose hands. Record that it was found "
                "again: its data then has to be proven gone anew."
            )
        )
    stage = Stage(last.from_stage)
    if last.to_stage == Stage.RECEIVED:  # it did not arrive after all: what was proven before counts again
        before = last.facts.get("arrived_before")
        device.arrived_at = datetime.fromisoformat(before) if before else None
    if last.action == Action.GIVE_BACK:
        # It was signed for and in other hands: it comes in anew, whatever was proven before.
        device.arrived_at = clock.now()
    _prove(device, by, facts_of(stage), case)
    facts = {"undoes": last.sequence, "undone_action": last.action}
    return _move(device, stage, Action.CORRECT, by, facts=facts, reason=reason, at=None)


def _prove(
    device: Device,
    by: Actor,
    demanded: frozenset[Fact],
    case: Mapping[str, Any],
    known: Mapping[Fact, Proof] = NO_PROOFS,
) -> dict[str, Any]:
    """The evidence of every fact demanded; raises `Unproven` with all that is missing."""
    proofs = {fact: known[fact] for fact in demanded if fact in known}
    for fact in demanded - proofs.keys():
        prover = registry.prover_of(fact)
        if prover is not None:
            proofs[fact] = prover(device, by, case)
    rules.must_be_proven(proofs, demanded)
    return (
        {"proven": {fact.value: dict(proof.evidence) for fact, proof in sorted(proofs.items())}}
        if proofs
        else {}
    )


def _move(
    device: Device,
    stage: Stage,
    action: Action,
    by: Actor,
    *,
    facts: Mapping[str, Any],
    reason: str | None,
    at: datetime | None,
    first: bool = False,
) -> HistoryEntry:
    moment = clock.now()
    before = None if first else device.stage
    dwell = None if first else max(0, int((moment - device.stage_since).total_seconds()))
    stated = {"happened_at": at.isoformat()} if at else {}
    arrives = stage is Stage.RECEIVED and action is not Action.CORRECT
    if arrives and device.arrived_at:
        stated["arrived_before"] = device.arrived_at.isoformat()
    _stand(device, stage, moment, arrived_at=moment if arrives else device.arrived_at)
    entry = history.append(
        subject=(Subject.DEVICE, device.id),
        action=action.value,
        by=by,
        site_id=device.site_id,
        from_stage=before.value if before else None,
        to_stage=stage.value,
        facts={**stated, **facts},
        note=reason,
        at=moment,
        dwell_s=dwell,
    )
    return registry.after_move(device, by, entry)


def _stand(device: Device, stage: Stage, since: datetime, arrived_at: datetime | None) -> None:
    """Write where the device stands, if nobody has written it since it was read."""
    session.flush()  # what a domain has changed of it before: else its version would be counted twice
    stands: dict[str, Any] = {"stage": stage, "stage_since": since, "arrived_at": arrived_at}
    if _STAND.count(device=device.id, seen=device.version, **stands) != 1:
        raise StaleDataError(f"device {device.id} was changed by somebody else")
    is_now(device, {**stands, "version": device.version + 1})


def tell(
    device: Device, action: str, by: Actor, facts: Mapping[str, Any], note: str | None = None
) -> HistoryEntry:
    """Write into a device's history what is no move: a flag, a grade, a place."""
    return history.append(
        subject=(Subject.DEVICE, device.id),
        action=action,
        by=by,
        site_id=device.site_id,
        facts=facts,
        note=note,
    )


def _must_start_here(device: Device, move: Move) -> None:
    if not move.starts_from(device.stage):
        rules.must_start_from(move, device.stage, usual_move(device))


def _must_be_one_record(device: Device) -> None:
    if device.merged_into_id is not None:
        kept = queries.by_id(device.merged_into_id)
        raise RuleBroken(
            N_("This record was merged into %(code)s: scan or open that one."),
            code=kept.code if kept else "?",
        )
