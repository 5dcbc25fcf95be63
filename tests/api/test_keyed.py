"""A call sent twice with one key is done once: told again, refused under another body, never doubled by a crash."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.allocation.models import EquipmentRequest
from tracker.api import keyed
from tracker.api.models import KeyedCall
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices.models import Device
from tracker.history.models import HistoryEntry
from tracker.labelling.models import PrintRun
from tracker.wiping import station_operations

LAPTOP = {"type": "laptop", "stage": "received"}
ASKED = {"lines": [{"type": "laptop", "quantity": 2}]}


def keyed_post(caller: Caller, key: str, path: str, body: Any = None, **values: Any) -> TestResponse:
    """As `caller.post`, with a key."""
    return with_key(caller, key).post(path, body, **values)


def with_key(caller: Caller, key: str) -> Caller:
    other = Caller(caller.app, None)
    other.headers = {**caller.headers, "Idempotency-Key": key}
    return other


def count(model: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def new_key() -> str:
    return str(uuid.uuid4())


def as_of_a_crash(begun: timedelta) -> None:
    """The run stopped after it had reserved its key, that long ago."""
    with transaction():
        session.execute(
            update(KeyedCall).values(http_code=None, headers=None, body=None, begun_at=now() - begun)
        )


def test_the_same_call_again_is_answered_and_not_done(app: Flask) -> None:
    caller, key = Caller(app, "association"), new_key()
    first = keyed_post(caller, key, "/requests", ASKED)
    again = keyed_post(caller, key, "/requests", ASKED)
    assert first.status_code == again.status_code == 201
    assert first.data == again.data and first.content_type == again.content_type
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert count(EquipmentRequest) == 1
    done(keyed_post(caller, new_key(), "/requests", ASKED), 201)
    done(caller.post("/requests", ASKED), 201)
    assert count(EquipmentRequest) == 3


def test_quotes_around_a_key_make_no_other_key(app: Flask) -> None:
    caller = Caller(app)
    first = done(keyed_post(caller, "a-key", "/devices", LAPTOP), 201)
    assert done(keyed_post(caller, '"a-key"', "/devices", LAPTOP), 201) == first


def test_another_call_under_the_key_is_refused(app: Flask) -> None:
    caller, key = Caller(app), new_key()
    code = done(keyed_post(caller, key, "/devices", LAPTOP), 201)["code"]
    for path, body in (
        ("/devices", {**LAPTOP, "type": "screen"}),
        (f"/devices/{code}/checks", LAPTOP),
        ("/devices?x=1", LAPTOP),
    ):
        problem = refused(keyed_post(caller, key, path, body), 422, "another call")
        assert "Idempotency-Key" in problem["errors"]
    assert count(Device) == 1


def test_a_key_belongs_to_the_token_that_sent_it(app: Flask) -> None:
    key = new_key()
    mine = done(keyed_post(Caller(app), key, "/devices", LAPTOP), 201)
    hers = Caller(app, "volunteer", "other@example.org")
    assert done(keyed_post(hers, key, "/devices", LAPTOP), 201)["code"] != mine["code"]
    refused(keyed_post(Caller(app, None), key, "/devices", LAPTOP), 401, "")


def test_a_refused_call_leaves_its_key_free(app: Flask) -> None:
    caller, key = Caller(app, "volunteer"), new_key()
    device = make.device("received")
    bench = f"/devices/{device.code}/declarations"
    word = {"kind": "no_storage", "reason": "bay is empty"}
    refused(keyed_post(caller, key, bench, {**word, "reason": "x"}), 422, "few words")
    assert count(KeyedCall) == 0
    done(keyed_post(caller, key, bench, word), 201)


@pytest.mark.parametrize("key", ["", " ", '""', "a b", "é", "x" * 256, "a\x07"])
def test_a_key_that_is_none_is_refused(app: Flask, key: str) -> None:
    refused(keyed_post(Caller(app), key, "/devices", LAPTOP), 422, "plain signs")
    assert count(Device) == 0


def test_a_call_that_runs_is_not_begun_again(app: Flask) -> None:
    caller, key = Caller(app), new_key()
    done(keyed_post(caller, key, "/devices", LAPTOP), 201)
    as_of_a_crash(keyed.LEASE - timedelta(seconds=10))
    refused(keyed_post(caller, key, "/devices", LAPTOP), 409, "being carried out")
    assert count(Device) == 1


def test_a_run_that_died_is_taken_over(app: Flask) -> None:
    caller, key = Caller(app), new_key()
    done(keyed_post(caller, key, "/devices", LAPTOP), 201)
    as_of_a_crash(keyed.LEASE + timedelta(seconds=1))
    made = keyed_post(caller, key, "/devices", LAPTOP)
    assert made.status_code == 201 and "Idempotent-Replayed" not in made.headers
    assert count(Device) == 2  # the first one was made by hand: what died had not written
    assert done(keyed_post(caller, key, "/devices", LAPTOP), 201) == made.get_json()


def test_a_slow_run_that_was_taken_over_undoes_what_it_did(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, key = Caller(app), new_key()
    keep = keyed._keep

    def late(run: Any, answer: Any) -> None:
        session.execute(update(KeyedCall).values(run="of another"))
        keep(run, answer)

    monkeypatch.setattr(keyed, "_keep", late)
    refused(keyed_post(caller, key, "/devices", LAPTOP), 409, "being carried out")
    assert count(Device) == 0 and count(HistoryEntry) == 0


def test_a_fault_after_the_work_leaves_neither_work_nor_key(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, key = Caller(app), new_key()

    def fall(run: Any, answer: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(keyed, "_keep", fall)
        app.testing = False
        refused(keyed_post(caller, key, "/devices", LAPTOP), 500, "")
    assert count(Device) == 0 and count(KeyedCall) == 0
    done(keyed_post(caller, key, "/devices", LAPTOP), 201)


def test_a_key_is_forgotten_after_a_day(app: Flask) -> None:
    caller, key = Caller(app), new_key()
    first = done(keyed_post(caller, key, "/devices", LAPTOP), 201)
    with transaction():
        session.execute(update(KeyedCall).values(begun_at=now() - keyed.KEPT - timedelta(minutes=1)))
    assert done(keyed_post(caller, key, "/devices", LAPTOP), 201)["code"] != first["code"]
    assert count(KeyedCall) == 1


def test_files_under_a_key_are_the_same_whatever_parts_them(app: Flask) -> None:
    caller, key = Caller(app, "volunteer"), new_key()
    first = with_key(caller, key).send("/reports", ("any.txt", b"nothing of use"))
    again = with_key(caller, key).send("/reports", ("any.txt", b"nothing of use"))
    assert first.get_json() == again.get_json() and again.headers["Idempotent-Replayed"] == "true"
    assert not again.get_json()["reports"][0]["known"]
    refused(with_key(caller, key).send("/reports", ("any.txt", b"something else")), 422, "another call")
    refused(with_key(caller, key).send("/reports", ("else.txt", b"nothing of use")), 422, "another call")
    large = b"x" * 1_000_000
    sent = done(with_key(caller, new_key()).send("/reports", ("large.txt", large)))
    assert sent["reports"][0]["name"] == "large.txt"


def test_labels_are_printed_once_and_sent_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, device, key = Caller(app, "volunteer"), make.device("received"), new_key()
    order = {"codes": [device.code], "design": "intake", "medium": "avery-l7160", "format": "pdf"}
    first, again = (keyed_post(caller, key, "/labels", order) for _ in range(2))
    assert first.data == again.data and again.data.startswith(b"%PDF")
    assert again.headers["Content-Disposition"] == first.headers["Content-Disposition"]
    assert count(PrintRun) == 1
    monkeypatch.setattr(keyed, "LARGEST_ANSWER", 10)  # too large to keep: printed anew
    other = new_key()
    assert [keyed_post(caller, other, "/labels", order).status_code for _ in range(2)] == [200, 200]
    assert count(PrintRun) == 3


def test_neither_key_nor_body_can_be_read_from_what_is_kept(app: Flask) -> None:
    caller, key = Caller(app), new_key()
    sent = {"kind": "company", "name": "Atelier", "contact_name": "Zélie Quenaut"}
    done(keyed_post(caller, key, "/donors", sent), 201)
    (kept,) = session.scalars(select(KeyedCall))
    told = repr([getattr(kept, column.key) for column in KeyedCall.__table__.c])
    assert key not in told and "Quenaut" not in told


def test_two_hands_with_one_key_do_it_once(app: Flask) -> None:
    caller, key = Caller(app, "association"), new_key()
    session.remove()
    answers: list[TestResponse] = []
    together = threading.Barrier(6)

    def send() -> None:
        together.wait()
        answers.append(keyed_post(caller, key, "/requests", ASKED))

    hands = [threading.Thread(target=send) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    first = [one for one in answers if one.status_code == 201 and "Idempotent-Replayed" not in one.headers]
    assert len(first) == 1
    for one in answers:
        assert one.status_code in (201, 409)
        assert one.status_code == 409 or one.data == first[0].data
    assert count(EquipmentRequest) == 1
    assert keyed_post(caller, key, "/requests", ASKED).data == first[0].data


def test_a_public_call_keeps_no_answer_so_that_a_secret_of_a_station_is_nowhere(app: Flask) -> None:
    with transaction():
        code = station_operations.add("Stick 1", make.actor("coordinator"))[1]
    asked = {"code": code, "mark": "0123456789abcdef"}
    headers = {"Idempotency-Key": new_key()}
    told = app.test_client().post("/api/v1/station/enrol", data=asked, headers=headers)
    assert told.status_code == 200 and len(told.get_json()["secret"]) == 64
    assert count(KeyedCall) == 0


def test_the_description_tells_of_the_key_at_every_post_with_a_token(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").get_json()
    posts = [
        methods["post"]
        for methods in document["paths"].values()
        if "post" in methods and methods["post"].get("security") != []
    ]
    assert len(posts) >= 11
    for post in posts:
        assert {"$ref": "#/components/parameters/IdempotencyKey"} in post["parameters"]
        assert any("Idempotent-Replayed" in one.get("headers", {}) for one in post["responses"].values())
    assert "24 hours" in document["components"]["parameters"]["IdempotencyKey"]["description"]
