"""Opening, completing, continuing and closing a batch of scans. Each is in the history; none of it commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.benches import queries as benches
from tracker.collection import queries as collections
from tracker.database import is_postgresql, session
from tracker.errors import Conflict, NotHere, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.scanning import batch_queries as queries
from tracker.scanning import batch_rules as rules
from tracker.scanning import mode_rules
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import BatchAsked
from tracker.stock import queries as places

CLOSED = N_("This batch is closed. Open a new one.")
HERE = N_("They wait on this device.")


def open_batch(asked: BatchAsked, by: Actor) -> ScanBatch:
    """Begin a batch, or find it begun: the same id again changes nothing. Raises `RuleBroken` at once where the person
    may not do it, where an answer is missing that is asked once, or where the place or collection is none of ours."""
    by.must(Permission.WORK)
    mode_rules.must_be_hers(asked.mode, by)
    mode_rules.must_be_answered(asked.mode)
    place = places.location_by_code(asked.mode.place).code if asked.mode.place else None
    tied = collections.collection(asked.collection).id if asked.collection else None
    facts = _claimed(replace(asked, mode=replace(asked.mode, place=place)), by, tied)
    if facts is not None:
        _tell(asked.id, "open_batch", by, facts)
    return _ours(asked.id, by)


def open_sent(
    sent: Sequence[Mapping[str, Any]],
    client: str,
    by: Actor,
    *,
    told: int | None = None,
    before_history: Callable[[], object] | None = None,
) -> None:
    """The batches that a phone opened without network, with what it says of them since, in its `told`-th call. Nothing
    of them is refused here, for their scans are made: each is judged by itself. What cannot be read is left out.

    All rows are locked in the order of their ids; `before_history` locks what comes between them and the history."""
    by.must(Permission.WORK)
    read = [one for one in (_read(given, client) for given in sent) if one is not None]
    begun = [_taken_in(one, by, told) for one in sorted(read, key=lambda one: one.id)]
    if before_history is not None:
        before_history()
    for facts in filter(None, begun):
        _tell(facts["batch"], "open_batch", by, facts)


def _read(given: Mapping[str, Any], client: str) -> BatchAsked | None:
    try:
        return rules.batch_asked(given, client)
    except RuleBroken:
        return None


def _taken_in(asked: BatchAsked, by: Actor, told: int | None) -> dict[str, Any] | None:
    """What is to be said of it in the history, if it is new."""
    place, values, tied = None, dict(asked.mode.values), None
    try:
        place = places.location_by_code(asked.mode.place).code if asked.mode.place else None
    except NotHere:
        values["location"] = asked.mode.place or ""  # each scan will say what is wrong with it
    try:
        tied = collections.collection(asked.collection).id if asked.collection else None
    except NotHere:
        tied = None
    facts = _claimed(replace(asked, mode=replace(asked.mode, place=place, values=values)), by, tied)
    found = _ours(asked.id, by)
    key = rules.key_of(asked.client, by)
    if rules.is_over(found.clients, key, told):
        return facts
    clients = rules.seen(found.clients, key, asked.continued_at)
    found.clients = rules.holding(clients, key, asked.unsent, by.user_id, clock.now(), told=told)
    if found.closed_at is None:
        found.values = {**found.values, **values}
    session.flush()
    return facts


def _ours(batch_id: str, by: Actor) -> ScanBatch:
    found = queries.held([batch_id], by.site_id).get(batch_id)
    if found is None:
        raise Conflict(N_("Another workshop has a batch of this number: give each a number of its own."))
    return found


def _claimed(asked: BatchAsked, by: Actor, tied: int | None) -> dict[str, Any] | None:
    """The facts of a row that is new; of two who open it at once, one waits and finds it there."""
    at = asked.opened_at or clock.now()
    row = {
        "id": asked.id,
        "site_id": by.site_id,
        "opened_by": by.user_id,
        "token_id": by.token_id,
        "opened_at": at,
        "received_at": clock.now(),
        "action": asked.mode.action,
        "place": asked.mode.place,
        "collection_id": tied,
        "values": dict(asked.mode.values),
        "clients": rules.seen({}, rules.key_of(asked.client, by), at),
        "idle_minutes": benches.habits(by.site_id).mode_minutes,
        "version": 1,
    }
    make = postgresql.insert if is_postgresql() else sqlite.insert
    claim = make(ScanBatch).on_conflict_do_nothing(index_elements=[ScanBatch.id]).returning(ScanBatch.id)
    if session.scalars(claim, [row]).first() is None:
        return None
    facts = {"batch": asked.id, "action": asked.mode.action, "place": asked.mode.place, "collection": tied}
    return {name: value for name, value in facts.items() if value}


def complete(batch: ScanBatch, values: Mapping[str, str], by: Actor) -> ScanBatch:
    """Give a batch a value that it had not: asked once, it holds for what is scanned next."""
    by.must(Permission.WORK)
    _must_be_open(batch)
    batch.values = {**batch.values, **mode_rules.values(values)}
    session.flush()
    return batch


def continue_here(batch: ScanBatch, by: Actor, client: str | None = None) -> ScanBatch:
    """Go on with an open batch, on this phone or after a rest: who does so says it."""
    by.must(Permission.WORK)
    mode_rules.must_be_hers(queries.mode_of(batch), by)
    _must_be_open(batch)
    batch.clients = rules.seen(batch.clients, rules.key_of(client, by), clock.now())
    session.flush()
    return batch


def close(
    batch: ScanBatch, by: Actor, *, client: str | None = None, unsent: int = 0, anyway: bool = False
) -> ScanBatch:
    """End a batch; closing it twice changes nothing. `unsent`: scans that this client still holds.

    Refused while any client holds some, for what is closed looks whole. A coordinator may close it `anyway`, for a
    phone that is lost; what comes later is still judged, each by itself.
    """
    by.must(Permission.WORK)
    if batch.closed_at is not None:
        return batch
    if client is not None:
        batch.clients = rules.holding(
            batch.clients, rules.key_of(client, by), unsent, by.user_id, clock.now()
        )
    left = must_be_sent(batch, by, unsent if client is None else 0, anyway=anyway)
    batch.closed_at, batch.closed_by = clock.now(), by.user_id
    # A reason is free text: it stays with the entries' notes, from which it can be erased, and nowhere else.
    batch.values = {name: value for name, value in batch.values.items() if name != "reason"}
    session.flush()
    counted = queries.counts([batch.id])[batch.id]
    facts = {"done": counted.done, "refused": counted.refused, "unknown": counted.unknown}
    _tell(batch.id, "close_batch", by, {"batch": batch.id, **facts, **left})
    return batch


def close_sent(sent: Sequence[Mapping[str, Any]], client: str, by: Actor) -> None:
    """Close those that a phone closed without network, now that its scans are judged; one of which another phone still
    holds scans stays open."""
    for asked in (one for one in (_read(one, client) for one in sent) if one is not None and one.closed):
        found = queries.held([asked.id], by.site_id).get(asked.id)
        if found is not None and not rules.unsent_in(found.clients):
            close(found, by)


def still_hold(counts: Mapping[str, int], client: str, by: Actor, told: int | None = None) -> None:
    """A phone sent scans that were not this person's to send: it keeps them, whatever it says of the rest. `counts`:
    batch → how many. What it has said of a batch in a call after its `told`-th stands."""
    key = rules.key_of(client, by)
    for batch_id, batch in (queries.held(counts, by.site_id) if counts else {}).items():
        if rules.is_over(batch.clients, key, told):
            continue
        unsent = int(batch.clients.get(key, {}).get("unsent", 0)) + counts[batch_id]
        batch.clients = rules.holding(batch.clients, key, unsent, by.user_id, clock.now(), told=told)
        session.flush()


def must_be_sent(batch: ScanBatch, by: Actor, unsent: int, *, anyway: bool) -> dict[str, Any]:
    """Raise `RuleBroken` while a client holds scans of this batch, and say which, how many and since when. A coordinator
    goes on `anyway`: the facts for the history, of what was left where."""
    held = rules.holders(batch.clients)
    if not held and not unsent:
        return {}
    if anyway and by.may(Permission.COORDINATE):
        left = [{"client": one.client, "unsent": one.unsent, "by": one.person} for one in held]
        return {"anyway": True, "left": left}
    raise RuleBroken(
        N_("%(count)s scans of this batch are not sent yet. %(where)s Bring the phone that made them near the network, "
           "wait until it says that all is sent, then close. If it is lost, ask a coordinator."),
        count=unsent + sum(one.unsent for one in held),
        where=queries.where_unsent(batch) or Sentence(HERE),
    )  # fmt: skip


def _must_be_open(batch: ScanBatch) -> None:
    if batch.closed_at is not None:
        raise RuleBroken(CLOSED)


def _tell(batch_id: str, action: str, by: Actor, facts: Mapping[str, Any]) -> None:
    history.append(subject=(Subject.BATCH, rules.number_of(batch_id)), action=action, by=by, facts=facts)
