"""Batches of scans: one thing done to many devices, closed, undone, continued elsewhere."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Inner, Moment, Shape, Text, Uuid, Whole, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.scanning import batch_operations, batch_page_queries, batch_queries, batch_rules
from tracker.scanning import batch_undo_operations as undoing
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.rules import Outcome
from tracker.web.languages import locale

resource = Resource("batches", "Batches: the same done to each device that is scanned in one.")


class BatchValues(Shape):
    """What a mode is told once, for every device of the batch."""

    reason = Text(most=500, allow_none=True)
    slip_number = Text(most=60, allow_none=True)
    recycler = Text(most=200, allow_none=True)
    left_on = Text(most=10, allow_none=True)
    grade = Text(most=1, allow_none=True)
    method = Text(most=20, allow_none=True)


class NewBatch(Shape):
    """`id` is yours: a batch can begin without network, and opening it again changes nothing."""

    id = Uuid(required=True)
    action = Text(most=40, allow_none=True)
    place = Text(most=500, allow_none=True, metadata={"description": "The code of a place"})
    collection = Text(most=24, allow_none=True, metadata={"description": "Devices of others are refused"})
    values = Inner(BatchValues, allow_none=True)
    opened_at = Moment(allow_none=True)
    client = Uuid(allow_none=True)


class Closing(Shape):
    """`unsent`: scans of the batch that this client still holds; the batch does not close before they are sent."""

    client = Uuid(allow_none=True)
    unsent = Whole(least=0, most=100_000, allow_none=True)
    anyway = YesNo(allow_none=True, metadata={"description": "For a coordinator, where a phone is lost"})


class Continuing(Shape):
    client = Uuid(allow_none=True)


class BatchScan(Shape):
    scan_id = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    device = fields.String(required=True, allow_none=True)
    verdict = fields.Enum(Outcome, by_value=True, required=True)
    message = fields.String(required=True)
    page = fields.String(required=True, allow_none=True)


class BatchCounts(Shape):
    """`done`: devices that count, without what was undone."""

    done = fields.Integer(required=True)
    already = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    unknown_codes = fields.Integer(required=True)
    conflict = fields.Integer(required=True)
    other_collection = fields.Integer(required=True)


class BatchHead(Shape):
    id = fields.String(required=True)
    action = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    unsent = fields.Integer(required=True)
    counts = fields.Nested(BatchCounts, required=True)


class BatchShape(BatchHead):
    scans = fields.List(fields.Nested(BatchScan), required=True)


class BatchList(Shape):
    batches = fields.List(fields.Nested(BatchHead), required=True)


@resource.call("GET", "/batches", Permission.WORK, answer=BatchList)
def index() -> dict[str, Any]:
    """The open batches of the workshop, the newest first: what another phone may continue."""
    found = batch_queries.open_batches(current_actor().site_id)
    counts = batch_queries.counts([one.id for one in found])
    return {"batches": [_head(one, counts[one.id]) for one in found]}


@resource.call("POST", "/batches", Permission.WORK, body=NewBatch, answer=BatchShape)
def create(sent: dict[str, Any]) -> dict[str, Any]:
    """Open a batch. Refused at once where the key may not do it, or an answer is missing that is asked once."""
    values = {name: value for name, value in (sent.get("values") or {}).items() if value is not None}
    client = sent.get("client")
    asked = batch_rules.batch_asked({**sent, "values": values}, str(client) if client else None)
    with transaction():
        batch = batch_operations.open_batch(asked, current_actor())
    return _told(batch)


@resource.call("GET", "/batches/<batch_id>", Permission.WORK, answer=BatchShape)
def show(batch_id: str) -> dict[str, Any]:
    """A batch with each of its scans and what became of it."""
    return _told(batch_queries.batch(batch_id, current_actor().site_id))


@resource.call("POST", "/batches/<batch_id>/close", Permission.WORK, body=Closing, answer=BatchShape)
def close(sent: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """End a batch; again changes nothing."""
    by, client = current_actor(), sent.get("client")
    with transaction():
        batch = batch_operations.close(
            batch_queries.locked(batch_id, by.site_id),
            by,
            client=str(client) if client else None,
            unsent=sent.get("unsent") or 0,
            anyway=bool(sent.get("anyway")),
        )
    return _told(batch)


@resource.call("POST", "/batches/<batch_id>/continue", Permission.WORK, body=Continuing, answer=BatchShape)
def resume(sent: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """Go on with an open batch, after a rest or from another client."""
    by, client = current_actor(), sent.get("client")
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        batch_operations.continue_here(batch, by, str(client) if client else None)
    return _told(batch)


@resource.call("POST", "/batches/<batch_id>/undo", Permission.WORK, answer=BatchShape)
def undo(batch_id: str) -> dict[str, Any]:
    """Take back what still counts, each device's last move where it is still the last; what stays says why."""
    by = current_actor()
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        undoing.undo(batch, by)
    return _told(batch)


def _told(batch: ScanBatch) -> dict[str, Any]:
    page = batch_page_queries.page(batch)
    rows = batch_queries.rows(batch.id)
    return {
        **_head(batch, page.counts),
        "scans": [
            {
                "scan_id": row.scan.scan_id,
                "code": row.scan.code,
                "device": row.device.code if row.device else None,
                "verdict": row.scan.verdict,
                "message": row.sentence.shown_in(locale()),
                "page": row.scan.address,
            }
            for row in rows
        ],
    }


def _head(batch: ScanBatch, counts: batch_queries.Counts) -> dict[str, Any]:
    return {
        "id": batch.id,
        "action": batch.action,
        "place": batch.place,
        "opened_at": batch.opened_at,
        "closed_at": batch.closed_at,
        "undone_at": batch.undone_at,
        "unsent": batch_rules.unsent_in(batch.clients),
        "counts": {
            "done": counts.done,
            "already": counts.already,
            "refused": counts.refused,
            "unknown_codes": counts.unknown,
            "conflict": counts.conflict,
            "other_collection": counts.elsewhere,
        },
    }
