"""Report files of tools: nwipe, smartctl, lshw and others."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import fields

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import UNKNOWN, Shape
from tracker.api.keyed import transaction
from tracker.api.reading import Misread, Resource, contents
from tracker.devices import queries as devices
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.web.languages import locale
from tracker.wiping import drop_rules
from tracker.wiping import report_operations as operations
from tracker.wiping.readings import ComputerSeen
from tracker.wiping.rules import Verdict

resource = Resource("reports", "Report files, kept byte for byte, and what they prove.")

PARTS = ("files[]", "files")


class ComputerShape(Shape):
    """The computer that a report is about, as the file says it."""

    manufacturer = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    serial = fields.String(required=True, allow_none=True)


class DriveVerdictShape(Shape):
    """One drive; `serial` is verbatim what the file says, null where it says nothing."""

    serial = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    accepted = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether it counts by the workshop’s policy; null while no device is known"},
    )
    reasons = fields.List(fields.String(), required=True)


class ReportShape(Shape):
    """What became of one file. `known`: the same bytes came before and add nothing."""

    name = fields.String(required=True)
    sha256 = fields.String(required=True)
    kind = fields.String(required=True)
    computer = fields.Nested(ComputerShape, required=True, allow_none=True)
    drives = fields.List(fields.Nested(DriveVerdictShape), required=True)
    device = fields.String(required=True, allow_none=True)
    matched_by = fields.String(required=True, allow_none=True)
    known = fields.Boolean(required=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "What a person has to decide"}
    )
    choices = fields.List(fields.String(), required=True, metadata={"description": "Codes to choose from"})


class RefusedShape(Shape):
    """A file that was not taken: send it again when `reason` is done."""

    name = fields.String(required=True)
    reason = fields.String(required=True)


class Reports(Shape):
    reports = fields.List(fields.Nested(ReportShape), required=True)
    refused = fields.List(fields.Nested(RefusedShape), required=True)


@resource.call(
    "POST",
    "/reports",
    Permission.WORK,
    form={
        "files[]": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "device": {
            "type": "string",
            "description": "The code of the device they are about, if a person knows",
        },
    },
    answer=Reports,
)
def receive() -> dict[str, Any]:
    """Take in report files, or ZIPs of them. The same file again is recognised and adds nothing.

    A ZIP is answered file by file, under `ZIP name/path`.
    """
    drop = drop_rules.opened(_files())
    code = request.form.get("device", "").strip()
    with transaction():
        device = devices.by_code(code) if code else None
        received = operations.receive(drop, current_actor(), device)
        return {
            "reports": [_told(one) for one in received],
            "refused": [{"name": one.name, "reason": one.reason.shown_in(locale())} for one in drop.refused],
        }


def _files() -> list[tuple[str, bytes]]:
    strange = [part for part in request.files if part not in PARTS]
    strange += [part for part in request.form if part != "device"]
    if strange:
        raise Misread({(strange[0] or "?")[:80]: [UNKNOWN.shown()]})  # a part may have no name
    sent = [one for part in PARTS for one in request.files.getlist(part)]
    if not sent:
        raise Malformed(
            N_("Send the report files as multipart/form-data, each in a part “files[]”."), field="files[]"
        )
    return [(one.filename or "", contents(one, operations.MOST_BYTES)) for one in sent]


def _told(one: operations.Received) -> dict[str, Any]:
    return {
        "name": one.name,
        "sha256": one.report.sha256,
        "kind": one.report.kind,
        "computer": _computer(one.reading.computer),
        "drives": [
            {
                "serial": drive.serial,
                "model": drive.model,
                "verdict": drive.verdict.verdict,
                "accepted": drive.accepted,
                "reasons": [reason.shown_in(locale()) for reason in drive.verdict.reasons],
            }
            for drive in one.drives
        ],
        "device": one.device.code if one.device else None,
        "matched_by": one.report.matched_by,
        "known": one.known,
        "reason": one.reason.shown_in(locale()) if one.reason else None,
        "choices": list(one.choices),
    }


def _computer(seen: ComputerSeen | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {"manufacturer": seen.manufacturer, "model": seen.model, "serial": seen.serial}
