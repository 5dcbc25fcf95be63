"""What a phone kept without network: judged in its order, once for ever, under the right name, never held up by one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import make
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.history.models import HistoryEntry
from tracker.scanning import batch_queries, batch_rules, sync_operations, sync_queries, sync_rules
from tracker.scanning.models import Scan

PHONE = str(uuid.uuid4())
SignIn = Callable[..., FlaskClient]


def scan(code: str, sequence: int = 1, **more: Any) -> dict[str, Any]:
    return {"scan_id": str(uuid.uuid4()), "code": code, "sequence": sequence, "at": now().isoformat(), **more}


def sent(client: FlaskClient, *scans: Any, status: int = 200, **more: Any) -> list[dict[str, Any]]:
    token = client.get("/scan/session").get_json()["token"]
    body = {"client": PHONE, "batches": [], "scans": list(scans), **more}
    answer = client.post("/scan/sync", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == status, answer.text
    found: list[dict[str, Any]] = answer.get_json().get("verdicts", [])
    return found


def said(verdicts: list[dict[str, Any]]) -> list[str]:
    return [one["verdict"] for one in verdicts]


def entries(device: Device) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(HistoryEntry.subject_id == device.id)) or 0


def row(one: dict[str, Any]) -> Scan:
    session.rollback()
    return session.scalars(select(Scan).where(Scan.scan_id == one["scan_id"])).one()


def test_scans_are_judged_in_the_order_in_which_they_were_made(app: Flask, signed_in: SignIn) -> None:
    device = make.device(Stage.COLLECTED)
    later = scan(device.code, 8, action="start_wiping")
    first = scan(device.code, 7, action="receive")
    verdicts = {one["scan_id"]: one for one in sent(signed_in(), later, first)}
    assert (
        verdicts[first["scan_id"]]["stage"] == "received" and verdicts[later["scan_id"]]["stage"] == "wiping"
    )
    assert (row(later).client, row(later).sequence) == (PHONE, 8)


def test_sent_again_a_scan_has_the_same_verdict_and_no_second_entry(app: Flask, signed_in: SignIn) -> None:
    device, client = make.device(Stage.RECEIVED), signed_in()
    one = scan(device.code, action="start_wiping")
    first, second = sent(client, one), sent(client, one, one)
    assert second == first * 2 and entries(device) == 2


def test_a_page_from_before_sign_in_learns_who_is_there_and_gets_its_token(
    app: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    stranger = client.get("/scan/session")
    assert stranger.get_json() == {"person": None, "may": False, "coordinates": False, "token": ""}
    assert stranger.headers["Cache-Control"] == "no-store"
    known = signed_in("coordinator").get("/scan/session").get_json()
    assert (known["person"], known["may"], known["coordinates"]) == (
        make.actor("coordinator").user_id,
        True,
        True,
    )
    assert client.post("/scan/sync", json={}).status_code in (302, 303, 400)


def test_the_scans_of_another_person_are_left_as_if_they_had_never_come(
    app: Flask, signed_in: SignIn
) -> None:
    device, hers = make.device(Stage.RECEIVED), make.actor("quality").user_id
    one = scan(device.code, action="start_wiping", person=hers)
    assert said(sent(signed_in("volunteer"), one)) == ["not_yours"]
    assert said(sent(signed_in("volunteer"), {**one, "taken": True})) == ["not_yours"]
    assert entries(device) == 1 and not session.scalars(select(Scan)).all()
    assert said(sent(signed_in("quality"), one)) == ["done"]
    assert row(one).user_id == hers and row(one).scanned_by is None


def test_a_coordinator_takes_over_what_somebody_else_left_in_a_phone_and_both_are_known(
    app: Flask, signed_in: SignIn
) -> None:
    device, hers = make.device(Stage.RECEIVED), make.actor("volunteer").user_id
    one = scan(device.code, action="start_wiping", person=hers)
    assert said(sent(signed_in("coordinator"), one)) == ["not_yours"]
    assert said(sent(signed_in("coordinator"), {**one, "taken": True})) == ["done"]
    assert (row(one).user_id, row(one).scanned_by) == (make.actor("coordinator").user_id, hers)


def test_one_odd_scan_holds_up_no_other(app: Flask, signed_in: SignIn) -> None:
    device = make.device(Stage.RECEIVED)
    odd: list[Any] = [
        scan("\ud800", at="yesterday", sequence="x", values="no", person="me"),
        scan(device.code, at="0001-01-01T00:00:00+23:59"),
        scan(device.code, at="9999-12-31T23:59:59-23:59", sequence=2**80),
        {**scan(device.code), "scan_id": "1"},
        scan(device.code, batch="no batch", action=7, badge=[]),
        "not a scan",
    ]
    verdicts = sent(signed_in(), *odd, scan(device.code, 99, action="start_wiping"))
    assert sorted(said(verdicts)) == ["done", "done", "done", "done", "unknown", "unreadable"]
    assert entries(device) == 2


@pytest.mark.parametrize(
    "body", [None, [], {}, {"client": PHONE}, {"client": "x", "scans": []}, {"client": PHONE, "scans": {}}]
)
def test_what_no_page_of_ours_sends_is_refused(app: Flask, signed_in: SignIn, body: Any) -> None:
    client = signed_in()
    token = client.get("/scan/session").get_json()["token"]
    answer = client.post("/scan/sync", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 422 and answer.get_json()["error"]


def test_a_clock_that_is_days_wrong_is_noted_beside_ours(app: Flask, signed_in: SignIn) -> None:
    device, wrong = make.device(Stage.RECEIVED), now() - timedelta(days=9)
    one = scan(device.code, at=wrong.isoformat(), action="start_wiping")
    assert said(sent(signed_in(), one)) == ["done"]
    assert row(one).at == wrong and abs(row(one).received_at - now()) < timedelta(hours=1)
    assert sync_rules.moment("2026-11-24T16:08:00") is None  # no zone: nothing is known
    assert sync_rules.moment("2026-11-24T16:08:00Z") == datetime(2026, 11, 24, 16, 8, tzinfo=UTC)


def test_a_refusal_stays_in_the_list_until_a_person_settles_it(app: Flask, signed_in: SignIn) -> None:
    device, client = make.device(Stage.RECEIVED), signed_in()
    sent(client, scan(device.code, action="prepare"), scan(device.code, 2))
    assert sync_queries.count_troubles(1) == 1, "a look is no trouble"
    page = client.get("/scan/troubles")
    assert page.status_code == 200 and device.code[:4] in page.text
    number = sync_queries.troubles(1)[0][0].id
    token = client.get("/scan/session").get_json()["token"]
    for _ in range(2):
        settled = client.post(f"/scan/troubles/{number}/settle", data={"csrf_token": token})
        assert settled.status_code == 303
    session.rollback()
    assert not sync_queries.troubles(1) and entries(device) == 1
    assert session.get(Scan, number) is not None, "it stays on record"


def test_a_refusal_leaves_the_list_when_the_same_was_done_since(app: Flask, signed_in: SignIn) -> None:
    device, client = make.device(Stage.COLLECTED), signed_in()
    sent(client, scan(device.code, action="start_wiping"))
    assert sync_queries.count_troubles(1) == 1
    sent(client, scan(device.code, 2, action="receive"))
    assert sync_queries.count_troubles(1) == 1, "something else was done"
    sent(client, scan(device.code, 3, action="start_wiping"))
    assert sync_queries.count_troubles(1) == 0


def test_a_scan_overtaken_by_somebody_else_goes_to_the_list(app: Flask, signed_in: SignIn) -> None:
    device, early = make.device(Stage.RECEIVED), now() - timedelta(hours=2)
    sent(signed_in("quality"), scan(device.code, action="start_wiping"))
    late = scan(device.code, 2, action="start_wiping", at=early.isoformat())
    verdict = sent(signed_in("volunteer"), late)[0]
    assert verdict["verdict"] in ("already", "conflict")
    late = scan(device.code, 3, action="receive", at=early.isoformat())
    assert said(sent(signed_in("volunteer"), late)) == ["conflict"]
    assert [one.scan_id for one, _ in sync_queries.troubles(1)] == [late["scan_id"]]


def test_more_than_five_hundred_at_once_are_refused_whole(app: Flask, signed_in: SignIn) -> None:
    sent(signed_in(), *[scan("BCDFGHJX", n) for n in range(501)], status=422)
    assert not session.scalars(select(Scan)).all()


def test_the_empty_page_names_nobody_and_holds_no_token(app: Flask, signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED, model="Rare 9000")
    client = signed_in("coordinator", email="rare.personne@example.org", name="Rare Personne")
    sent(client, scan("BCDFGHJX"))
    page = client.get("/scan/shell").text
    for secret in ("Rare Personne", "rare.personne", "csrf_token", "data-person", "Rare 9000", "BCDF"):
        assert secret not in page.replace("BCDF-GHJX.”", ""), secret


def test_the_worker_is_new_with_every_change_of_its_files(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/service-worker.js")
    assert answer.headers["Content-Security-Policy"].count("connect-src 'self'") == 1
    assert answer.headers["Service-Worker-Allowed"] == "/" and answer.headers["Cache-Control"] == "no-cache"
    listed = next(line for line in answer.text.splitlines() if line.startswith("const FILES"))
    for name in ("js/scan.js", "js/scan/store.js", "css/scanning.css", "vendor/idb/idb.js"):
        assert f'"/static/{name}"' in listed
    module = client.get("/service-worker.js?module").text
    assert module.startswith('import { sync } from "/static/js/scan/sync.js"') and module.endswith(
        answer.text
    )


def test_the_manifest_is_french_and_every_icon_is_there(app: Flask, client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest").get_json()
    assert (manifest["lang"], manifest["start_url"], manifest["display"]) == ("fr", "/scan", "standalone")
    assert "scanner" in manifest["name"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.status_code == 200 and picture.mimetype == icon["type"]


@pytest.mark.parametrize("late", [0, 1])
def test_the_newest_word_on_what_a_phone_still_holds_counts_whichever_call_ends_first(
    app: Flask, late: int
) -> None:
    """One call breaks off and is ended late by the server, the next one is ended before it."""
    by, other, number = make.actor(), make.user("coordinator"), str(uuid.uuid4())
    hers = scan(make.device(Stage.RECEIVED).code, batch=number, person=other.id)
    first = {"scans": [hers], "batches": [{"id": number, "action": "start_wiping", "unsent": 2}], "told": 6}
    second = {"scans": [], "batches": [{"id": number, "unsent": 0, "values": {"grade": "B"}}], "told": 7}
    for body in (first, second)[:: -1 if late else 1]:
        with transaction():
            sync_operations.take_in(sync_rules.queue({"client": PHONE, **body}), by)
    batch = batch_queries.batch(number, by.site_id)
    assert batch_rules.unsent_in(batch.clients) == 0 and batch.values == {"grade": "B"}
    with transaction():  # and what it says then counts again
        sync_operations.take_in(sync_rules.queue({"client": PHONE, **first, "told": 8}), by)
    held = batch_rules.holders(batch_queries.batch(number, by.site_id).clients)
    assert [(one.client, one.unsent) for one in held] == [(PHONE, 3)]


def test_a_batch_begun_without_network_moves_its_scans_and_closes_when_none_of_them_is_unsent(
    app: Flask, signed_in: SignIn
) -> None:
    device, client, number = make.device(Stage.RECEIVED), signed_in(), str(uuid.uuid4())
    begun = {"id": number, "action": "start_wiping", "values": {}, "opened_at": now().isoformat()}
    token = client.get("/scan/session").get_json()["token"]

    def told(scans: list[Any], **more: Any) -> Any:
        body = {"client": PHONE, "batches": [{**begun, **more}], "scans": scans}
        return client.post("/scan/sync", json=body, headers={"X-CSRFToken": token}).get_json()

    first = told([scan(device.code, batch=number)], closed=True, unsent=1)
    assert said(first["verdicts"]) == ["done"] and first["batches"] == [{"id": number, "closed": False}]
    assert told([], closed=True, unsent=0)["batches"] == [{"id": number, "closed": True}]
    session.rollback()
    assert session.get(Device, device.id).stage is Stage.WIPING
