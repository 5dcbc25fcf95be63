"""The description of the interface, and its page: both are open to all."""

from __future__ import annotations

from functools import cache
from typing import Any

import flask_smorest
from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.blueprints import BlueprintSetupState
from marshmallow import fields

from tracker.accounts.rules import Permission
from tracker.api import (
    batches,
    bench,
    certificates,
    collections,
    destructions,
    devices,
    handovers,
    keyed,
    labels,
    media,
    printing,
    reading,
    reports,
    requests,
    scans,
    stations,
    statistics,
    stock_checks,
)
from tracker.api.fields import Shape
from tracker.distribution.rules import NothingHandedOver
from tracker.web.access import requires

blueprint = Blueprint("api", __name__, url_prefix="/api")

RESOURCES = (
    collections.resource,
    devices.resource,
    destructions.resource,
    scans.resource,
    batches.resource,
    stock_checks.resource,
    reports.resource,
    stations.resource,
    certificates.resource,
    bench.resource,
    labels.resource,
    media.resource,
    printing.resource,
    requests.resource,
    handovers.resource,
    statistics.resource,
)
PROBLEM = "application/problem+json"
ABOUT = """\
Every call but the public ones carries `Authorization: Bearer <token>`; tokens are made on the page “Your account”.
Errors are problem documents (RFC 9457): `detail` says what is wrong and what to do, in French or English as
`Accept-Language` asks; `errors` names the fields. Lists give `items` and `next_cursor`; `limit` is at most 200.
A POST may carry `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): sent again, it is done once, and the
first answer comes again with `Idempotent-Replayed: true`. Keys are kept for 24 hours. An answer over 1 MiB (many
labels as pictures) is not kept: that call is then simply done again.
Times are ISO 8601 with their zone, weights in grams, prices in cents."""

IDEMPOTENCY_KEY = {
    "name": keyed.HEADER,
    "in": "header",
    "required": False,
    "description": (
        "One to 255 plain signs, best a UUID, bare or in double quotes: the same call sent again with the same key and "
        "token is not done twice. Kept for 24 hours. Another call under the key is refused with 422, one whose first "
        "sending still runs with 409; a call that was refused leaves the key free."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": keyed.LONGEST_KEY + 2, "pattern": "^[!-~]+$"},
}
IDEMPOTENT_REPLAYED = {
    "description": "“true”: the answer of the first sending, given again",
    "schema": {"type": "string", "enum": ["true"]},
}


class Problem(Shape):
    """Why a call was refused, and what to do (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class Interface(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The description, made from the code. Refusals stay with `tracker.web.refusals`."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """They are there from the start, before anybody asks for the description."""


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Register every resource. The description is made when it is first asked for: it takes a third of a start."""
    state.app.register_error_handler(reading.Misread, reading.misread)
    state.app.register_error_handler(NothingHandedOver, reading.nothing_handed_over)
    for resource in RESOURCES:
        state.app.register_blueprint(resource)
    state.app.extensions["api_description"] = cache(lambda: _made(state))


def _made(state: BlueprintSetupState) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the resources as they are registered."""
    interface = Interface(
        state.app,
        spec_kwargs={
            "title": "Ricochet",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": ABOUT},
            "security": [{"token": []}],
        },
    )
    interface.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for resource in RESOURCES:
        resource.register_views_in_doc(
            interface, state.app, interface.spec, name=resource.name, parameters=None
        )
        interface.spec.tag({"name": resource.name, "description": resource.description})
    return described(interface.spec.to_dict())


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its refusals as they are: problem documents, whatever the status."""
    named = document["components"]["responses"]
    for name, response in named.items():
        if "content" in response:
            response["content"] = {PROBLEM: next(iter(response["content"].values()))}
        response["description"] = response.get("description") or name
    for tag in document.get("tags", []):
        tag["name"] = tag["name"].removeprefix("api_")
    named["REFUSED"] = {
        "description": "Refused; `detail` says why and what to do",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in document["paths"].values():
        for method, operation in path.items():
            if method == "post" and operation.get("security") != []:
                _may_carry_a_key(operation)
            if method in ("get", "post"):
                operation["responses"] = {
                    code: one for code, one in operation["responses"].items() if code.startswith("2")
                } | {"default": {"$ref": "#/components/responses/REFUSED"}}
    document["components"]["responses"] = {"REFUSED": named["REFUSED"]}
    document["components"]["parameters"] = {"IdempotencyKey": IDEMPOTENCY_KEY}
    return document


def _may_carry_a_key(operation: dict[str, Any]) -> None:
    reference = {"$ref": "#/components/parameters/IdempotencyKey"}
    operation["parameters"] = [*operation.get("parameters", []), reference]
    for code, answer in operation["responses"].items():
        if code.startswith("2"):
            answer.setdefault("headers", {})[keyed.REPLAYED] = IDEMPOTENT_REPLAYED


@blueprint.get("/openapi.json")
@requires(Permission.PUBLIC)
def description() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(current_app.extensions["api_description"]())


@blueprint.get("/docs")
@requires(Permission.PUBLIC)
def docs() -> str:
    """The document as a page one can try calls from."""
    return render_template("api/docs.html")
