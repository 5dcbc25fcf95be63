"""Devices given against a signature."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, url_for
from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.allocation import queries as allocation
from tracker.api.fields import Items, Shape, Text, Whole, YesNo
from tracker.api.keyed import transaction
from tracker.api.reading import Resource, pdf
from tracker.devices import queries as devices
from tracker.distribution import documents, operations, queries, rules
from tracker.distribution.models import Handover
from tracker.distribution.operations import Terms
from tracker.web.drawn import LARGEST_BYTES, read_drawing
from tracker.web.languages import locale

resource = Resource("handovers", "Handovers and their documents.")


class NewHandover(Shape):
    """`signed_by`: name and role in one text, “Claire Exemple, présidente”."""

    request = Whole(least=1, required=True)
    codes = Items(Text(most=200), least=1, most=rules.MOST_DEVICES, required=True)
    signed_by = Text(most=2 * rules.LONGEST_NAME, required=True)
    signature = Text(
        most=2 * LARGEST_BYTES, allow_none=True, metadata={"description": "A drawing: PNG as a data URL"}
    )
    price_cents = Whole(most=rules.HIGHEST_PRICE_CENTS, allow_none=True)
    packed = YesNo(
        load_default=False,
        metadata={"description": "True: the accessories that each type demands are in the parcels"},
    )


class HandoverShape(Shape):
    id = fields.Integer(required=True)
    number = fields.String(required=True)
    request = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    codes = fields.List(fields.String(), required=True)
    price_cents = fields.Integer(required=True, metadata={"description": "Of each device"})
    document = fields.String(required=True, metadata={"description": "The address of its document (PDF)"})
    document_hash = fields.String(required=True)


@resource.call("POST", "/handovers", Permission.WORK, body=NewHandover, answer=HandoverShape, status=201)
def create(sent: dict[str, Any]) -> dict[str, Any]:
    """Hand devices over, all of them or none."""
    by = current_actor()
    signed = rules.read_signer_in_one(sent["signed_by"], read_drawing(sent.get("signature")))
    price = sent.get("price_cents") or 0
    with transaction():
        request = allocation.theirs(sent["request"], by)
        given = [devices.by_code(code) for code in sent["codes"]]
        made = operations.hand_over(
            request, given, by, Terms(signed, price_cents=price, packed=sent["packed"])
        )
        return _told(made, price)


def _told(made: Handover, price: int) -> dict[str, Any]:
    return {
        "id": made.id,
        "number": made.number,
        "request": made.request_id,
        "at": made.at,
        "codes": [item.device.code for item in made.items],
        "price_cents": price,
        "document": url_for("api_handovers.document", handover_id=made.id),
        "document_hash": made.document_hash,
    }


@resource.call("GET", "/handovers/<int:handover_id>/document", Permission.SIGNED_IN, file="application/pdf")
def document(handover_id: int) -> Response:
    """The signed document."""
    kept = queries.theirs(handover_id, current_actor())
    data = documents.pdf(kept, organisation=current_app.config["SETTINGS"].organisation, locale=locale())
    return pdf(data, f"{kept.number}.pdf")
