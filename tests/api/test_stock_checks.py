"""Stock checks by the API: begun at a place, scanned, read, closed; each scan judged once."""

from __future__ import annotations

import uuid

from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.database import session, transaction
from tracker.scanning import sync_queries
from tracker.stock import operations


def test_a_place_is_checked_and_what_was_not_found_is_missing_once_closed(app: Flask) -> None:
    shelf, other, caller = make.location("A"), make.location("B"), Caller(app, "volunteer")
    site_id = make.user().site_id
    here, left, stranger, late = (make.device() for _ in range(4))
    with transaction():
        for one, place in ((here, shelf), (left, shelf), (late, shelf), (stranger, other)):
            operations.put(one, place, make.system())
    check = done(caller.post("/stock-checks", {"location": f"https://x/L/{shelf.code}"}))
    assert done(caller.post("/stock-checks", {"location": shelf.code}))["id"] == check["id"]
    path = f"/stock-checks/{check['id']}"
    read = [here.code, here.code, stranger.code, "BCDFGHJX", "nothing", shelf.code]
    sent = {"scans": [{"scan_id": str(uuid.uuid4()), "code": one} for one in read]}
    for _ in range(2):  # again: the same verdicts
        verdicts = done(caller.post(f"{path}/scans", sent))["verdicts"]
        assert [one["verdict"] for one in verdicts] == [
            "done", "already", "other_collection", "unknown", "unknown", "refused",
        ]  # fmt: skip
    told = done(caller.get(path))
    assert [one["code"] for one in told["found"]] == [here.code] and told["unknown_codes"] == ["BCDFGHJX"]
    assert [one["code"] for one in told["to_scan"]] == [left.code, late.code] and not told["missing"]
    assert (told["unexpected"][0]["code"], told["unexpected"][0]["belongs_in"]) == (stranger.code, other.code)
    closed = done(caller.post(f"{path}/close"))
    assert [one["code"] for one in closed["missing"]] == [left.code, late.code] and not closed["to_scan"]
    assert done(caller.post(f"{path}/close"))["closed_at"] == closed["closed_at"]
    # A phone that was without network: nothing is dropped, a person looks at it.
    last = {"scan_id": str(uuid.uuid4()), "code": late.code, "client": str(uuid.uuid4())}
    assert done(caller.post(f"{path}/scans", {"scans": [last]}))["verdicts"][0]["verdict"] == "conflict"
    session.rollback()
    assert [device and device.code for _, device in sync_queries.troubles(site_id)] == [late.code]
    assert done(caller.get(path)) == closed
    refused(caller.get("/stock-checks/999999"), 404, "does not exist")
    refused(caller.post("/stock-checks/999999/scans", {"scans": []}), 404, "does not exist")
    refused(Caller(app, "association").get(path), 403, "")
