"""Labels, as a file for the printer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Choice, Items, Shape, Text, Whole
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.labelling import operations, rules
from tracker.printing import queries as printers
from tracker.web.languages import locale

resource = Resource("labels", "Labels for devices, places and boxes.")


class Order(Shape):
    """What to print, and on what. Without `design`, for each device the one its stage asks for."""

    codes = Items(Text(most=200), most=rules.MOST_AT_ONCE, least=1, required=True)
    design = Text(most=40, allow_none=True)
    medium = Text(most=60, allow_none=True, metadata={"description": "Left out: what lies in the printer"})
    format = Text(most=20, allow_none=True, metadata={"description": "Left out: the one of the printer"})
    start = Whole(
        least=1,
        most=1_000,
        allow_none=True,
        metadata={
            "description": "The first cell used; left out: the next free one of the sheet that was begun"
        },
    )
    printer = Text(
        most=80,
        allow_none=True,
        metadata={
            "description": "A printer’s number or name. One that takes files by itself answers 202 with a job"
        },
    )
    reason = Choice(rules.Reason, allow_none=True, metadata={"description": "Why it is printed again"})


@resource.call("POST", "/labels", Permission.WORK, body=Order, file="*/*")
def draw(sent: dict[str, Any]) -> Response:
    """The file: PDF, SVG, PNG, ZPL or Brother raster; or, from a printer that takes files by itself, 202 and the job.

    Every print is kept in the register before the first byte of the file leaves; its pages are drawn as they are sent.
    """
    reason, by = sent.get("reason"), current_actor()
    with transaction():
        printer = printers.named(sent["printer"], by.site_id) if sent.get("printer") else None
        made = operations.print_labels(
            sent["codes"],
            sent.get("design"),
            sent.get("medium"),
            sent.get("format"),
            sent.get("start"),
            by,
            reason.value if reason else None,
            locale=locale(),
            printer=printer,
        )
    if made.job is not None and printer is not None:
        return _on_its_way(made, printer.name)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.chunks, mimetype=made.mimetype, headers=headers)


def _on_its_way(made: rules.PrintedFile, printer: str) -> Response:
    told = {"print": made.run, "job": made.job, "printer": printer, "file": made.name, "state": "waiting"}
    answer = jsonify(told)
    answer.status_code = HTTPStatus.ACCEPTED
    return answer
