"""Sheets and rolls that labels can be printed on: those of the list, and those that the token’s workshop added."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from labels.media import Medium
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Shape
from tracker.api.reading import Resource
from tracker.printing import medium_queries
from tracker.printing.medium_forms import medium_name

resource = Resource("media", "Sheets and rolls for labels.")


class MediumShape(Shape):
    """`name` is what `medium` of POST /labels takes; lengths in millimetres; `cells` labels on a page, 1 on a roll."""

    name = fields.String(required=True)
    words = fields.String(required=True, metadata={"description": "As it is called on the screen"})
    kind = fields.String(required=True, metadata={"description": "sheet or roll"})
    width_mm = fields.Float(required=True)
    height_mm = fields.Float(required=True)
    page_width_mm = fields.Float(required=True)
    page_height_mm = fields.Float(required=True)
    cells = fields.Integer(required=True)
    own = fields.Boolean(required=True, metadata={"description": "Added by this workshop"})


class MediaShape(Shape):
    items = fields.List(fields.Nested(MediumShape), required=True)


@resource.call("GET", "/media", Permission.WORK, answer=MediaShape)
def index() -> dict[str, Any]:
    """Every sheet and roll that this workshop can print on; a tape is listed at one length, cut by `…x40` after its name."""
    return {"items": [_told(one) for one in medium_queries.media(current_actor().site_id)]}


def _told(one: Medium) -> dict[str, Any]:
    names = ("name", "kind", "width_mm", "height_mm", "page_width_mm", "page_height_mm", "cells")
    told = {name: getattr(one, name) for name in names}
    return {**told, "words": medium_name(one), "own": bool(one.words)}
