"""Batches by the API: opened by their own UUID, scanned in, closed, undone."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.devices.models import Device


def scans(batch: str, *codes: str) -> dict[str, Any]:
    return {"scans": [{"scan_id": str(uuid.uuid4()), "code": code, "batch": batch} for code in codes]}


def test_a_batch_is_opened_scanned_in_closed_and_undone(app: Flask) -> None:
    caller, devices = Caller(app, "volunteer"), [make.device() for _ in range(3)]
    name, codes = str(uuid.uuid4()), [one.code for one in devices]
    for _ in range(2):
        assert done(caller.post("/batches", {"id": name, "action": "start_wiping"}))["id"] == name
    verdicts = done(caller.post("/scans", scans(name, *codes, codes[0], "BCDFGHJX")))["verdicts"]
    assert [one["verdict"] for one in verdicts] == ["done", "done", "done", "already", "unknown"]
    assert [one["id"] for one in done(caller.get("/batches"))["batches"]] == [name]
    refused(caller.post(f"/batches/{name}/close", {"unsent": 4}), 409, "4 scans")
    closed = done(caller.post(f"/batches/{name}/close", {}))
    assert closed["closed_at"] and closed["counts"]["done"] == 3 and len(closed["scans"]) == 5
    undone = done(caller.post(f"/batches/{name}/undo"))
    assert undone["counts"]["done"] == 0 and undone["undone_at"]
    assert {app.extensions["sqlalchemy"].session.get(Device, one.id).stage for one in devices} == {"received"}


def test_a_mode_that_is_not_the_keys_to_choose_is_refused_at_once(app: Flask) -> None:
    caller = Caller(app, "volunteer")
    refused(caller.post("/batches", {"id": str(uuid.uuid4()), "action": "release"}), 403, "Coordinator")
    refused(caller.post("/batches", {"id": str(uuid.uuid4()), "action": "fly"}), 422, "fly")
    refused(caller.get(f"/batches/{uuid.uuid4()}"), 404, "no such batch")
