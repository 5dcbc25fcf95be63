"""What the driver is asked by itself is what SQLAlchemy would have asked: its rows, its order of things, its refusals."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from tests import make
from tests.statements import counted
from tracker.accounts import queries as accounts
from tracker.accounts import sessions
from tracker.accounts.models import Site
from tracker.database import is_postgresql, session, transaction
from tracker.devices import look_queries
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.passport import queries as passport
from tracker.prepared import Prepared
from tracker.statements import table_of

DEVICES, SITES = table_of(Device), table_of(Site)
BY_ID = Prepared(lambda: sa.select(*DEVICES.c).where(DEVICES.c.id == sa.bindparam("number")))
IN_ATHENS = timezone(timedelta(hours=2))
HALF_AN_HOUR_AGO = datetime.now(IN_ATHENS) - timedelta(minutes=30)
STANDING = Prepared(
    lambda: sa.select(DEVICES.c.code).where(
        DEVICES.c.stage == Stage.RECEIVED, DEVICES.c.created_at > HALF_AN_HOUR_AGO
    )
)
SITE_CODES = Prepared(lambda: sa.select(SITES.c.code).where(SITES.c.id >= sa.bindparam("first")))


def as_sqlalchemy_reads(prepared: Prepared, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(prepared.statement, values)]


@pytest.fixture
def device(app: Flask) -> Device:
    """One with a value of every kind that a column can hold: text, number, moment, enumeration, JSON, nothing."""
    made = make.device(specification={"memory_mb": 8192, "processor": "é €"}, serial="A%B")
    assert {type(value) for value in as_sqlalchemy_reads(BY_ID, number=made.id)[0]} >= {int, str, dict, Stage}
    return made


def test_rows_are_those_that_sqlalchemy_reads(device: Device) -> None:
    mine = BY_ID.all(number=device.id)
    assert [tuple(row) for row in mine] == as_sqlalchemy_reads(BY_ID, number=device.id)
    assert [type(value) for value in mine[0]] == [
        type(value) for value in as_sqlalchemy_reads(BY_ID, number=device.id)[0]
    ]
    assert mine[0].arrived_at.tzinfo is not None and mine[0].serial == "A%B"


def test_a_value_in_the_statement_itself_is_sent_as_sqlalchemy_sends_it(device: Device) -> None:
    assert (device.code,) in STANDING.all()
    assert [tuple(row) for row in STANDING.all()] == as_sqlalchemy_reads(STANDING)


@pytest.mark.parametrize(
    ("prepared", "values"),
    [
        (look_queries._LOOK, lambda device: {"code": device.code}),
        (passport._STORY, lambda device: {"device_id": device.id}),
        (sessions._ALIVE, lambda device: {"id_hash": "none", "moment": device.arrived_at}),
    ],
    ids=["look", "story", "session"],
)
def test_what_every_page_asks_is_read_as_sqlalchemy_reads_it(
    device: Device, prepared: Prepared, values: Any
) -> None:
    asked = values(device)
    assert [tuple(row) for row in prepared.all(**asked)] == as_sqlalchemy_reads(prepared, **asked)


def test_what_waits_to_be_written_is_written_first(app: Flask) -> None:
    with transaction():
        session.add(Site(id=905, code="S905", name="new"))
        assert SITE_CODES.all(first=905) == [("S905",)]


def test_one_at_most_is_one_at_most(device: Device) -> None:
    assert BY_ID.one_or_none(number=device.id).code == device.code
    assert BY_ID.one_or_none(number=device.id + 1_000) is None
    with transaction():
        make.site(code="S906")
    with pytest.raises(LookupError):
        SITE_CODES.one_or_none(first=0)


def test_a_refusal_is_told_in_sqlalchemy_s_words(app: Flask) -> None:
    nowhere = Prepared(lambda: sa.select(sa.column("name", sa.Text)).select_from(sa.table("nowhere")))
    with (
        counted() as told,
        pytest.raises(ProgrammingError if is_postgresql() else OperationalError, match="nowhere"),
    ):
        nowhere.all()
    assert len(told) == 1  # and is not asked again: what has timed out would be waited for twice
    session.rollback()
    assert accounts.site(1).code  # and the session goes on


def test_a_connection_that_the_server_ended_is_let_go(app: Flask) -> None:
    if not is_postgresql():
        pytest.skip("a connection to a file cannot be ended by somebody else: the other run has it")
    session.rollback()
    ended = session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with session.get_bind().engine.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:ended)"), {"ended": ended})
    with pytest.raises(DBAPIError) as told:
        SITE_CODES.all(first=1)
    assert told.value.connection_invalidated
    session.rollback()
    assert SITE_CODES.all(first=1)
