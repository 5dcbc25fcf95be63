"""Reading requests: an association sees its own and nothing else, the workshop sees all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Association
from tracker.accounts.rules import Actor, Permission, Role
from tracker.accounts.secrets import hash_of
from tracker.allocation import rules
from tracker.allocation.models import Allocation, EquipmentRequest, RequestLine
from tracker.allocation.needs_rules import Needs, fit
from tracker.allocation.rules import Promise, RequestState
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.lifecycle import Fact
from tracker.devices.models import Device
from tracker.devices.rules import Lead, Proof
from tracker.errors import NotHere
from tracker.history.models import Note
from tracker.i18n import N_, Sentence
from tracker.web.pagination import Key, Page, page_of

PAGE = 50


def theirs(request_id: int, by: Actor) -> EquipmentRequest:
    """The request, if the actor may see it. Raises `NotHere`: another association's does not even exist."""
    request = by_id(request_id)
    if request is None:
        raise NotHere(N_("There is no such request."))
    must_be_theirs(request, by)
    return request


def must_be_theirs(request: EquipmentRequest, by: Actor) -> None:
    if by.role is Role.ASSOCIATION and request.association_id != by.association_id:
        raise NotHere(N_("There is no such request."))


def by_id(request_id: int) -> EquipmentRequest | None:
    """For the workshop, which sees all; an association goes through `theirs`."""
    return session.get(EquipmentRequest, request_id) if 0 < request_id < 2**31 else None


def locked(request_id: int) -> EquipmentRequest:
    """The request, its row locked until the transaction ends."""
    request = session.get(EquipmentRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotHere(N_("There is no such request."))
    return request


def line(line_id: int) -> RequestLine:
    found = session.get(RequestLine, line_id) if 0 < line_id < 2**31 else None
    if found is None:
        raise NotHere(N_("There is no such line in a request."))
    return found


def by_token(token: str) -> EquipmentRequest:
    """The request behind a private link. Raises `NotHere`."""
    found = session.scalars(
        select(EquipmentRequest).where(EquipmentRequest.token_hash == hash_of(token))
    ).first()
    if found is None:
        raise NotHere(N_("This link no longer works. Ask the association for a new one."))
    return found


def page(
    by: Actor, *, states: Collection[RequestState] = (), cursor: str | None = None, limit: int = PAGE
) -> Page:
    """Requests the actor may see, the newest first. `limit` ≤ 200."""
    conditions = _visible(by)
    if states:
        conditions.append(EquipmentRequest.state.in_(list(states)))
    chosen = select(EquipmentRequest).where(*conditions).options(joinedload(EquipmentRequest.association))
    return page_of(chosen, [Key(EquipmentRequest.id, descending=True)], cursor, limit)


def count_by_state(by: Actor) -> dict[RequestState, int]:
    """How many requests the actor may see in each state; every state is present."""
    rows = session.execute(
        select(EquipmentRequest.state, func.count()).where(*_visible(by)).group_by(EquipmentRequest.state)
    ).all()
    counts: dict[RequestState, int] = {row[0]: row[1] for row in rows}
    return {state: counts.get(state, 0) for state in RequestState}


def _visible(by: Actor) -> list[ColumnElement[bool]]:
    if by.role is Role.ASSOCIATION:
        return [EquipmentRequest.association_id == (by.association_id or -1)]
    return [] if by.may(Permission.SEE_WORKSHOP) else [EquipmentRequest.id < 0]


def active_associations() -> Sequence[Association]:
    return session.scalars(select(Association).where(Association.active).order_by(Association.name)).all()


def note(note_id: int | None) -> str | None:
    """A free text beside a request, unless it was erased."""
    found = session.get(Note, note_id) if note_id else None
    return found.text if found else None


# ------------------------------------------------------------------------------------------------------- promises


@read_once
def active(device_id: int) -> Allocation | None:
    """The promise this device is under now, until it is released or comes back; with its request and association."""
    request = joinedload(Allocation.line).joinedload(RequestLine.request)
    return session.scalars(
        select(Allocation)
        .where(Allocation.device_id == device_id, Allocation.active)
        .options(request.joinedload(EquipmentRequest.association))
    ).first()


@registry.leaves_trace(
    lambda: select(Allocation.id).where(Allocation.device_id == Device.id, Allocation.active)
)
def without_promise(device: Device) -> None:
    told(active, None, device.id)


def last_ended(device_id: int) -> Allocation | None:
    return session.scalars(
        select(Allocation)
        .where(Allocation.device_id == device_id, Allocation.active.is_(False))
        .order_by(Allocation.ended_at.desc(), Allocation.id.desc())
        .limit(1)
    ).first()


def promised(request_id: int) -> Sequence[Device]:
    """Devices set aside for a request and still here, by id."""
    return session.scalars(
        select(Device)
        .join(Allocation, Allocation.device_id == Device.id)
        .join(RequestLine, RequestLine.id == Allocation.line_id)
        .where(RequestLine.request_id == request_id, Allocation.active, Allocation.delivered_at.is_(None))
        .order_by(Device.id)
    ).all()


def allocations(request_id: int) -> Sequence[Allocation]:
    """All promises of a request, ended ones too, the oldest first."""
    return session.scalars(
        select(Allocation)
        .join(RequestLine, RequestLine.id == Allocation.line_id)
        .where(RequestLine.request_id == request_id)
        .order_by(Allocation.id)
    ).all()


def _promises(line_ids: Collection[int]) -> dict[int, list[Promise]]:
    rows = session.execute(
        select(Allocation.line_id, Allocation.active, Allocation.delivered_at, Allocation.ended_at).where(
            Allocation.line_id.in_(line_ids)
        )
    ).all()
    found: dict[int, list[Promise]] = {line_id: [] for line_id in line_ids}
    for line_id, is_active, delivered_at, ended_at in rows:
        found[line_id].append(Promise(is_active, delivered_at, ended_at))
    return found


def lines_with_promises(request_id: int) -> list[tuple[int, list[Promise]]]:
    """(quantity, promises) of each line, as `rules.state_after` reads them."""
    lines = session.execute(
        select(RequestLine.id, RequestLine.quantity).where(RequestLine.request_id == request_id)
    ).all()
    promises = _promises([row[0] for row in lines])
    return [(quantity, promises[line_id]) for line_id, quantity in lines]


def given_count(request_id: int) -> int:
    """Devices handed over for a request, net of those that came back within 30 days."""
    return sum(rules.given(promises) for _, promises in lines_with_promises(request_id))


@dataclass(frozen=True)
class Progress:
    """A line and where it stands: asked for, given, set aside, still missing."""

    line: RequestLine
    needs: Needs
    given: int
    promised: int

    @property
    def missing(self) -> int:
        return max(0, self.line.quantity - self.given - self.promised)


def progress(requests: Sequence[EquipmentRequest]) -> dict[int, list[Progress]]:
    """request id → its lines and where they stand, for a page of requests in two queries."""
    lines = session.scalars(
        select(RequestLine)
        .where(RequestLine.request_id.in_([one.id for one in requests]))
        .order_by(RequestLine.id)
    ).all()
    found: dict[int, list[Progress]] = {one.id: [] for one in requests}
    for one in progress_of(lines):
        found[one.line.request_id].append(one)
    return found


def progress_of(lines: Sequence[RequestLine]) -> list[Progress]:
    """Where each of these lines stands, in their order, in one query."""
    promises = _promises([one.id for one in lines])
    counts = [(one, rules.given(promises[one.id]), rules.filled(promises[one.id])) for one in lines]
    return [Progress(one, Needs.read(one.needs), given, filled - given) for one, given, filled in counts]


@registry.proves(Fact.FITS_REQUEST)
def fits_request(device: Device, by: Actor, case: registry.Case) -> Proof:
    """The line's type and minimum, its quantity not yet full, its request open. The line is the case's, or the
    one the device is promised to. What nobody has measured is named in the evidence, not refused."""
    standing = active(device.id)
    line_id = case.get("line") or (standing.line_id if standing else None)
    if line_id is None:
        return Proof.refused(
            N_("This device is promised to no request: reserve it from the request that it is for.")
        )
    wanted = line(int(line_id))
    request = session.get(EquipmentRequest, wanted.request_id)
    if request is None or request.state not in rules.WAITING | {RequestState.SERVED}:
        return Proof.refused(
            N_("Request %(number)s is “%(state)s”: nothing more can be reserved for it."),
            number=request.number if request else "?",
            state=Sentence(rules.STATES[request.state]) if request else "?",
        )
    if _filled_without(wanted, device) >= wanted.quantity:
        return Proof.refused(
            N_("This line of request %(number)s is full: %(quantity)s of %(quantity)s are promised or given. Release one first, or choose another line."),
            number=request.number,
            quantity=wanted.quantity,
        )  # fmt: skip
    answer = fit(wanted.type, Needs.read(wanted.needs), device.type, device.specification)
    evidence: dict[str, Any] = {"line": wanted.id, "not_recorded": list(answer.unknown)}
    return Proof(held=answer.fits, evidence=evidence, missing=answer.against)


@registry.solves(Fact.FITS_REQUEST)
def choose_request(device: Device, by: Actor) -> Lead | None:
    if not by.may(Permission.COORDINATE):
        return None
    return Lead(Sentence(N_("Choose a request")), "/requests", "clipboard-list")


def _filled_without(wanted: RequestLine, device: Device) -> int:
    """Places taken by other devices, and by this one if it was given before."""
    rows = session.scalars(select(Allocation).where(Allocation.line_id == wanted.id)).all()
    return rules.filled(
        Promise(one.active, one.delivered_at, one.ended_at)
        for one in rows
        if not (one.device_id == device.id and one.active)
    )
