"""What a call says reaches what it does: each option is sent, and its effect is looked for where it must stand."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.accounts import queries as accounts
from tracker.clock import now
from tracker.collection import operations as collections
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices.lifecycle import Action
from tracker.devices.rules import DeviceType
from tracker.distribution.models import HandoverItem
from tracker.history.models import Note
from tracker.labelling.models import Print, PrintRun
from tracker.printing import medium_operations
from tracker.printing.job_models import PrintJob
from tracker.printing.medium_models import OwnMedium
from tracker.printing.medium_rules import Packet
from tracker.printing.models import Printer
from tracker.printing.rules import Way
from tracker.scanning.models import Scan
from tracker.wiping.models import StorageDeclaration

ROOT = Path(__file__).parents[2]

LIST = b"type;marque;modele\nportable;Dell;Latitude\n"


def test_a_list_of_devices_is_narrowed_to_a_collection(app: Flask) -> None:
    caller, gift = Caller(app), make.collection()
    make.device("received")
    with make.written():
        inside = collections.add_device(gift, Line(DeviceType.LAPTOP), Action.RECEIVE, make.system()).code
    found = done(caller.get("/devices", collection=gift.reference))["items"]
    assert [one["code"] for one in found] == [inside]


def test_a_dry_run_adds_nothing_and_the_run_adds_what_it_said(app: Flask) -> None:
    caller, gift = Caller(app), make.collection()
    path = f"/collections/{gift.reference}/import"
    tried = done(caller.send(f"{path}?dry_run=true", ("x.csv", LIST), part="file"))
    assert tried["dry_run"] and tried["counts"]["new"] == 1
    assert done(caller.get("/devices"))["items"] == []
    real = done(caller.send(path, ("x.csv", LIST), part="file"))
    assert not real["dry_run"] and real["counts"] == tried["counts"]
    assert len(done(caller.get("/devices"))["items"]) == 1


def test_a_list_takes_its_type_and_its_lookalikes_from_the_address(app: Flask) -> None:
    caller, gift = Caller(app), make.collection()
    path = f"/collections/{gift.reference}/import"
    bare = b"marque;modele\nDell;Latitude\n"
    assert done(caller.send(path, ("x.csv", bare), part="file"))["counts"].get("new", 0) == 0
    assert done(caller.send(f"{path}?type=laptop", ("x.csv", bare), part="file"))["counts"]["new"] == 1
    other = LIST.replace(b"\n", b"\r\n")
    assert done(caller.send(path, ("y.csv", other), part="file"))["counts"].get("new", 0) == 0
    more = f"{path}?lookalikes=true"
    assert done(caller.send(more, ("y.csv", other), part="file"))["counts"]["new"] == 1


def test_a_handover_keeps_its_price_and_needs_the_accessories_packed(app: Flask) -> None:
    caller, request = Caller(app, "volunteer"), make.request()
    device = make.ready()
    make.reserved(request, device)
    given = {
        "request": request.id,
        "codes": [device.code],
        "signed_by": "Claire Exemple",
        "price_cents": 2_500,
    }
    refused(caller.post("/handovers", given), 409, "Nothing was handed over")
    made = done(caller.post("/handovers", {**given, "packed": True}), 201)
    assert made["price_cents"] == 2_500
    session.rollback()
    assert session.scalars(select(HandoverItem.price_cents)).all() == [2_500]


def test_a_request_keeps_reference_note_and_place(app: Flask) -> None:
    caller = Caller(app, "association")
    asked = {"lines": [{"type": "laptop", "quantity": 1}], "reference": "F-12", "note": "for a class"}
    first = done(caller.post("/requests", asked), 201)
    second = done(caller.post("/requests", asked), 201)
    assert (first["reference"], first["note"]) == ("F-12", "for a class")
    assert (first["place"], second["place"]) == (1, 2)
    draft = done(caller.post("/requests", {**asked, "draft": True}), 201)
    assert (draft["state"], draft["place"]) == ("draft", None)


def test_a_scan_keeps_its_moment_and_its_mode(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    at = now().replace(microsecond=0) - timedelta(hours=2)
    scan = {"scan_id": str(uuid.uuid4()), "code": device.code, "at": at.isoformat(), "mode": "gone by hand"}
    done(caller.post("/scans", {"scans": [scan]}))
    session.rollback()
    (kept,) = session.scalars(select(Scan))
    assert (kept.at, kept.mode, str(kept.scan_id)) == (at, "gone by hand", scan["scan_id"])


def test_a_note_on_a_scan_is_kept_with_what_happened(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    scan = {"scan_id": str(uuid.uuid4()), "code": device.code, "action": "start_wiping", "note": "bay two"}
    (said,) = done(caller.post("/scans", {"scans": [scan]}))["verdicts"]
    assert said["verdict"] == "done"
    session.rollback()
    assert "bay two" in [note.text for note in session.scalars(select(Note))]


def test_labels_begin_where_they_are_told_and_say_why_again(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    order = {
        "codes": [device.code],
        "medium": "avery-l7160",
        "format": "pdf",
        "start": 5,
        "reason": "damaged",
    }
    answer = caller.post("/labels", order)
    assert answer.status_code == 200, answer.text
    session.rollback()
    assert session.scalars(select(PrintRun.start)).all() == [5]
    assert [one.value for one in session.scalars(select(Print.reason)) if one] == ["damaged"]


def test_a_declaration_names_the_drive_that_is_gone(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    gone = {"kind": "destroyed", "serial": "WD-RICO0001", "reason": "drilled"}
    done(caller.post(f"/devices/{device.code}/declarations", gone), 201)
    session.rollback()
    (kept,) = session.scalars(select(StorageDeclaration))
    assert kept.drive_id is not None
    shown = done(caller.get(f"/devices/{device.code}"))["drives"]
    assert [one["serial"] for one in shown] == ["WD-RICO0001"]


def test_figures_are_narrowed_to_type_site_and_donor(app: Flask) -> None:
    caller, giver = Caller(app), make.donor()
    gift, other = make.collection(giver), make.collection(make.donor(name="Autre"))
    make.site("SUD")
    make.handover(make.request(), make.ready(in_collection=gift))
    make.handover(make.request(("screen", 1)), make.ready("screen", in_collection=other))

    def delivered(**asked: str) -> float:
        told = done(caller.get("/statistics", **asked))["indicators"]
        return float(next(one["value"] for one in told if one["key"] == "delivered"))

    assert delivered() == 2
    assert delivered(type="screen") == 1
    assert delivered(donor=giver.reference) == 1
    home = next(one.code for one in accounts.sites() if one.id == 1)
    assert delivered(site=home) == 2 and delivered(site="SUD") == 0


def test_labels_for_a_printer_that_takes_files_by_itself_answer_with_their_job(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), make.device("received")
    with transaction():
        session.add_all(
            Printer(
                site_id=1, name=name, way=way, address="10.0.0.9:9100", format="zpl", medium="zebra-57x32"
            )
            for name, way in (("Accueil", Way.SOCKET), ("Bureau", Way.DOWNLOAD))
        )
    job = done(caller.post("/labels", {"codes": [device.code], "printer": "Accueil"}), 202)
    session.rollback()
    kept = session.scalars(select(PrintJob)).one()
    assert (job["job"], job["printer"], kept.labels) == (kept.id, "Accueil", 1)
    file = caller.post("/labels", {"codes": [device.code], "printer": "Bureau"})
    assert file.status_code == 200 and file.data.startswith(b"^XA")
    refused(caller.post("/labels", {"codes": [device.code], "printer": "Elsewhere"}), 422, "Accueil, Bureau")
    refused(caller.post("/labels", {"codes": [device.code], "format": "pdf"}), 422, "medium")


def test_a_file_of_labels_is_sent_while_it_is_drawn_and_the_register_is_kept_before(app: Flask) -> None:
    caller = Caller(app, "volunteer")
    codes = [make.device("received").code for _ in range(3)]
    order = {"codes": codes, "medium": "avery-l7160", "format": "pdf", "start": 21}
    answer = caller.post("/labels", order, buffered=False)
    assert answer.is_streamed
    session.rollback()
    assert len(session.scalars(select(Print)).all()) == 3
    assert b"".join(answer.response).startswith(b"%PDF")


def test_media_are_those_of_the_list_and_of_the_tokens_own_workshop(app: Flask) -> None:
    with transaction():
        medium_operations.add_medium(Packet("Bac", "sheet", 63.5, 38.1, 3, 7), make.actor("coordinator"))
    items = done(Caller(app, "volunteer").get("/media"))["items"]
    told = {one["name"]: one for one in items}
    assert (told["avery-l7160"]["cells"], told["avery-l7160"]["width_mm"], told["avery-l7160"]["own"]) == (
        21,
        63.5,
        False,
    )
    assert [(one["words"], one["kind"]) for one in items if one["own"]] == [("Bac", "sheet")]
    with transaction():
        session.execute(update(OwnMedium).values(site_id=make.site("SUD").id))
    assert not [one for one in done(Caller(app, "volunteer").get("/media"))["items"] if one["own"]]


def test_the_examples_of_the_document_are_carried_out(app: Flask) -> None:
    caller, text = Caller(app, "volunteer"), (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    examples = re.findall(r"--json '(\{[^']*\})'[^/]*https://tracker.example.org/api/v1(/[a-z]+)", text)
    assert [path for _, path in examples] == ["/devices", "/labels"]
    for body, path in examples:
        answer = caller.post(path, json.loads(body.replace("BCDF-GHJX", make.device("received").code)))
        assert answer.status_code in {200, 201}, answer.text
    names = [one["name"] for one in done(caller.get("/media"))["items"]]
    assert "avery-l7160" in names and "brother-dk-22205" in {one.partition("x4")[0] for one in names}
