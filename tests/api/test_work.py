"""Scans, reports, the bench, labels and certificates by the API."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tests.wiping.reports import FAILED, FIXTURES
from tracker.api.scans import Verdicts
from tracker.database import session
from tracker.history.models import HistoryEntry


def scan(code: str, action: str | None = None, **values: Any) -> dict[str, Any]:
    one = {"scan_id": str(uuid.uuid4()), "code": code, "at": "2026-11-24T16:08:00+01:00", **values}
    return {**one, "action": action} if action else one


def entries() -> int:
    session.rollback()
    return session.query(HistoryEntry).count()


def test_each_scan_of_a_batch_is_judged_by_itself(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    sent = [
        scan(device.code, "start_wiping"),
        scan(device.code, "start_wiping"),
        scan(device.code, "reserve"),
        scan(device.code, "fly"),
        scan("BCDFGHJX"),
        scan(device.code),
    ]
    verdicts = done(caller.post("/scans", {"scans": sent}))["verdicts"]
    assert [one["verdict"] for one in verdicts] == [
        "done",
        "already",
        "refused",
        "refused",
        "unknown",
        "done",
    ]
    assert [one["scan_id"] for one in verdicts] == [one["scan_id"] for one in sent]
    assert verdicts[0]["stage"] == "wiping"
    assert verdicts[0]["next_actions"][0] == {"action": "finish_wiping", "name": "Record the wipe"}


def test_what_is_told_of_each_scan_has_the_shape_that_is_described(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    sent = [
        *(scan(device.code, action) for action in ("start_wiping", "start_wiping", "reserve", "fly", None)),
        scan("BCDFGHJX", "start_wiping"),
        scan("http://example.org"),
    ]
    again = {**scan(device.code, "lose"), "scan_id": sent[0]["scan_id"]}
    told = done(caller.post("/scans", {"scans": [*sent, sent[0], again]}))
    assert Verdicts().validate(told) == {}
    assert len({one["verdict"] for one in told["verdicts"]}) == 5


def test_the_same_scan_gives_the_same_verdict_and_no_second_entry(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    body = {"scans": [scan(device.code, "start_wiping")]}
    first = done(caller.post("/scans", body))
    done(caller.post("/scans", {"scans": [scan(device.code, "lose", values={"reason": "not on its shelf"})]}))
    before = entries()
    assert done(caller.post("/scans", body)) == first
    assert entries() == before


@pytest.mark.parametrize(
    ("one", "word"),
    [
        ({"code": "BCDFGHJX"}, "missing"),
        ({"scan_id": "seven", "code": "BCDFGHJX"}, "UUID"),
        ({"scan_id": str(uuid.uuid4()), "code": "BCDFGHJX", "at": "2026-11-24T16:08:00"}, "zone"),
        ({"scan_id": str(uuid.uuid4()), "code": "BCDFGHJX", "values": {"colour": "red"}}, "not known"),
        ("BCDFGHJX", "JSON object"),
    ],
)
def test_a_scan_that_cannot_be_read_names_its_place(app: Flask, one: object, word: str) -> None:
    problem = refused(Caller(app, "volunteer").post("/scans", {"scans": [one]}), 422, word)
    assert next(iter(problem["errors"])).startswith("scans.0")


def test_more_than_five_hundred_scans_are_refused(app: Flask) -> None:
    body = {"scans": [scan("BCDFGHJX") for _ in range(501)]}
    refused(Caller(app, "volunteer").post("/scans", body), 422, "500")


def test_a_report_says_each_drive_verbatim_and_is_known_the_second_time(app: Flask) -> None:
    caller = Caller(app, "volunteer")
    data = (FIXTURES / FAILED).read_bytes()
    (first,) = done(caller.send("/reports", (FAILED, data)))["reports"]
    assert {one["verdict"] for one in first["drives"]} == {"wiped", "failed"}
    assert all(one["reasons"] for one in first["drives"] if one["verdict"] == "failed")
    assert first["device"] is None and first["matched_by"] is None and not first["known"]
    (again,) = done(caller.send("/reports", ("other-name.txt", data)))["reports"]
    assert again["known"] and again["sha256"] == first["sha256"]


def test_a_person_says_which_device_a_report_is_about(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    data = b'{"json_format_version": [1, 0], "smartctl": {"version": [7, 4]}, "device": {"name": "/dev/sda"}, "serial_number": "(S/N: unknown)"}'
    (one,) = done(caller.send("/reports", ("x.json", data), device=device.code))["reports"]
    assert one["device"] == device.code and one["matched_by"] == "person"
    assert one["drives"][0]["serial"] == "(S/N: unknown)"
    refused(caller.send("/reports", ("x.json", data), device="BCDFGHJX"), 404, "BCDF")
    refused(caller.post("/reports"), 422, "files[]")
    refused(caller.send("/reports", ("x.json", data), color="red"), 422, "not known")
    (other,) = done(caller.send("/reports", ("any.txt", b"nothing of use"), part="files"))["reports"]
    assert other["kind"] == "unknown" and other["drives"] == []


def test_checks_want_one_of_two_ways(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("reconditioning")
    path = f"/devices/{device.code}/checks"
    refused(caller.post(path, {}), 422, "either")
    refused(caller.post(path, {"all": "passed", "answers": {}}), 422, "either")
    refused(caller.post(path, {"answers": {"fly": "passed"}}), 422, "fly")
    refused(caller.post(path, {"all": "splendid"}), 422, "passed")
    refused(caller.post(path, {"answers": {"power": 7}}), 422, "passed")


def test_a_grade_is_one_of_three_letters(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    path = f"/devices/{device.code}/grade"
    refused(caller.post(path, {"grade": "D"}), 422, "A, B, C")
    refused(caller.post(path, {"grade": "A", "battery": 101}), 422, "percent")
    refused(caller.post(path, {"grade": "A"}), 409, "Received")


def test_declarations_are_a_named_persons_word(app: Flask) -> None:
    caller = Caller(app, "volunteer")
    laptop, phone = make.device("received"), make.device("received", "smartphone")
    path = f"/devices/{laptop.code}/declarations"
    refused(caller.post(path, {"kind": "no_storage"}), 422, "missing")
    refused(caller.post(path, {"kind": "no_storage", "reason": "x"}), 422, "few words")
    refused(
        caller.post(path, {"kind": "factory_reset", "reason": "reset by hand"}), 409, "phones and tablets"
    )
    made = done(caller.post(path, {"kind": "no_storage", "reason": "bay is empty"}), 201)
    assert made["kind"] == "no_storage" and made["declared_by"]
    path = f"/devices/{phone.code}/declarations"
    reset = {"kind": "factory_reset", "reason": "reset from its menu"}
    refused(caller.post(path, {**reset, "lock_checked": False}), 422, "lock")
    done(caller.post(path, reset), 201)
    gone = {"kind": "destroyed", "serial": "WD-RICO0001", "reason": "drilled"}
    assert done(caller.post(f"/devices/{laptop.code}/declarations", gone), 201)["serial"] == "WD-RICO0001"


def test_a_destruction_counts_when_another_person_confirms_it(app: Flask) -> None:
    caller, other, device = Caller(app, "volunteer"), Caller(app, "quality"), make.device("received")
    gone = {"kind": "destroyed", "serial": "WD-RICO0001", "reason": "drilled"}
    made = done(caller.post(f"/devices/{device.code}/declarations", gone), 201)
    assert not made["counts"]
    path = f"/destructions/{made['id']}"
    refused(other.post("/destructions/99999/confirm", {"slip": "D-1"}), 404, "not here")
    refused(caller.post(f"{path}/confirm", {"slip": "D-1"}), 403, "someone else")
    refused(other.post(f"{path}/confirm", {}), 422, "slip")
    told = done(other.post(f"{path}/confirm", {"slip": "D-1"}))
    assert told["counts"] and told["slip"] == "D-1" and told["confirmed_by"] != made["declared_by"]
    refused(other.post(f"{path}/refuse", {"note": "it still turns"}), 409, "confirmed already")


def test_a_destruction_that_was_refused_never_counts(app: Flask) -> None:
    caller, other, device = Caller(app, "volunteer"), Caller(app, "quality"), make.device("received")
    gone = {"kind": "destroyed", "serial": "WD-RICO0001", "reason": "drilled"}
    made = done(caller.post(f"/devices/{device.code}/declarations", gone), 201)
    path = f"/destructions/{made['id']}"
    refused(other.post(f"{path}/refuse", {"note": ""}), 422, "")
    told = done(other.post(f"{path}/refuse", {"note": "it still turns"}))
    assert not told["counts"] and told["refused_at"]
    refused(other.post(f"{path}/confirm", {"slip": "D-1"}), 409, "declare its destruction again")


def test_labels_come_as_the_file_of_their_format(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    order = {"codes": [device.code], "design": "intake", "medium": "avery-l7160", "format": "pdf", "start": 3}
    answer = caller.post("/labels", order)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    roll = {**order, "medium": "brother-dk-11209", "format": "svg"}
    assert b"<svg" in caller.post("/labels", roll).data
    refused(caller.post("/labels", {**order, "codes": ["BCDFGHJX"]}), 422, "BCDF")
    refused(caller.post("/labels", {**order, "medium": "parchment"}), 422, "parchment")
    refused(caller.post("/labels", {**order, "codes": []}), 422, "1 to 1000")


def test_a_certificate_is_fetched_and_verified_by_anybody(app: Flask) -> None:
    ready = make.ready()
    caller, stranger = Caller(app, "volunteer"), Caller(app, None)
    document = caller.get(f"/devices/{ready.code}/certificate")
    assert document.status_code == 200 and document.data.startswith(b"%PDF")
    number = done(caller.get(f"/devices/{ready.code}"))["certificate"]
    said = done(stranger.get(f"/verify/{number}"))
    assert said["genuine"] and said["valid"] and said["device"]["code"] == ready.code
    assert not done(stranger.get("/verify/2026-99999"))["genuine"]
    assert not done(stranger.get("/verify/anything"))["genuine"]
    refused(caller.get(f"/devices/{make.device('received').code}/certificate"), 404, "certificate")


def test_a_revoked_certificate_says_so(app: Flask) -> None:
    from tracker.wiping import certificate_operations, certificate_queries

    ready = make.ready()
    with make.written():
        valid = certificate_queries.valid_for(ready)
        assert valid is not None
        certificate_operations.revoke(valid, make.actor("coordinator"), "wrong drive")
        number = valid.number
    said = done(Caller(app, None).get(f"/verify/{number}"))
    assert said["genuine"] and not said["valid"] and said["revoked_at"] and "wrong drive" not in str(said)


def test_figures_come_with_range_and_source(app: Flask) -> None:
    ready = make.ready()
    make.handover(make.request(), ready)
    caller = Caller(app, "volunteer")
    told = done(caller.get("/statistics", group_by="type"))
    figures = {one["key"]: one for one in told["indicators"]}
    assert figures["delivered"]["value"] == 1
    assert all({"value", "low", "high", "n", "source"} <= set(one) for one in told["indicators"])
    laptops = next(one for one in told["groups"] if one["group"] == "laptop")
    assert {one["key"]: one["value"] for one in laptops["indicators"]}["delivered"] == 1
    assert (
        len(
            done(
                caller.get("/statistics", **{"from": "2026-01-01", "to": "2026-03-31", "group_by": "month"})
            )["groups"]
        )
        == 3
    )
    refused(caller.get("/statistics", **{"from": "2026-05-01", "to": "2026-01-01"}), 422, "exchange")
    refused(caller.get("/statistics", site="NOWHERE"), 422, "NORD")
    refused(caller.get("/statistics", donor="D-001"), 403, "role")
