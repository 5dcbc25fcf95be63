"""Wiping stations: a boot stick enrols once by a code, then posts reports that it signs. It may do nothing else.

A station has no token, so that every other call is closed to it. A shell cannot read JSON: with `Accept: text/plain`
answers and refusals come as lines `name=value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from marshmallow import fields

from tracker.accounts.limits import limiter
from tracker.accounts.rules import Permission
from tracker.api.fields import Shape
from tracker.api.keyed import transaction
from tracker.api.reading import Resource, contents
from tracker.api.reports import DriveVerdictShape
from tracker.database import session
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.languages import locale
from tracker.wiping import report_operations, station_operations, station_rules
from tracker.wiping.report_operations import Received
from tracker.wiping.rules import VERDICT_NAMES
from tracker.wiping.station_rules import SentBefore, WrongClock
from tracker.wiping.upload_rules import kind_name

resource = Resource("stations", "Wiping stations: boot sticks that sign and send reports by themselves.")

ENROLMENTS = "20 per 15 minutes"  # failures, from one address
REPORTS = "1200 per hour"  # of one station from one address; a whole stick of old logs comes at once
REFUSALS = "120 per 15 minutes"  # from one address
LINES = "text/plain"
FILE = "file"


class Enrolment(Shape):
    """What the stick keeps. `secret`: 32 bytes in hexadecimal, the key of its signatures; shown to it alone."""

    station = fields.Integer(required=True)
    name = fields.String(required=True)
    secret = fields.String(required=True)


class StationReceipt(Shape):
    """Kept for good. `received`: SHA-256 of the file; `again`: this station had sent it before."""

    received = fields.String(required=True)
    again = fields.Boolean(required=True)
    kind = fields.String(required=True)
    device = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    drives = fields.List(fields.Nested(DriveVerdictShape), required=True)


def _address() -> str:
    return f"station-address:{request.remote_addr or 'none'}"


def _station() -> str:
    return f"station:{request.form.get('station', '')[:16]}:{request.remote_addr or 'none'}"


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _wants_lines() -> bool:
    return bool(request.accept_mimetypes.best == LINES)


def in_lines(view: Callable[[], dict[str, Any]]) -> Callable[[], Any]:
    """Answer and refusal as lines, for whoever asks for plain text."""

    @wraps(view)
    def told() -> Any:
        if not _wants_lines():
            return view()
        try:
            return _plain(_lines(view()), 200)
        except RuleBroken as refusal:
            session.rollback()
            return _plain(_refusal(refusal), refusal.status)

    return told


def _plain(lines: Iterator[tuple[str, str]], status: int) -> Response:
    body = "".join(f"{name}={_one_line(value)}\n" for name, value in lines)
    return Response(body, status, mimetype=LINES)


def _one_line(value: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in value)


def _refusal(refusal: RuleBroken) -> Iterator[tuple[str, str]]:
    yield "refused", refusal.sentence.shown_in(locale())
    if isinstance(refusal, WrongClock):
        yield "clock", str(refusal.clock)
    if isinstance(refusal, SentBefore):
        yield "counter", str(refusal.counter)


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if name == "drives":
            yield from (("drive", _drive(one)) for one in value)
        elif name == "kind":
            yield name, _(kind_name(value))
        else:
            yield name, _plainly(value)


def _plainly(value: object) -> str:
    """1 equals True in Python, and is not said as “yes”: the first station is number 1."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _drive(one: Mapping[str, Any]) -> str:
    """One drive for a person at a screen without columns."""
    called = " ".join(part for part in (one["model"], one["serial"]) if part) or "?"
    return f"{called}: {_(VERDICT_NAMES[one['verdict']])}. {' '.join(one['reasons'])}".rstrip()


@resource.call(
    "POST",
    "/station/enrol",
    Permission.PUBLIC,
    form={
        "code": {"type": "string", "description": "The one-time code of the page “Stations”"},
        "mark": {
            "type": "string",
            "minLength": 16,
            "maxLength": 128,
            "description": "Random, of the stick’s own",
        },
    },
    answer=Enrolment,
)
@limiter.limit(ENROLMENTS, key_func=_address, methods=["POST"], deduct_when=_refused)
@in_lines
def enrol() -> dict[str, Any]:
    """Tie a stick to the tracker by its code. The same code and mark again give the same secret."""
    with transaction():
        station, secret = station_operations.enrol(request.form.get("code", ""), request.form.get("mark", ""))
        return {"station": station.id, "name": station.name, "secret": secret}


@resource.call(
    "POST",
    "/station/reports",
    Permission.PUBLIC,
    form={
        "station": {"type": "string"},
        "name": {"type": "string", "description": "The file’s name: A-Z a-z 0-9 . _ -, 120 signs at most"},
        "time": {"type": "string", "description": "Seconds since 1970 on the station’s clock"},
        "counter": {"type": "string", "description": "Higher than the last one"},
        "signature": {"type": "string", "description": "HMAC-SHA256 in hexadecimal, see docs/stations.md"},
        FILE: {"type": "string", "format": "binary"},
    },
    answer=StationReceipt,
)
@limiter.limit(REFUSALS, key_func=_address, methods=["POST"], deduct_when=_refused)
@limiter.limit(REPORTS, key_func=_station, methods=["POST"])
@in_lines
def receive() -> dict[str, Any]:
    """Take in one report that the station signed. The answer names the hash of what is kept."""
    sent = request.files.get(FILE)
    if sent is None:
        raise Malformed(N_("Send the report as multipart/form-data, in a part “file”."), field=FILE)
    form = request.form
    dispatch = station_rules.read_dispatch(
        *(form.get(name, "") for name in ("station", "name", "time", "counter", "signature"))
    )
    data = contents(sent, report_operations.MOST_BYTES)
    with transaction():
        taken = station_operations.receive(dispatch, data)
        return _told(taken.received) | {"again": taken.again}


def _told(one: Received) -> dict[str, Any]:
    return {
        "received": one.report.sha256,
        "kind": one.report.kind,
        "device": one.device.code if one.device else None,
        "note": one.reason.shown_in(locale()) if one.reason else None,
        "drives": [
            {
                "serial": drive.serial,
                "model": drive.model,
                "verdict": drive.verdict.verdict,
                "reasons": [reason.shown_in(locale()) for reason in drive.verdict.reasons],
            }
            for drive in one.drives
        ],
    }
