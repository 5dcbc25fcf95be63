"""The OpenAPI document: valid, whole, open to all, and true of what the server answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import make
from tests.api.calls import Caller
from tracker.cli import group

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Any text may stand in their addresses, and they take nothing else.
NOTHING_WRONG_POSSIBLE = {"GET /api/v1/verify/{number}"}
PROMISED = """
GET /devices
POST /devices
GET /devices/{code}
GET /devices/{code}/history
POST /scans
GET /batches
POST /batches
GET /batches/{batch_id}
POST /batches/{batch_id}/close
POST /batches/{batch_id}/continue
POST /batches/{batch_id}/undo
POST /reports
POST /station/enrol
POST /station/reports
POST /devices/{code}/checks
POST /devices/{code}/grade
POST /devices/{code}/declarations
POST /destructions/{declaration_id}/confirm
POST /destructions/{declaration_id}/refuse
POST /labels
GET /media
GET /requests
POST /requests
GET /requests/{request_id}
GET /requests/{request_id}/proposals
POST /requests/{request_id}/allocations
POST /handovers
GET /statistics
GET /verify/{number}
POST /donors
POST /collections
POST /collections/{reference}/import
GET /devices/{code}/certificate
""".split("\n")[1:-1]


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_description_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_promised_call_is_described(document: dict[str, Any]) -> None:
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert not set(PROMISED) - described


def test_every_call_says_what_it_does_and_what_it_answers(document: dict[str, Any]) -> None:
    poor = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post"):
                refusal = operation["responses"]["default"]["$ref"]
                good = [code for code in operation["responses"] if code.startswith("2")]
                if not operation.get("summary") or not good or not refusal.endswith("REFUSED"):
                    poor.append(f"{method} {path}")
    assert not poor


def test_the_command_prints_the_same_description(app: Flask, document: dict[str, Any], runner: Any) -> None:
    printed = runner.invoke(group, ["openapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == document


def test_the_page_of_the_description_runs_our_own_files_only(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs")
    assert page.status_code == 200 and 'data-address="/api/openapi.json"' in page.text
    for path in (
        "vendor/swagger-ui/swagger-ui-bundle.js",
        "vendor/swagger-ui/swagger-ui.css",
        "js/api-docs.js",
    ):
        assert f"/static/{path}" in page.text
        with client.get(f"/static/{path}") as sent:
            assert sent.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_any_input_is_answered_as_described(app: Flask) -> None:
    _hold(app, examples=int(os.environ.get("API_EXAMPLES", "4")))


@pytest.mark.long
def test_any_input_is_answered_as_described_at_length(app: Flask) -> None:
    _hold(app, examples=100)


def _hold(app: Flask, examples: int) -> None:
    """Valid and hostile input for every call, as one who may do all: never a fault of ours, always a described shape."""
    make.ready()
    caller = Caller(app, "admin")
    description = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    bounded = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    for found in description.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:
            if mode.is_negative and operation.label in NOTHING_WRONG_POSSIBLE:
                continue
            bounded(given(operation.as_strategy(generation_mode=mode))(_answered(caller)))()


def _answered(caller: Caller) -> Callable[[Any], None]:
    def hold(case: Any) -> None:
        case.call_and_validate(headers=caller.headers, checks=CHECKS)

    return hold
