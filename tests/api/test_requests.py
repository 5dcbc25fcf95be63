"""Requests, allocations, handovers, donors and collections by the API."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused

LAPTOP = {"lines": [{"type": "laptop", "quantity": 2, "needs": {"memory_mb": 8192, "usage": "study"}}]}


def test_an_association_asks_for_itself_and_sees_its_own_only(app: Flask) -> None:
    caller = Caller(app, "association")
    other = make.request(of=make.association("Une autre"))
    made = done(caller.post("/requests", {**LAPTOP, "note": "for a class", "reference": "F-12"}), 201)
    assert made["state"] == "sent" and made["lines"][0]["needs"] == LAPTOP["lines"][0]["needs"]
    assert made["estimate"][0]["median_days"] is None
    assert [one["id"] for one in done(caller.get("/requests"))["items"]] == [made["id"]]
    assert done(caller.get(f"/requests/{made['id']}"))["note"] == "for a class"
    refused(caller.get(f"/requests/{other.id}"), 404, "no such request")
    for name in ("Une autre", "Nobody"):  # whether there is such an association is not hers to know
        refused(caller.post("/requests", {**LAPTOP, "association": name}), 404, f"no association “{name}”")
    done(caller.post("/requests", {**LAPTOP, "association": "Le Relais", "draft": True}), 201)
    assert len(done(Caller(app, "coordinator").get("/requests"))["items"]) == 3


def test_a_coordinator_names_the_association(app: Flask) -> None:
    caller, relay = Caller(app, "coordinator"), make.association("Le Relais")
    refused(caller.post("/requests", LAPTOP), 422, "association")
    for name in (relay.id, "Le Relais"):
        made = done(caller.post("/requests", {**LAPTOP, "association": name}), 201)
        assert made["association"] == {"id": relay.id, "name": "Le Relais"}
    refused(caller.post("/requests", {**LAPTOP, "association": "Nobody"}), 404, "Nobody")
    refused(caller.post("/requests", {**LAPTOP, "association": 10**30}), 404, "does not exist")
    draft = done(caller.post("/requests", {**LAPTOP, "association": relay.id, "draft": True}), 201)
    assert draft["state"] == "draft"
    assert len(done(caller.get("/requests", state="draft"))["items"]) == 1
    refused(Caller(app, "volunteer").get("/requests"), 403, "role")


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([], "1 to 20"),
        ([{"type": "laptop"}], "missing"),
        ([{"type": "laptop", "quantity": 0}], "from 1 to 500"),
        ([{"type": "laptop", "quantity": True}], "whole number"),
        ([{"type": "laptop", "quantity": 1, "needs": {"colour": 1}}], "colour"),
        ([{"type": "laptop", "quantity": 1, "needs": {"memory_mb": 1}}], "between"),
        ("laptop", "square brackets"),
    ],
)
def test_a_wrong_line_is_refused_in_words(app: Flask, lines: object, word: str) -> None:
    refused(Caller(app, "association").post("/requests", {"lines": lines}), 422, word)


def test_a_full_line_takes_no_more(app: Flask) -> None:
    caller = Caller(app, "coordinator")
    request = make.request(("screen", 1))
    first, second = make.ready("screen"), make.ready("screen")
    path = f"/requests/{request.id}/allocations"
    line = request.lines[0].id
    done(caller.post(path, {"code": first.code, "line": line}), 201)
    refused(caller.post(path, {"code": second.code, "line": line}), 409, "full")
    other = make.request(("screen", 1))
    taken = {"code": first.code, "line": other.lines[0].id}
    refused(caller.post(f"/requests/{other.id}/allocations", taken), 409, "Someone else was first")
    refused(caller.post(path, taken), 404, "no such line")
    refused(caller.post(path, {"code": second.code, "line": 2**40}), 422, "from 1 to")
    assert done(caller.get(f"/requests/{request.id}/proposals"))["lines"][0]["devices"] == []


def test_several_devices_go_against_one_signature_or_none_does(app: Flask) -> None:
    caller = Caller(app, "volunteer")
    request = make.request(("screen", 2))
    one, two = make.ready("screen"), make.ready("screen")
    make.reserved(request, one)
    given = {
        "request": request.id,
        "codes": [one.code, two.code],
        "signed_by": "Claire Exemple, présidente",
        "packed": True,
    }
    problem = refused(caller.post("/handovers", given), 409, "Nothing was handed over")
    assert list(problem["errors"]) == [two.code]
    assert done(caller.get(f"/devices/{one.code}"))["stage"] == "reserved"
    make.reserved(request, two)
    made = done(caller.post("/handovers", given), 201)
    assert sorted(made["codes"]) == sorted([one.code, two.code]) and made["number"].startswith("R-")
    assert caller.get(made["document"].removeprefix("/api/v1")).data.startswith(b"%PDF")
    stranger = Caller(
        app, "association", "other@example.org", association_name=make.association("Une autre").name
    )
    refused(stranger.get(made["document"].removeprefix("/api/v1")), 404, "no such handover")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"codes": []}, "1 to 1000"),
        ({"signed_by": ""}, "name of the person"),
        ({"signature": "scribble"}, "could not be read"),
        ({"price_cents": -1}, "from 0 to"),
        ({"price_cents": 1.5}, "whole number"),
        ({"codes": ["BCDFGHJX"]}, "BCDF"),
        ({"request": 999}, "no such request"),
    ],
)
def test_a_handover_that_cannot_be_read_is_refused(app: Flask, changed: dict[str, object], word: str) -> None:
    request = make.request(("screen", 1))
    given = {"request": request.id, "codes": ["BCDFGHJX"], "signed_by": "Claire Exemple", **changed}
    answer = Caller(app, "volunteer").post("/handovers", given)
    refused(answer, 404 if word in ("BCDF", "no such request") else 422, word)


def test_a_persons_name_stays_in_her_contact(app: Flask) -> None:
    caller = Caller(app, "coordinator")
    made = done(caller.post("/donors", {"kind": "person", "name": "Personne Donatrice"}), 201)
    from tracker.collection import queries

    donor = queries.donor(made["reference"])
    assert donor.name is None and donor.contact is not None and donor.contact.name == "Personne Donatrice"
    refused(caller.post("/donors", {"kind": "company", "name": "X", "siret": "12"}), 422, "SIRET")
    refused(caller.post("/donors", {"kind": "king", "name": "X"}), 422, "company")
    gift = {"donor": made["reference"], "date": "2026-11-20", "reference": "c-rico"}
    assert done(caller.post("/collections", gift), 201)["reference"] == "C-RICO"
    refused(caller.post("/collections", gift), 409, "C-RICO")
    refused(caller.post("/collections", {**gift, "date": "yesterday"}), 422, "2026-11-24")


def test_a_list_that_is_none_is_refused_and_nothing_is_added(app: Flask) -> None:
    caller, gift = Caller(app, "coordinator"), make.collection()
    path = f"/collections/{gift.reference}/import"
    refused(caller.post(path), 422, "file")
    refused(caller.send(path, ("x.csv", b""), part="file"), 422, "empty")
    refused(caller.send(f"{path}?dry_run=maybe", ("x.csv", b"type\n"), part="file"), 422, "true or false")
    refused(caller.send("/collections/C-0/import", ("x.csv", b"type\nlaptop\n"), part="file"), 404, "C-0")
    rows = b"type;numero de serie\nportable;RICOLIST1\ngrille-pain;RICOLIST2\n"
    done_ = done(caller.send(f"{path}?stage=received", ("x.csv", rows), part="file"))
    assert [one["verdict"] for one in done_["rows"]] == ["new", "fault"]
    assert done_["rows"][1]["message"]
