"""Whatever is sent, the answer is one of ours: a problem document in words, never a fault, and nothing is recorded."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests import make
from tests.api.calls import PROBLEM, Caller, done, refused
from tracker.database import session
from tracker.history.models import HistoryEntry

POSTS = [
    "/devices",
    "/scans",
    "/reports",
    "/devices/BCDFGHJX/checks",
    "/devices/BCDFGHJX/grade",
    "/devices/BCDFGHJX/declarations",
    "/labels",
    "/requests",
    "/requests/1/allocations",
    "/handovers",
    "/donors",
    "/collections",
    "/collections/C-2026-001/import",
]
JSON_POSTS = [path for path in POSTS if path not in ("/reports", "/collections/C-2026-001/import")]
DEEP = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
BODIES = {
    "nothing": (b"", "application/json"),
    "a list": (b"[]", "application/json"),
    "a number": (b"1e999", "application/json"),
    "not a number": (b"NaN", "application/json"),
    "null": (b"null", "application/json"),
    "a text": (b'"x"', "application/json"),
    "broken": (b'{"type":', "application/json"),
    "no text": (b"\xff\xfe\x00", "application/json"),
    "utf-16": ('{"type": "laptop"}'.encode("utf-16"), "application/json"),
    "deep": (DEEP, "application/json"),
    "ten thousand figures": (b'{"weight_g": ' + b"9" * 10_000 + b"}", "application/json"),
    "a NUL": (b'{"type": "lap\\u0000top", "a\\u0000b": 1}', "application/json"),
    "half a sign": (b'{"\\ud800": "\\udfff"}', "application/json"),
    "a form": (b"type=laptop", "application/x-www-form-urlencoded"),
    "xml": (b"<device/>", "application/xml"),
    "parts without edge": (b"--x\r\n\r\n", "multipart/form-data"),
    "parts cut off": (
        b'--x\r\nContent-Disposition: form-data; name="file',
        "multipart/form-data; boundary=x",
    ),
    "strange charset": (b"{}", "application/json; charset=klingon"),
    "strange type": (b"{}", "a/b/c;;;=\x80"),
}


def recorded() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(HistoryEntry)) or 0


def hold(answer: TestResponse) -> None:
    """A refusal of ours, in words."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert answer.mimetype == PROBLEM, answer.text[:300]
    problem = answer.get_json()
    assert problem["status"] == answer.status_code and problem["detail"].strip()


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_refused_by_every_call(app: Flask, name: str) -> None:
    caller = Caller(app, "admin")
    body, kind = BODIES[name]
    before = recorded()
    for path in POSTS:
        for key in (None, "a-key"):
            if key:
                caller.headers["Idempotency-Key"] = f"{key}-{path}"
            hold(caller.post(path, data=body, content_type=kind))
        del caller.headers["Idempotency-Key"]
    assert recorded() == before


STRANGE: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, 2**64, 10**400, 1.5, "", " ", "x" * 3_000, "\0", "é\0", "\ud800", "'; --", "%s",
    "../../etc/passwd", [], [[]], {}, {"a": {}}, [None], ["\0"], "9" * 400, "２", "2026-02-30", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
]  # fmt: skip


def whole_bodies(app: Flask) -> dict[str, dict[str, Any]]:
    """For each call a body that would be taken, of which one field after another is spoilt."""
    device, request = make.device("received"), make.request()
    scan = {"scan_id": "1b4e28ba-2fa1-4d2e-883f-0016d3cca427", "code": device.code, "action": "lose"}
    return {
        "/devices": dict.fromkeys(
            ["type", "manufacturer", "model", "serial", "weight_g", "collection", "code", "stage", "another"]
        )
        | {"type": "laptop", "stage": "received", "another": True},
        "/scans": {"scans": [{**scan, "at": None, "mode": None, "note": None, "values": {"reason": "x"}}]},
        f"/devices/{device.code}/checks": {"answers": {"power": "passed"}, "all": "passed"},
        f"/devices/{device.code}/grade": dict.fromkeys(["battery", "screen", "casing", "note"]) | {"grade": "B"},
        f"/devices/{device.code}/declarations": {"kind": "removed", "serial": "x", "reason": "seen by me"},
        "/labels": {
            "codes": [device.code], "design": "intake", "medium": "avery-l7160", "format": "pdf", "start": 1, "reason": None,
        },
        "/requests": {
            "lines": [{"type": "laptop", "quantity": 1, "needs": {"memory_mb": 4096}}],
            "reference": "x", "note": "y", "draft": True, "association": request.association_id,
        },
        f"/requests/{request.id}/allocations": {"code": device.code, "line": request.lines[0].id},
        "/handovers": {
            "request": request.id, "codes": [device.code], "signed_by": "Claire Exemple", "signature": None,
            "price_cents": 0, "packed": True,
        },
        "/donors": dict.fromkeys(["contact_name", "siret", "reference", "email", "phone", "address", "postcode", "city"])
        | {"kind": "company", "name": "Atelier"},
        "/collections": {"donor": "D-001", "date": "2026-11-20", "reference": None, "note": None},
    }  # fmt: skip


def spoilt(body: Any) -> list[Any]:
    """Copies of a body with one value replaced, at any depth."""
    made: list[Any] = []
    if isinstance(body, dict):
        for name, value in body.items():
            made += [{**body, name: strange} for strange in STRANGE]
            made += [{**body, name: inner} for inner in spoilt(value)]
        made.append({**body, "colour": 1})
    elif isinstance(body, list):
        made += [[inner] for value in body for inner in spoilt(value)]
        made += [[strange] for strange in STRANGE]
    return made


def test_no_value_of_any_field_is_a_fault(app: Flask) -> None:
    caller = Caller(app, "admin")
    for path, body in whole_bodies(app).items():
        for sent in spoilt(body):
            answer = caller.post(path, data=json.dumps(sent), content_type="application/json")
            if answer.status_code >= 300:
                hold(answer)


ADDRESSES = [
    "/devices/%00", "/devices/%FF%FE", "/devices/%ED%A0%80", "/devices/" + "B" * 5_000, "/devices/..%2f..%2fetc",
    "/devices/BCDFGHJX/history", "/devices/%00/certificate", "/requests/0", "/requests/99999999999999999999",
    "/requests/-1", "/requests/1e3", "/requests/9223372036854775808/proposals", "/handovers/2147483648/document",
    "/verify/2026-99999999999999999999%00", "/devices?limit=NaN", "/devices?limit=%00", "/devices?limit=1e9",
    "/devices?limit=" + "9" * 5_000, "/devices?limit=-1", "/devices?limit=1&limit=2&colour=1", "/devices?q=%00",
    "/devices?q=%FF", "/devices?stage=%00", "/devices?type=", "/devices?collection=%00", "/requests?state=%ff",
    "/statistics?from=0001-01-01&to=9999-12-31&group_by=month", "/statistics?from=2026-02-30", "/statistics?site=%00",
    "/statistics?from=9999-12-31&to=9999-12-31", "/statistics?donor=%00", "/statistics?group_by=%00", "/nothing", "/",
]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_address_is_a_fault(app: Flask, path: str) -> None:
    answer = (
        Caller(app, "admin").app.test_client().get(f"/api/v1{path}", headers=Caller(app, "admin").headers)
    )
    if answer.status_code != 200:
        hold(answer)


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = [
    "x", "=", "é", "\0", "W10", forged([]), forged({}), forged(None), forged([0]), forged([0, None]), forged([0, "abc"]),
    forged([0, "\0"]), forged([0, "\ud800"]), forged([0, True]), forged([0, 1.5]), forged([0, 2**62]), forged([0, 2**64]),
    forged([0, {"t": "2026-01-01T00:00:00+00:00"}]), forged([0, {"t": "x"}]), forged([0, {"t": 1}]), forged([0, {}]),
    forged([0, [1]]), forged(["a", 1]), forged([2, 1]), forged([0, 1, 2]), forged([0, {"t": "0001-01-01T00:00:00+23:59"}]),
]  # fmt: skip


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_forged_cursor_is_refused_or_leads_to_a_page(app: Flask, cursor: str) -> None:
    caller, device = Caller(app, "admin"), make.device("received")
    for path in ("/devices", f"/devices/{device.code}/history", "/requests"):
        answer = caller.get(path, cursor=cursor)
        if answer.status_code != 200:
            refused(answer, 422, "")


def test_an_association_reaches_nothing_of_another(app: Flask) -> None:
    theirs = make.request(("screen", 1), of=make.association("Une autre"))
    mine = Caller(app, "association")
    code, line = make.ready("screen").code, theirs.lines[0].id
    device = make.ready("screen")
    kept = make.handover(make.request(("screen", 1), of=make.association("Une autre")), device)
    refused(mine.get(f"/requests/{theirs.id}"), 404, "no such request")
    refused(mine.get(f"/handovers/{kept.id}/document"), 404, "no such handover")
    refused(mine.get(f"/requests/{theirs.id}/proposals"), 403, "role")
    promised = {"code": code, "line": line}
    refused(mine.post(f"/requests/{theirs.id}/allocations", promised), 403, "role")
    hers = {"lines": [{"type": "screen", "quantity": 1}], "association": theirs.association_id}
    hold(mine.post("/requests", hers))
    assert done(mine.get("/requests"))["items"] == []
