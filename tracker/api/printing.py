"""Helpers in workshops: one enrols once by a code, then fetches what is to be printed there. It may do nothing else.

A helper has no token, so that every other call is closed to it. It asks, and this server never opens a connection into
a workshop: what waits is handed out as the answer, signed, to a question that is held open while nothing does.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import Any

from flask import Response, g, request
from marshmallow import fields, validate

from tracker.accounts.limits import limiter
from tracker.accounts.rules import Permission
from tracker.api.fields import Shape
from tracker.api.keyed import transaction
from tracker.api.reading import Resource
from tracker.database import session
from tracker.printing import helper_operations, helper_queries, helper_rules
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import Outcome, Reason
from tracker.printing.job_rules import Parcel
from tracker.signing import enrolment_rules

resource = Resource("printing", "Helpers in workshops: they fetch what is to be printed there, signed.")

ENROLMENTS = "20 per 15 minutes"  # failures, from one address
REFUSALS = "120 per 15 minutes"  # from one address
LOOK_EVERY_S = 0.5
_held = threading.BoundedSemaphore(2)  # of the eight threads of a process, so many wait for helpers at most


class HelperEnrolment(Shape):
    """What the helper keeps. `secret`: 32 bytes in hexadecimal, the key of its signatures; shown to it alone."""

    helper = fields.Integer(required=True)
    name = fields.String(required=True)
    secret = fields.String(required=True)


class HelperQuestion(Shape):
    """`printers`: the numbers of those it serves. `hold_s`: for how long the answer may be held back for something."""

    printers = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 2**31 - 1)),
        required=True,
        validate=validate.Length(max=helper_rules.MOST_PRINTERS),
    )
    hold_s = fields.Integer(
        strict=True, load_default=0, validate=validate.Range(0, helper_rules.LONGEST_HOLD_S)
    )


class HelperFile(Shape):
    """A file to print. `key` stays the same while it is handed out again: printed once, it is not printed again."""

    key = fields.String(required=True)
    job = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    printer = fields.Integer(required=True)
    format = fields.String(required=True)
    asks_status = fields.Boolean(required=True)
    title = fields.String(required=True)
    data = fields.String(required=True)  # base64


class HelperWork(Shape):
    """`file` is null where nothing waits; ask again after `wait_s` seconds."""

    file = fields.Nested(HelperFile, required=True, allow_none=True)
    wait_s = fields.Integer(required=True)


class HelperAnswer(Shape):
    """What became of a file. `reason`: why, or with `done` what the printer lacks to print what it has."""

    job = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**31 - 1))
    attempt = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**31 - 1))
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    reason = fields.Enum(Reason, by_value=True, load_default=None, allow_none=True)
    detail = fields.String(load_default="", validate=validate.Length(max=200))


class HelperReceipt(Shape):
    """`taken`: false where this was told before, or a person has decided since. Either way it need not be told again."""

    taken = fields.Boolean(required=True)


def _address() -> str:
    return f"helper-address:{request.remote_addr or 'none'}"


def _refused(response: Response) -> bool:
    return response.status_code >= 400


@resource.call(
    "POST",
    "/helper/enrol",
    Permission.PUBLIC,
    form={
        "code": {"type": "string", "description": "The one-time code of the page “Helpers”"},
        "mark": {
            "type": "string",
            "minLength": 16,
            "maxLength": 128,
            "description": "Random, the helper’s own",
        },
    },
    answer=HelperEnrolment,
)
@limiter.limit(ENROLMENTS, key_func=_address, methods=["POST"], deduct_when=_refused)
def enrol() -> dict[str, Any]:
    """Tie a helper to the tracker by its code. The same code and mark again give the same secret."""
    with transaction():
        helper, secret = helper_operations.enrol(request.form.get("code", ""), request.form.get("mark", ""))
        return {"helper": helper.id, "name": helper.name, "secret": secret}


@resource.call("POST", "/helper/work", Permission.PUBLIC, body=HelperQuestion, answer=HelperWork)
@limiter.limit(REFUSALS, key_func=_address, methods=["POST"], deduct_when=_refused)
def work(asked: dict[str, Any]) -> dict[str, Any]:
    """What is to be printed next. Signed as docs/printing.md says; so is the answer."""
    printers = asked["printers"]
    with transaction():
        helper = _recognised()
        parcel, helper_id, site_id = helper_operations.hand_out(helper, printers), helper.id, helper.site_id
    if parcel is None and asked["hold_s"] and _held.acquire(blocking=False):
        try:
            parcel = _waited(helper_id, site_id, printers, time.monotonic() + asked["hold_s"])
        finally:
            _held.release()
        return {"file": _told(parcel) if parcel else None, "wait_s": 0}
    return {"file": _told(parcel) if parcel else None, "wait_s": 0 if parcel else 3}


def _waited(helper_id: int, site_id: int, printers: list[int], until: float) -> Parcel | None:
    """Look every moment whether something has come; nothing is locked meanwhile."""
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        waits = helper_queries.due(site_id, printers)
        session.rollback()
        if waits:
            with transaction():
                helper = helper_queries.locked(helper_id)
                if helper is None or helper.revoked_at is not None:
                    return None
                parcel = helper_operations.hand_out(helper, printers)
            if parcel is not None:
                return parcel
    return None


def _told(parcel: Parcel) -> dict[str, Any]:
    return {
        "key": parcel.key,
        "job": parcel.job_id,
        "attempt": parcel.attempt,
        "printer": parcel.printer_id,
        "format": parcel.format,
        "asks_status": parcel.asks_status,
        "title": parcel.title,
        "data": base64.b64encode(parcel.data).decode("ascii"),
    }


@resource.call("POST", "/helper/done", Permission.PUBLIC, body=HelperAnswer, answer=HelperReceipt)
@limiter.limit(REFUSALS, key_func=_address, methods=["POST"], deduct_when=_refused)
def done(told: dict[str, Any]) -> dict[str, Any]:
    """What became of a file. May be told again when the answer was lost."""
    with transaction():
        helper = _recognised()
        taken = helper_operations.report(
            helper,
            told["job"],
            told["attempt"],
            outcome=told["outcome"],
            reason=told["reason"],
            detail=told["detail"],
        )
        return {"taken": taken}


def _recognised() -> PrintHelper:
    """Whoever signed this request. From here on the answer is signed, also a refusal."""
    head = request.headers
    signed = helper_rules.read_signed(
        *(head.get(f"Ricochet-{name}", "") for name in ("Helper", "Time", "Counter", "Signature"))
    )
    helper, secret = helper_operations.recognise(signed, request.method, request.path, request.get_data())
    g.answered_to = (signed, secret)
    return helper


@resource.after_request  # type: ignore[untyped-decorator]
def _sign(response: Response) -> Response:
    answered_to = g.pop("answered_to", None)
    if answered_to is not None:
        signed, secret = answered_to
        text = helper_rules.answer_text(
            signed.helper_id, signed.counter, response.status_code, response.get_data()
        )
        response.headers["Ricochet-Signature"] = enrolment_rules.sign(secret, text)
    return response
