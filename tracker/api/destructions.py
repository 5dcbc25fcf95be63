"""A declared destruction counts once a second person has confirmed it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Shape, Text
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.wiping import destruction_operations, destruction_queries

resource = Resource("destructions", "Declared destructions: a second person confirms or refuses them.")


class Confirmation(Shape):
    """What shows that it is destroyed; a photo is added on the page."""

    slip = Text(most=60, allow_none=True, metadata={"description": "The number of the destruction slip"})


class Refusal(Shape):
    note = Text(required=True, metadata={"description": "What was seen"})


class DestructionShape(Shape):
    id = fields.Integer(required=True)
    counts = fields.Boolean(required=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    confirmed_by = fields.Integer(required=True, allow_none=True)
    refused_at = fields.AwareDateTime(required=True, allow_none=True)
    slip = fields.String(required=True, allow_none=True)


@resource.call(
    "POST",
    "/destructions/<int:declaration_id>/confirm",
    Permission.WORK,
    body=Confirmation,
    answer=DestructionShape,
)
def confirm(sent: dict[str, Any], declaration_id: int) -> dict[str, Any]:
    """Say, as another person than who declared it, that it is destroyed: with a slip, or with a photo on the page."""
    with transaction():
        destruction_operations.confirm(declaration_id, current_actor(), slip=sent.get("slip"))
        return _told(declaration_id)


@resource.call(
    "POST",
    "/destructions/<int:declaration_id>/refuse",
    Permission.WORK,
    body=Refusal,
    answer=DestructionShape,
)
def refuse(sent: dict[str, Any], declaration_id: int) -> dict[str, Any]:
    """Say that it is not destroyed, or that nothing shows it: its data may still be there."""
    with transaction():
        destruction_operations.refuse(declaration_id, current_actor(), sent["note"])
        return _told(declaration_id)


def _told(declaration_id: int) -> dict[str, Any]:
    row = destruction_queries.declaration(declaration_id)
    return {name: getattr(row, name) for name in DestructionShape().fields}
