"""A drive is there once, whoever meets it first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from alembic import command
from flask import Flask
from sqlalchemy import func, select, text

from tests import make
from tests.wiping.arrivals import ends, upload
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import Actor
from tracker.cli.db import alembic_config, upgrade_schema
from tracker.database import db, session, transaction
from tracker.devices import queries as devices
from tracker.wiping import report_operations
from tracker.wiping.models import Drive, DriveSighting

SERIAL = "WXYZ4711"


def test_two_who_meet_a_drive_at_the_same_moment_make_one_of_it(app: Flask) -> None:
    first, second, by = make.device().id, make.device().id, make.actor()
    written, other_done = threading.Event(), threading.Event()

    def report(name: str, device: int, hold: bool) -> None:
        with app.app_context():
            _report(name, device, by, written, other_done, hold)

    with ThreadPoolExecutor(2) as hands:
        started = [
            hands.submit(report, "first", first, True),
            hands.submit(report, "second", second, False),
        ]
        for one in started:
            one.result()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Drive).where(Drive.serial_key == SERIAL)) == 1
    seen = session.scalars(select(DriveSighting.device_id).order_by(DriveSighting.device_id)).all()
    assert list(seen) == [first, second]


def _report(
    name: str, device: int, by: Actor, written: threading.Event, other_done: threading.Event, hold: bool
) -> None:
    if not hold:
        written.wait(30)
    with transaction():
        content = smartctl(SERIAL, model=f"Rico {name}").encode()
        report_operations.receive([(f"{name}.json", content)], by, devices.locked(device))
        if hold:
            written.set()
            other_done.wait(1)  # the other one goes on as far as she can while this is not committed
    other_done.set()
    db.session.remove()


def test_drives_that_were_made_twice_become_one_that_owes_what_either_owed(app: Flask) -> None:
    wiped, other = make.device(), make.device()
    upload(("a.json", smartctl(SERIAL)), device=wiped)
    upload(("b.json", smartctl("SECOND99")), device=other)
    upload(("c.json", smartctl("SECOND99", model="again")), device=wiped)
    ids = wiped.id, other.id
    db.session.remove()
    command.downgrade(alembic_config(), "0021")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE drives SET serial_key = 'WXYZ4711' WHERE serial_key = 'SECOND99'"))
        connection.execute(
            text("UPDATE drives SET wiped_at = '2026-09-06 10:00:00+00:00' WHERE serial = 'WXYZ4711'")
        )
    upgrade_schema()
    rows = session.execute(select(Drive.id, Drive.serial_key, Drive.same_as_id, Drive.wiped_at)).all()
    kept = next(row for row in rows if row.serial_key == SERIAL)
    assert [(row.serial_key, row.same_as_id) for row in rows if row.id != kept.id] == [(None, kept.id)]
    assert kept.wiped_at is None, "the second record was never wiped"
    assert [ends(found) for one in ids if (found := devices.by_id(one))] == [{SERIAL: None}] * 2
