"""What happens to a request: made, revised, sent, declined, cancelled, closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete

from tracker import clock
from tracker.accounts.models import Association
from tracker.accounts.rules import Actor, Permission, Role
from tracker.accounts.secrets import hash_of, new_secret
from tracker.allocation import number_operations as numbering
from tracker.allocation import promise_operations as promises
from tracker.allocation import queries, rules
from tracker.allocation.models import EquipmentRequest, RequestLine
from tracker.allocation.rules import Asked, RequestState
from tracker.database import session
from tracker.errors import Conflict, Malformed, NotHere, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_

NOTHING: Mapping[str, Any] = {}


def make_request(
    lines: Sequence[Asked],
    by: Actor,
    *,
    association_id: int | None = None,
    reference: str | None = None,
    note: str | None = None,
    draft: bool = False,
) -> EquipmentRequest:
    """A new request, sent at once unless `draft`. An association asks for itself; a coordinator names one.

    Raises `Malformed`, `NotHere` (unknown association) or `RuleBroken` (association no longer active).
    """
    by.must(Permission.ASK)
    association = _asking(by, association_id)
    rules.must_be_a_list(lines)
    request = EquipmentRequest(
        number=numbering.next_number("request"),
        site_id=by.site_id,
        association_id=association.id,
        referrer_id=by.user_id,
        reference=rules.clean_reference(reference),
        state=RequestState.DRAFT,
        created_at=clock.now(),
    )
    session.add(request)
    session.flush()
    _write_lines(request, lines)
    entry = _record(
        request, "make_request", by, {"association": association.id, **_told(lines)}, _clean_note(note)
    )
    request.note_id = entry.note_id
    session.flush()
    if not draft:
        send(request, by)
    return request


def _asking(by: Actor, association_id: int | None) -> Association:
    """The association the request is for. Another one than the asker's own is not there at all."""
    if by.role is Role.ASSOCIATION:
        if association_id not in (None, by.association_id):
            raise NotHere(N_("This association does not exist."))
        association_id = by.association_id
    if association_id is None:
        raise Malformed(N_("Say which association this request is for."), field="association")
    association = session.get(Association, association_id)
    if association is None:
        raise NotHere(N_("This association does not exist."))
    if not association.active:
        raise RuleBroken(
            N_("“%(name)s” is no longer active here: a coordinator can make it active again on its page."),
            name=association.name,
        )
    return association


def _clean_note(note: str | None) -> str | None:
    text = (note or "").strip()
    if len(text) > rules.LONGEST_NOTE:
        raise Malformed(N_("A note has at most %(most)s signs."), field="note", most=rules.LONGEST_NOTE)
    return text or None


def _write_lines(request: EquipmentRequest, lines: Sequence[Asked]) -> None:
    session.add_all(
        RequestLine(request_id=request.id, type=line.type, quantity=line.quantity, needs=line.needs.as_json())
        for line in lines
    )
    session.flush()
    session.expire(request, ["lines"])


def _told(lines: Sequence[Asked]) -> dict[str, Any]:
    return {"lines": [[line.type.value, line.quantity, line.needs.as_json()] for line in lines]}


def revise(
    request: EquipmentRequest, lines: Sequence[Asked], by: Actor, *, reference: str | None, note: str | None
) -> EquipmentRequest:
    """Write a draft anew. What is sent is no longer changed: it is cancelled and made again."""
    request = _taken(request, by, {RequestState.DRAFT})
    rules.must_be_a_list(lines)
    request.reference = rules.clean_reference(reference)
    session.execute(delete(RequestLine).where(RequestLine.request_id == request.id))
    _write_lines(request, lines)
    entry = _record(request, "revise_request", by, _told(lines), _clean_note(note))
    request.note_id = entry.note_id
    session.flush()
    return request


def send(request: EquipmentRequest, by: Actor) -> HistoryEntry:
    """Put a draft in the queue."""
    request = _taken(request, by, {RequestState.DRAFT})
    request.state, request.sent_at = RequestState.SENT, clock.now()
    return _record(request, "send_request", by)


def decline(request: EquipmentRequest, by: Actor, *, reason: str) -> HistoryEntry:
    """Say no to a request, with a reason that the association reads. Not once a device is promised or given."""
    by.must(Permission.COORDINATE)
    request = _taken(request, by, rules.WAITING)
    if queries.promised(request.id):
        raise RuleBroken(
            N_(
                "Devices are promised to request %(number)s: release them first, or close the request instead."
            ),
            number=request.number,
        )
    return _end(request, RequestState.DECLINED, "decline_request", by, _must_say_why(reason))


def cancel(request: EquipmentRequest, by: Actor, *, reason: str | None = None) -> HistoryEntry:
    """Take a request back. A coordinator's cancelling releases what was promised; the association's own is refused
    while devices are set aside for it, since the workshop must put them back first."""
    by.must(Permission.ASK)
    _release_all(request, by)
    request = _taken(request, by, {RequestState.DRAFT, *rules.WAITING})
    _must_be_owed_nothing(request)
    if queries.given_count(request.id):
        raise RuleBroken(
            N_("Devices were already handed over for request %(number)s: it cannot be cancelled, a coordinator can close it."),
            number=request.number,
        )  # fmt: skip
    return _end(request, RequestState.CANCELLED, "cancel_request", by, _clean_note(reason))


def close(request: EquipmentRequest, by: Actor, *, reason: str) -> HistoryEntry:
    """End a request with what was given so far; what is still promised is released."""
    by.must(Permission.COORDINATE)
    _release_all(request, by)
    request = _taken(request, by, {*rules.WAITING, RequestState.SERVED})
    _must_be_owed_nothing(request)
    return _end(request, RequestState.CLOSED, "close_request", by, _must_say_why(reason))


def new_link(request: EquipmentRequest, by: Actor) -> str:
    """A fresh secret for `/track/<token>`; the one before stops working. Only its hash is kept."""
    request = _taken(request, by, set(RequestState))
    token = new_secret()
    request.token_hash = hash_of(token)
    _record(request, "new_request_link", by)
    return token


def _release_all(request: EquipmentRequest, by: Actor) -> None:
    devices = queries.promised(request.id)
    if devices and not by.may(Permission.COORDINATE):
        raise RuleBroken(
            N_("Devices are already set aside for request %(number)s: write to the workshop, which puts them back first."),
            number=request.number,
        )  # fmt: skip
    promises.release_devices(devices, by)


def _must_be_owed_nothing(request: EquipmentRequest) -> None:
    """Devices are locked before their request, never after it: one may have been reserved between the two."""
    if queries.promised(request.id):
        raise Conflict(
            N_("A device was reserved for request %(number)s a moment ago. Look at the page again, then repeat."),
            number=request.number,
        )  # fmt: skip


def _must_say_why(reason: str | None) -> str:
    said = _clean_note(reason)
    if said is None:
        raise Malformed(N_("Say why in a few words: the association will read it."), field="reason")
    return said


def _end(
    request: EquipmentRequest, state: RequestState, action: str, by: Actor, note: str | None
) -> HistoryEntry:
    request.state, request.ended_at = state, clock.now()
    entry = _record(request, action, by, note=note)
    request.answer_id = entry.note_id
    session.flush()
    return entry


def _taken(request: EquipmentRequest, by: Actor, allowed: Collection[RequestState]) -> EquipmentRequest:
    """The request, locked, if the actor may touch it and it stands so."""
    by.must(Permission.ASK)
    locked = queries.locked(request.id)
    queries.must_be_theirs(locked, by)
    rules.must_be(locked.state, allowed, locked.number)
    return locked


def _record(
    request: EquipmentRequest,
    action: str,
    by: Actor,
    facts: Mapping[str, Any] = NOTHING,
    note: str | None = None,
) -> HistoryEntry:
    return history.append(
        subject=(Subject.REQUEST, request.id),
        action=action,
        by=by,
        site_id=request.site_id,
        facts={"number": request.number, **facts},
        note=note,
    )
