"""The list of scans that wait for a person: each thing once, page by page, and read by its index however many there are."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text, update

from tests import make
from tests.web.browsing import send
from tracker.database import db, session, transaction
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.scanning import operations, queries, rules, sync_queries
from tracker.scanning.models import Scan

PHONE = str(uuid.uuid4())


def refused(device: Device, action: str = "prepare", times: int = 1) -> None:
    """Scans of a phone that ask what cannot be done now."""
    by = make.actor()
    with transaction():
        asked = [rules.asked(device.code, action=action, client=PHONE) for _ in range(times)]
        assert {one.outcome for one in operations.scan_many(asked, by)} == {rules.Outcome.REFUSED}


def lines(page: str) -> list[str]:
    return re.findall(r'<section class="trouble">.*?</section>', page, re.DOTALL)


def test_the_same_asked_of_a_device_again_stands_once_and_is_settled_at_once(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    device, other, client = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED), signed_in()
    refused(device, times=3)
    refused(device, "deliver")
    refused(other)
    found = lines(client.get("/scan/troubles").text)
    assert len(found) == 3 and "3 fois" in found[0] and not any("fois" in one for one in found[1:])
    settle = re.findall(r"/scan/troubles/(\d+)/settle", found[0])[0]
    refused(device)  # came while the page was read: nobody has seen it
    send(client, f"/scan/troubles/{settle}/settle", form="/scan/troubles")
    session.rollback()
    assert [(row.scan.device_id, row.scan.action, row.times) for row in sync_queries.page(1).items] == [
        (device.id, "deliver", 1),
        (other.id, "prepare", 1),
        (device.id, "prepare", 1),
    ]


def test_the_list_comes_by_pages_that_hold_each_scan_once(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    devices = [make.device(Stage.RECEIVED) for _ in range(5)]
    for device in devices:
        refused(device)
    seen, cursor = [], None
    while True:
        page = sync_queries.page(1, cursor, limit=2)
        seen += [row.scan.device_id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [device.id for device in devices]
    assert "5 scans attendent" in signed_in().get("/scan/troubles").text


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Each statement with its values."""
    found: list[tuple[str, Any]] = []

    def look(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


def test_what_waits_is_found_by_its_index_and_never_by_reading_every_scan(app: Flask) -> None:
    refused(make.device(Stage.RECEIVED))
    refused(make.device(Stage.RECEIVED))
    one = sync_queries.troubles(1)[0][0]
    put_right = update(Scan).where(*sync_queries.OPEN, Scan.device_id == one.device_id)
    with asked() as said:
        sync_queries.count_troubles(1)
        sync_queries.troubles(1)
        sync_queries.page(1, sync_queries.page(1, limit=1).next_cursor)
        sync_queries.like(one)
        session.execute(put_right.values(dismissed_by=None))
        queries.unknown(1)
    assert len(said) == 7
    connection = session.connection()
    lite = connection.dialect.name == "sqlite"
    if not lite:
        connection.execute(
            text("SET LOCAL enable_seqscan = off")
        )  # its tables are too small to want an index
    for statement, values in said:
        plan = str(
            list(connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if lite else ''}{statement}", values))
        )
        assert "ix_scans_troubles" in plan or "ix_scans_unknown" in plan, (statement, plan)
    session.rollback()
