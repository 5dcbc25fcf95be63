"""Which device is promised to which line: reserve, release, and what takes either back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.allocation import queries, rules
from tracker.allocation.models import Allocation, EquipmentRequest, RequestLine
from tracker.allocation.rules import Ending
from tracker.database import session
from tracker.devices import codes, registry
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.operations import advance, correct, judge
from tracker.devices.rules import AlreadySo
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_


def reserve(device: Device, line: RequestLine, by: Actor) -> Allocation:
    """Promise a ready device to a line. The first promise accepts a sent request.

    Raises `Conflict` when someone else was first, `AlreadySo` when it is promised to this very line, `Unproven`
    when it does not fit. Of any number of hands at once one wins: the device's row is locked, and the unique
    index over active allocations stands behind.
    """
    device = devices.locked(device.id)
    request = queries.locked(line.request_id)
    _must_be_free(device, line)
    entry = advance(device, Action.RESERVE, by, case={"line": line.id}, facts=_facts(request, line))
    allocation = Allocation(
        device_id=device.id, line_id=line.id, active=True, reserved_at=entry.at, reserved_by=by.user_id
    )
    session.add(allocation)
    try:
        session.flush()
    except IntegrityError as error:
        raise _taken(device) from error
    refresh(request, by)
    return allocation


def _facts(request: EquipmentRequest, line: RequestLine) -> dict[str, Any]:
    return {"request": request.number, "line": line.id, "association": request.association_id}


def _must_be_free(device: Device, line: RequestLine) -> None:
    standing = queries.active(device.id)
    if standing is None:
        return
    if standing.line_id == line.id and standing.delivered_at is None:
        raise AlreadySo(N_("%(code)s is already reserved for this line."), code=codes.shown(device.code))
    raise _taken(device)


def _taken(device: Device) -> Conflict:
    return Conflict(
        N_("Someone else was first: %(code)s is promised to another request. Choose another device."),
        code=codes.shown(device.code),
    )


@registry.performs(Action.RESERVE)
def reserve_as_asked(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """From a scan, a page or the API: `values["line"]` is the id of a request line."""
    refusal = None if values.get("line") else judge(device, Action.RESERVE, by)
    if refusal is not None:
        raise refusal
    reserve(device, _line(values.get("line")), by)
    return last_entry(device)


def _line(value: Any) -> RequestLine:
    try:
        wanted = int(value)
    except (TypeError, ValueError):
        raise Malformed(N_("The line of a request is given by its number."), field="line") from None
    return queries.line(wanted)


def release(device: Device, by: Actor, *, reason: str | None = None) -> HistoryEntry:
    """Take a promise back: the device is ready for others."""
    device = devices.locked(device.id)
    allocation = queries.active(device.id)
    request = queries.locked(allocation.line.request_id) if allocation else None
    told = _facts(request, allocation.line) if request and allocation else {}
    entry = advance(device, Action.RELEASE, by, facts=told, reason=reason)
    if allocation and request:
        end(allocation, Ending.RELEASED, by)
        refresh(request, by)
    return entry


def release_devices(promised: Sequence[Device], by: Actor) -> None:
    """Release several, always in the same order, so that two such never wait for each other."""
    for device in sorted(promised, key=lambda one: one.id):
        release(device, by)


@registry.performs(Action.RELEASE)
def release_as_asked(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    return release(device, by, reason=values.get("reason"))


@registry.undoes(Action.RESERVE)
def undo_reserve(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """The reservation was a mistake: the promise ends with it."""
    allocation = queries.active(device.id)
    entry = correct(device, by, case=values, reason=values.get("reason"))
    if allocation:
        end(allocation, Ending.RELEASED, by)
        refresh(queries.locked(allocation.line.request_id), by)
    return entry


@registry.undoes(Action.RELEASE)
def undo_release(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """The release was a mistake: the device is promised again, if the line still has room for it."""
    return _promise_again(device, by, values, Ending.RELEASED)


@registry.undoes(Action.LOSE)
def undo_lose(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """It was not lost: what was promised is promised again."""
    last = last_entry(device)
    if last.from_stage not in (Stage.RESERVED, Stage.PREPARED):
        return correct(device, by, case=values, reason=values.get("reason"))
    return _promise_again(device, by, values, Ending.LOST)


def _promise_again(device: Device, by: Actor, values: Mapping[str, Any], ending: Ending) -> HistoryEntry:
    allocation = queries.last_ended(device.id)
    if allocation is None or allocation.ending is not ending:
        return correct(device, by, case=values, reason=values.get("reason"))
    request = queries.locked(allocation.line.request_id)
    entry = correct(device, by, case={**values, "line": allocation.line_id}, reason=values.get("reason"))
    revive(allocation)
    refresh(request, by)
    return entry


@registry.follows(Action.LOSE)
def promise_ends_with_the_device(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """A device that cannot be found is promised to nobody: its place in the line is free again."""
    allocation = queries.active(device.id)
    if allocation is not None:
        end(allocation, Ending.LOST, by)
        refresh(queries.locked(allocation.line.request_id), by)


def mark_delivered(allocation: Allocation, by: Actor) -> None:
    """The promise is kept: the device is in the association's hands."""
    allocation.delivered_at = clock.now()
    session.flush()


def end(allocation: Allocation, ending: Ending, by: Actor) -> None:
    """Close a promise; the device may be promised anew."""
    allocation.active, allocation.ending = False, ending
    allocation.ended_at, allocation.ended_by = clock.now(), by.user_id
    session.flush()


def revive(allocation: Allocation) -> None:
    """A promise whose ending was a mistake stands again."""
    allocation.active, allocation.ended_at, allocation.ended_by, allocation.ending = True, None, None, None
    session.flush()


def refresh(request: EquipmentRequest, by: Actor) -> None:
    """Let the request's state follow from its lines, and write it down where it changes."""
    before = request.state
    after = rules.state_after(before, queries.lines_with_promises(request.id))
    if after is before:
        return
    request.state = after
    request.served_at = clock.now() if after is rules.RequestState.SERVED else None
    session.flush()
    history.append(
        subject=(Subject.REQUEST, request.id),
        action="request_" + after.value,
        by=by,
        site_id=request.site_id,
        facts={"number": request.number, "before": before.value},
    )


def last_entry(device: Device) -> HistoryEntry:
    """The last move of a device."""
    entry = past.last_move(Subject.DEVICE, device.id)
    if entry is None:
        raise RuleBroken(N_("Nothing has happened to this device yet."))
    return entry
