"""Donors, their gifts, and the lists they send."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.devices import ACTIONS, Beginning
from tracker.api.fields import Choice, Day, Shape, Text, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource, contents
from tracker.collection import import_operations, operations, queries
from tracker.collection.readers.limits import LARGEST_FILE
from tracker.collection.rules import DonorKind, Reachable, RowOutcome, RowVerdict
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.web.languages import locale

resource = Resource("collections", "Donors, collections and their lists.")

CONTACT = ("email", "phone", "address", "postcode", "city")


class NewDonor(Shape):
    """Who gives. `name` is the organisation's, or the person's where `kind` is person."""

    kind = Choice(DonorKind, required=True)
    name = Text(most=200, required=True)
    contact_name = Text(
        most=200, allow_none=True, metadata={"description": "Whom to reach in an organisation"}
    )
    siret = Text(most=40, allow_none=True)
    reference = Text(most=24, allow_none=True)
    email = Text(most=254, allow_none=True)
    phone = Text(most=40, allow_none=True)
    address = Text(most=200, allow_none=True)
    postcode = Text(most=20, allow_none=True)
    city = Text(most=100, allow_none=True)


class DonorShape(Shape):
    reference = fields.String(required=True)
    kind = fields.Enum(DonorKind, by_value=True, required=True)
    name = fields.String(required=True, allow_none=True)
    siret = fields.String(required=True, allow_none=True)


class NewCollection(Shape):
    donor = Text(most=40, required=True, metadata={"description": "The donor's reference"})
    date = Day(required=True)
    reference = Text(most=24, allow_none=True)
    note = Text(allow_none=True)


class CollectionShape(Shape):
    reference = fields.String(required=True)
    donor = fields.String(required=True)
    date = fields.Date(required=True)


class ImportOptions(Shape):
    """`stage` and `type` are for rows that do not say; `lookalikes` adds rows that say the same as an earlier list."""

    dry_run = YesNo(load_default=False)
    stage = Choice(Beginning, load_default=Beginning.ANNOUNCED)
    type = Choice(DeviceType)
    lookalikes = YesNo(load_default=False)


class RowShape(Shape):
    row = fields.Integer(required=True)
    verdict = fields.Enum(RowVerdict, by_value=True, required=True)
    message = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)


class Imported(Shape):
    """What the import did, or would do. `counts`: rows by verdict; `ignored`: headings of columns that were not read."""

    dry_run = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    ignored = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(RowShape), required=True)


@resource.call("POST", "/donors", Permission.COORDINATE, body=NewDonor, answer=DonorShape, status=201)
def add_donor(sent: dict[str, Any]) -> dict[str, Any]:
    """Put a donor on record."""
    person = sent["kind"] is DonorKind.PERSON
    contact = sent["name"] if person else sent.get("contact_name")
    reachable = Reachable(name=contact, **{name: sent.get(name) for name in CONTACT})
    with transaction():
        made = operations.add_donor(
            sent["kind"],
            current_actor(),
            name=sent["name"],
            siret=sent.get("siret"),
            reachable=reachable,
            reference=sent.get("reference"),
        )
        return {"reference": made.reference, "kind": made.kind, "name": sent["name"], "siret": made.siret}


@resource.call(
    "POST", "/collections", Permission.WORK, body=NewCollection, answer=CollectionShape, status=201
)
def open_collection(sent: dict[str, Any]) -> dict[str, Any]:
    """Open a collection: one gift of one donor."""
    with transaction():
        donor = queries.donor(sent["donor"])
        made = operations.open_collection(
            donor, sent["date"], current_actor(), reference=sent.get("reference"), note=sent.get("note")
        )
        return {"reference": made.reference, "donor": donor.reference, "date": made.date}


@resource.call(
    "POST",
    "/collections/<reference>/import",
    Permission.WORK,
    query=ImportOptions,
    form={"file": {"type": "string", "format": "binary"}},
    answer=Imported,
)
def import_list(asked: dict[str, Any], reference: str) -> dict[str, Any]:
    """Import a donor's list (CSV, XLSX, ODS). The same list twice adds nothing."""
    data, name = _file()
    options = {
        "dry_run": asked["dry_run"],
        "action": ACTIONS[asked["stage"]],
        "default_type": asked.get("type"),
        "lookalikes": asked["lookalikes"],
    }
    with transaction():
        done = import_operations.import_list(
            queries.collection(reference), data, name, current_actor(), **options
        )
    return {
        "dry_run": done.dry_run,
        "counts": {verdict.value: number for verdict, number in done.counts.items()},
        "ignored": list(done.ignored),
        "rows": [_row(one) for one in done.rows],
    }


def _file() -> tuple[bytes, str]:
    sent = request.files.get("file")
    if sent is None:
        raise Malformed(N_("Send the list as multipart/form-data, in a part “file”."), field="file")
    return contents(sent, LARGEST_FILE), sent.filename or ""


def _row(one: RowOutcome) -> dict[str, Any]:
    return {
        "row": one.number,
        "verdict": one.verdict,
        "message": one.sentence.shown_in(locale()),
        "code": one.code,
    }
