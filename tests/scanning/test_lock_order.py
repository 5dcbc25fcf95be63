"""Who undoes a batch, sends a queue or scans takes batches, devices and chains in one order: nobody is told to try again."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from tests import make
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.errors import RuleBroken
from tracker.scanning import batch_operations, batch_queries, batch_undo_operations, rules, sync_operations
from tracker.scanning.batch_rules import batch_asked
from tracker.scanning.operations import scan_many
from tracker.scanning.sync_rules import queue

ROUNDS = 6


def devices(number: int = 6) -> list[str]:
    return [make.device(Stage.RECEIVED).code for _ in range(number)]


def together(app: Flask, calls: Sequence[Callable[[], Any]]) -> list[str]:
    """What is refused of calls that begin at once, each in a transaction of its own."""
    start, refused = threading.Barrier(len(calls)), []
    session.remove()

    def carry_out(call: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    call()
            except RuleBroken as refusal:
                refused.append(str(refusal.sentence))
            session.remove()

    threads = [threading.Thread(target=carry_out, args=[call]) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return refused


def scanning(codes: Sequence[str], by: Actor, action: str, batch: str | None = None) -> Callable[[], Any]:
    return lambda: scan_many([rules.asked(one, action=action, batch=batch) for one in codes], by)


def sending(codes: Sequence[str], by: Actor) -> Callable[[], Any]:
    """A phone's call: a batch that it began without network, its scans, its end."""
    batch = str(uuid.uuid4())
    scans = [
        {"scan_id": str(uuid.uuid4()), "code": code, "sequence": at, "batch": batch}
        for at, code in enumerate(codes)
    ]
    body = {
        "client": str(uuid.uuid4()),
        "scans": scans,
        "batches": [{"id": batch, "action": "start_wiping", "closed": True}],
    }
    return lambda: sync_operations.take_in(queue(body), by)


def undoing(batch: str, by: Actor) -> Callable[[], Any]:
    return lambda: batch_undo_operations.undo(batch_queries.locked(batch, by.site_id), by)


def batch_of(codes: Sequence[str], by: Actor) -> str:
    with transaction():
        made = batch_operations.open_batch(
            batch_asked({"id": str(uuid.uuid4()), "action": "start_wiping"}), by
        )
        scanning(codes, by, "start_wiping", made.id)()
        return made.id


def test_a_batch_is_undone_while_its_devices_are_scanned_elsewhere(app: Flask) -> None:
    by = make.actor()
    for _round in range(ROUNDS):
        codes = devices()
        calls = [
            undoing(batch_of(codes, by), by),
            *(scanning(codes[::way], by, "lose") for way in (1, -1, 1)),
        ]
        assert together(app, calls) == []


def test_queues_of_several_phones_with_the_same_devices_are_taken_in_at_once(app: Flask) -> None:
    by = make.actor()
    for _round in range(ROUNDS):
        codes = devices()
        calls = [
            *(sending(codes[::way], by) for way in (1, -1)),
            *(scanning(codes[::way], by, "lose") for way in (1, -1)),
        ]
        assert together(app, calls) == []
