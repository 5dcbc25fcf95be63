"""Labels, as a file for the printer."""

from __future__ import annotations

from typing import Any

from flask import Response

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Choice, Items, Shape, Text, Whole
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.labelling import operations, rules
from tracker.web.languages import locale

resource = Resource("labels", "Labels for devices, places and boxes.")


class Order(Shape):
    """What to print, and on what. Without `design`, for each device the one its stage asks for."""

    codes = Items(Text(most=200), most=rules.MOST_AT_ONCE, least=1, required=True)
    design = Text(most=40, allow_none=True)
    medium = Text(most=60, required=True)
    format = Text(most=20, required=True)
    start = Whole(
        least=1, most=1_000, allow_none=True, metadata={"description": "The first free cell of a sheet"}
    )
    reason = Choice(rules.Reason, allow_none=True, metadata={"description": "Why it is printed again"})


@resource.call("POST", "/labels", Permission.WORK, body=Order, file="*/*")
def draw(sent: dict[str, Any]) -> Response:
    """The file: PDF, SVG, PNG, ZPL or Brother raster. Every print is kept in the register."""
    reason = sent.get("reason")
    with transaction():
        made = operations.print_labels(
            sent["codes"],
            sent.get("design"),
            sent["medium"],
            sent["format"],
            sent.get("start"),
            current_actor(),
            reason.value if reason else None,
            locale=locale(),
        )
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, mimetype=made.mimetype, headers=headers)
