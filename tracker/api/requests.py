"""What associations ask for, what would answer it, and what is promised."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.allocation import operations, promise_operations, proposal_queries, queries, queue_queries
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.needs_rules import Needs
from tracker.allocation.queries import Progress
from tracker.allocation.rules import LARGEST_QUANTITY, LONGEST_NOTE, MOST_LINES, Asked, RequestState
from tracker.api.devices import Paged
from tracker.api.fields import Choice, Inner, Items, Shape, Table, Text, Whole, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.rules import DeviceType, Grade
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.web.languages import locale

resource = Resource("requests", "Equipment requests. An association sees its own and no other.")


class RequestSearch(Paged):
    state = Items(Choice(RequestState), load_default=list)


class NewLine(Shape):
    type = Choice(DeviceType, required=True)
    quantity = Whole(least=1, most=LARGEST_QUANTITY, required=True)
    needs = Table(
        keys=Text(most=40),
        allow_none=True,
        metadata={"description": "Minima: memory_mb, storage_gb, screen_inches; and usage"},
    )


class NewRequest(Shape):
    """A request, sent at once unless `draft`. A coordinator names the association, by its id or its name."""

    lines = Items(Inner(NewLine), least=1, most=MOST_LINES, required=True)
    reference = Text(most=200, allow_none=True)
    note = Text(most=LONGEST_NOTE, allow_none=True)
    draft = YesNo(load_default=False)
    association = fields.Raw(
        allow_none=True,
        metadata={
            "oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}],
            "description": "Id or name",
        },
    )


class RequestLineShape(Shape):
    id = fields.Integer(required=True)
    type = fields.Enum(DeviceType, by_value=True, required=True)
    quantity = fields.Integer(required=True)
    needs = fields.Dict(required=True)
    given = fields.Integer(required=True)
    promised = fields.Integer(required=True)


class EstimateShape(Shape):
    """How long half of the requests with such a line waited, in whole days; null under five served in 90 days."""

    type = fields.Enum(DeviceType, by_value=True, required=True)
    served = fields.Integer(required=True)
    low_days = fields.Integer(required=True, allow_none=True)
    median_days = fields.Integer(required=True, allow_none=True)
    high_days = fields.Integer(required=True, allow_none=True)


class AssociationShape(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class RequestItem(Shape):
    id = fields.Integer(required=True)
    number = fields.String(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True)
    association = fields.Nested(AssociationShape, required=True)
    reference = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    lines = fields.List(fields.Nested(RequestLineShape), required=True)


class RequestShape(RequestItem):
    """`place`: 1 for the next to be served; null where the request waits for nothing."""

    note = fields.String(required=True, allow_none=True)
    place = fields.Integer(required=True, allow_none=True)
    estimate = fields.List(fields.Nested(EstimateShape), required=True)


class RequestPage(Shape):
    items = fields.List(fields.Nested(RequestItem), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CandidateShape(Shape):
    """A device that fits, why, and what to settle before it can go."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True, allow_none=True)
    ready_since = fields.AwareDateTime(required=True)
    reasons = fields.List(fields.String(), required=True)
    doubts = fields.List(fields.String(), required=True)


class LineProposals(Shape):
    line = fields.Integer(required=True)
    type = fields.Enum(DeviceType, by_value=True, required=True)
    missing = fields.Integer(required=True)
    devices = fields.List(fields.Nested(CandidateShape), required=True)


class Proposals(Shape):
    lines = fields.List(fields.Nested(LineProposals), required=True)


class NewAllocation(Shape):
    code = Text(most=200, required=True)
    line = Whole(least=1, required=True)


class AllocationShape(Shape):
    request = fields.Integer(required=True)
    line = fields.Integer(required=True)
    code = fields.String(required=True)
    stage = fields.Enum(Stage, by_value=True, required=True)
    state = fields.Enum(
        RequestState, by_value=True, required=True, metadata={"description": "Of the request"}
    )


@resource.call("GET", "/requests", Permission.ASK, query=RequestSearch, answer=RequestPage)
def index(asked: dict[str, Any]) -> dict[str, Any]:
    """The requests this token may see, the newest first."""
    page = queries.page(
        current_actor(), states=asked["state"], cursor=asked.get("cursor"), limit=asked["limit"]
    )
    names = {one.id: one.name for one in accounts.associations()}
    progress = queries.progress(page.items)
    items = [_item(one, progress[one.id], names[one.association_id]) for one in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@resource.call("POST", "/requests", Permission.ASK, body=NewRequest, answer=RequestShape, status=201)
def create(sent: dict[str, Any]) -> dict[str, Any]:
    """Ask for devices."""
    lines = [Asked(one["type"], one["quantity"], Needs.read(one.get("needs"))) for one in sent["lines"]]
    with transaction():
        made = operations.make_request(
            lines,
            current_actor(),
            association_id=_association(sent.get("association"), current_actor()),
            reference=sent.get("reference"),
            note=sent.get("note"),
            draft=sent["draft"],
        )
        return _whole(made)


def _association(given: Any, by: Actor) -> int | None:
    """The association meant, by its id or its name. Whether there is another one is not an association's to know."""
    if given is None:
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        return given if 0 < given < 2**31 else 0
    found = accounts.association_by_name(given.replace("\0", "")) if isinstance(given, str) else None
    if found is None or by.association_id not in (None, found.id):
        raise NotHere(
            N_("There is no association “%(name)s”. Give its id, or its name as it is on record."),
            name=str(given)[:80],
        )
    return found.id


@resource.call("GET", "/requests/<int:request_id>", Permission.ASK, answer=RequestShape)
def show(request_id: int) -> dict[str, Any]:
    """One request: its state, its place in the queue, and how long others really waited."""
    return _whole(queries.theirs(request_id, current_actor()))


def _item(request: EquipmentRequest, progress: list[Progress], association: str) -> dict[str, Any]:
    names = ("id", "number", "state", "reference", "created_at", "sent_at")
    return {
        **{name: getattr(request, name) for name in names},
        "association": {"id": request.association_id, "name": association},
        "lines": [
            {
                "id": one.line.id,
                "type": one.line.type,
                "quantity": one.line.quantity,
                "needs": one.needs.as_json(),
                "given": one.given,
                "promised": one.promised,
            }
            for one in progress
        ],
    }


def _whole(request: EquipmentRequest) -> dict[str, Any]:
    estimates = queue_queries.estimates_for(request)
    return {
        **_item(request, queries.progress([request])[request.id], request.association.name),
        "note": queries.note(request.note_id),
        "place": queue_queries.place(request),
        "estimate": [
            {
                "type": kind,
                "served": one.served,
                "low_days": one.low,
                "median_days": one.median,
                "high_days": one.high,
            }
            for kind, one in estimates.items()
        ],
    }


@resource.call("GET", "/requests/<int:request_id>/proposals", Permission.COORDINATE, answer=Proposals)
def proposals(request_id: int) -> dict[str, Any]:
    """For each line, the ready devices that fit, best first, with the reasons."""
    request = queries.theirs(request_id, current_actor())
    return {
        "lines": [
            {
                "line": one.line.id,
                "type": one.line.type,
                "missing": one.progress.missing,
                "devices": [_candidate(device) for device in one.candidates],
            }
            for one in proposal_queries.proposals(request)
        ]
    }


def _candidate(one: proposal_queries.Candidate) -> dict[str, Any]:
    return {
        "code": one.device.code,
        "name": one.device.name,
        "grade": one.device.grade,
        "ready_since": one.device.stage_since,
        "reasons": [said.shown_in(locale()) for said in one.reasons],
        "doubts": [said.shown_in(locale()) for said in one.doubts],
    }


@resource.call(
    "POST",
    "/requests/<int:request_id>/allocations",
    Permission.COORDINATE,
    body=NewAllocation,
    answer=AllocationShape,
    status=201,
)
def allocate(sent: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Promise a ready device to a line. 409 when someone else was first."""
    by = current_actor()
    with transaction():
        request = queries.theirs(request_id, by)
        line = queries.line(sent["line"])
        if line.request_id != request.id:
            raise NotHere(N_("Request %(number)s has no such line."), number=request.number)
        device = devices.by_code(sent["code"])
        promise_operations.reserve(device, line, by)
        return {
            "request": request.id,
            "line": line.id,
            "code": device.code,
            "stage": device.stage,
            "state": request.state,
        }
