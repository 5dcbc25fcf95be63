"""A laptop from the donor's list to an association's hands, back, and out: by the API alone, with each wrong turn."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tracker import clock
from tracker.demo.reports import Disk, Machine, nwipe_log, smartctl_json

LIST = b"type;marque;modele;numero de serie;poids (kg);chargeur\nportable;Lenovo;ThinkPad L480;PF1RICO8;1,9;oui\necran;Dell;P2419H;CN0RICO9;4,5;\n"
LAPTOP = Machine("LENOVO", "ThinkPad L480", "PF1RICO8")
DISK = Disk("sda", "SATA-SSD", "RICO SSD 256", "RSS80A0001", 256_060_514_304)


class Bench:
    """The people of the journey."""

    def __init__(self, app: Flask) -> None:
        make.site()
        make.association("Le Relais")
        self.volunteer = Caller(app, "volunteer")
        self.quality = Caller(app, "quality")
        self.coordinator = Caller(app, "coordinator")
        self.association = Caller(app, "association")


def scan(by: Caller, code: str, action: str, **values: Any) -> dict[str, Any]:
    """The verdict of one scan."""
    one: dict[str, Any] = {
        "scan_id": str(uuid.uuid4()),
        "code": code,
        "action": action,
        "at": clock.now().isoformat(),
    }
    if values:
        one["values"] = values
    (verdict,) = done(by.post("/scans", {"scans": [one]}))["verdicts"]
    assert verdict["scan_id"] == one["scan_id"]
    return dict(verdict)


def moved(by: Caller, code: str, action: str, stage: str, **values: Any) -> None:
    verdict = scan(by, code, action, **values)
    assert (verdict["verdict"], verdict["stage"]) == ("done", stage), verdict


def stopped(by: Caller, code: str, action: str, word: str, **values: Any) -> None:
    verdict = scan(by, code, action, **values)
    assert verdict["verdict"] == "refused", verdict
    assert word in verdict["message"], verdict


def wipe(by: Caller, *, failed: bool = False, minutes_ago: int = 0) -> dict[str, Any]:
    """The log of a real run over the laptop's drive, sent as the boot stick wrote it.

    Two runs that end in the same second would be one file, and the second upload nothing new.
    """
    broken = frozenset({DISK.serial}) if failed else frozenset()
    ended = clock.now() - dt.timedelta(minutes=minutes_ago)
    log = nwipe_log(LAPTOP, [DISK], ended, failed=broken)
    (report,) = done(by.send("/reports", ("nwipe.log", log)))["reports"]
    return dict(report)


@pytest.fixture
def bench(app: Flask) -> Bench:
    return Bench(app)


def test_a_laptop_goes_the_whole_way_by_the_api(bench: Bench) -> None:
    code, screen = _comes_in(bench)
    _is_wiped(bench, code)
    _is_reconditioned(bench, code)
    request, line = _is_asked_for(bench, code, screen)
    _is_handed_over(bench, code, request, line)
    _comes_back_and_leaves(bench, code)


def _comes_in(bench: Bench) -> tuple[str, str]:
    donor = {"kind": "public_body", "name": "Mairie de Tours", "city": "Tours"}
    refused(bench.volunteer.post("/donors", donor), 403, "role")
    reference = done(bench.coordinator.post("/donors", donor), 201)["reference"]
    refused(bench.volunteer.post("/collections", {"donor": "D-999", "date": "2026-11-20"}), 404, "D-999")
    gift = {"donor": reference, "date": clock.now().date().isoformat()}
    gift_ref = done(bench.volunteer.post("/collections", gift), 201)["reference"]

    address = f"/collections/{gift_ref}/import"
    refused(bench.volunteer.send(address, ("list.csv", LIST), part="file"), 403, "Announce")
    tried = done(bench.coordinator.send(f"{address}?dry_run=true", ("list.csv", LIST), part="file"))
    assert tried["dry_run"] and tried["counts"]["new"] == 2
    assert done(bench.coordinator.get("/devices", collection=gift_ref))["items"] == []
    added = done(bench.coordinator.send(address, ("list.csv", LIST), part="file"))
    assert [row["verdict"] for row in added["rows"]] == ["new", "new"]
    again = done(bench.coordinator.send(address, ("list.csv", LIST), part="file"))
    assert again["counts"]["new"] == 0 and again["counts"]["already"] == 2
    code, screen = (row["code"] for row in added["rows"])

    order = {"codes": [code, screen], "design": "collection", "medium": "avery-l7160", "format": "pdf"}
    labels = bench.volunteer.post("/labels", order)
    assert labels.status_code == 200 and labels.data.startswith(b"%PDF")
    stopped(bench.volunteer, code, "start_wiping", "Receive")
    for one in (code, screen):
        moved(bench.volunteer, one, "receive", "received")
    return code, screen


def _is_wiped(bench: Bench, code: str) -> None:
    stopped(bench.volunteer, code, "finish_wiping", "drive")
    moved(bench.volunteer, code, "start_wiping", "wiping")
    stopped(bench.coordinator, code, "recycle", "drive", slip_number="BSD-20261124-H7F59G71D")
    report = wipe(bench.volunteer, failed=True, minutes_ago=2)
    assert report["device"] == code and report["matched_by"] == "serial"
    assert [drive["verdict"] for drive in report["drives"]] == ["failed"]
    stopped(bench.volunteer, code, "finish_wiping", DISK.serial)
    assert done(bench.volunteer.get(f"/devices/{code}"))["flags"] == ["wipe_failed"]
    report = wipe(bench.volunteer, minutes_ago=1)
    assert [(drive["serial"], drive["verdict"]) for drive in report["drives"]] == [(DISK.serial, "wiped")]
    smart = done(
        bench.volunteer.send("/reports", ("sda-smart.json", smartctl_json(DISK, 4_000)), device=code)
    )
    assert smart["reports"][0]["drives"][0]["serial"] == DISK.serial
    moved(bench.volunteer, code, "finish_wiping", "wiped")
    device = done(bench.volunteer.get(f"/devices/{code}"))
    assert device["flags"] == [] and device["drives"][0]["end"] == "wiped"
    genuine = done(bench.volunteer.get(f"/verify/{device['certificate']}"))
    assert genuine["genuine"] and genuine["valid"]
    assert DISK.serial not in str(genuine)


def _is_reconditioned(bench: Bench, code: str) -> None:
    refused(
        bench.volunteer.post(f"/devices/{code}/checks", {"all": "passed"}), 409, "Start the reconditioning"
    )
    moved(bench.volunteer, code, "start_reconditioning", "reconditioning")
    stopped(bench.volunteer, code, "finish_reconditioning", "Still to test")
    key = done(bench.volunteer.get(f"/devices/{code}/checks"))["left"][0]
    part = done(bench.volunteer.post(f"/devices/{code}/checks", {"answers": {key: "failed"}}))
    assert part["failed"] == [key] and part["left"]
    assert done(bench.volunteer.post(f"/devices/{code}/checks", {"all": "passed"}))["complete"]
    moved(bench.volunteer, code, "finish_reconditioning", "reconditioned")
    stopped(bench.quality, code, "pass_quality_check", "grade")
    grade = {"grade": "B", "battery": 72, "screen": "A", "casing": "B"}
    assert done(bench.volunteer.post(f"/devices/{code}/grade", grade), 201)["battery"] == "B"
    stopped(bench.volunteer, code, "pass_quality_check", "Quality checker")
    moved(bench.quality, code, "pass_quality_check", "ready")


def _is_asked_for(bench: Bench, code: str, screen: str) -> tuple[int, int]:
    wish = {"lines": [{"type": "laptop", "quantity": 1}], "reference": "F-12"}
    refused(bench.volunteer.post("/requests", wish), 403, "role")
    refused(bench.coordinator.post("/requests", wish), 422, "association")
    made = done(bench.association.post("/requests", wish), 201)
    assert made["state"] == "sent" and made["place"] == 1
    request, line = made["id"], made["lines"][0]["id"]
    refused(bench.association.get(f"/requests/{request}/proposals"), 403, "role")
    (proposed,) = done(bench.coordinator.get(f"/requests/{request}/proposals"))["lines"]
    assert [one["code"] for one in proposed["devices"]] == [code]
    allocations = f"/requests/{request}/allocations"
    refused(bench.coordinator.post(allocations, {"code": screen, "line": line}), 409, "Reserve")
    refused(bench.coordinator.post(allocations, {"code": code, "line": line + 99}), 404, "line")
    stopped(bench.coordinator, code, "reserve", "requests")
    promised = done(bench.coordinator.post(allocations, {"code": code, "line": line}), 201)
    assert (promised["stage"], promised["state"]) == ("reserved", "accepted")
    refused(bench.coordinator.post(allocations, {"code": code, "line": line}), 409, "already reserved")
    return request, line


def _is_handed_over(bench: Bench, code: str, request: int, line: int) -> None:
    given = {"request": request, "codes": [code], "signed_by": "Personne de l’association, bénévole"}
    problem = refused(bench.volunteer.post("/handovers", given), 409, "Missing beside the device")
    assert list(problem["errors"]) == [code]
    moved(bench.volunteer, code, "prepare", "prepared")
    # A public body gave it, and no ground of this association is on record.
    refused(bench.volunteer.post("/handovers", given), 409, "public")
    with make.written():
        from tracker.accounts.rules import Ground

        make.association("Le Relais").ground = Ground.REUSE_BODY
    refused(bench.volunteer.post("/handovers", {**given, "price_cents": 18_001}), 409, "cap")
    made = done(bench.volunteer.post("/handovers", {**given, "price_cents": 18_000}), 201)
    document = bench.association.get(made["document"].removeprefix("/api/v1"))
    assert document.status_code == 200 and document.data.startswith(b"%PDF")
    assert done(bench.association.get(f"/requests/{request}"))["state"] == "served"
    refused(bench.volunteer.post("/handovers", given), 409, "handed over already")


def _comes_back_and_leaves(bench: Bench, code: str) -> None:
    stopped(bench.volunteer, code, "take_back", "reason")
    moved(bench.volunteer, code, "take_back", "received", reason="ne charge plus")
    slip = {"slip_number": "BSD-20261124-H7F59G71D"}
    stopped(bench.volunteer, code, "recycle", "Coordinator", **slip)
    stopped(bench.coordinator, code, "recycle", DISK.serial, **slip)
    assert done(bench.volunteer.get(f"/devices/{code}"))["certificate"] is None
    wipe(bench.volunteer)
    moved(bench.volunteer, code, "finish_wiping", "wiped")
    stopped(bench.coordinator, code, "recycle", "slip")
    moved(bench.coordinator, code, "recycle", "recycled", **slip)
    told = done(bench.volunteer.get(f"/devices/{code}/history", limit=200))["items"]
    assert [one["to"] for one in told if one["to"]] == [
        "announced",
        "received",
        "wiping",
        "wiped",
        "reconditioning",
        "reconditioned",
        "ready",
        "reserved",
        "prepared",
        "delivered",
        "received",
        "wiped",
        "recycled",
    ]
    assert [one["sequence"] for one in told] == sorted(one["sequence"] for one in told)
