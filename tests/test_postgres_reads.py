"""What is asked of libpq itself is answered whatever has happened to the statement or the connection since."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import DataError, OperationalError

from tests import make
from tests.statements import counted
from tests.test_prepared import BY_ID, SITE_CODES
from tracker.database import db, session, session_here
from tracker.postgres_reads import Question
from tracker.prepared import Prepared

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no libpq


@pytest.fixture
def postgresql(app: Flask) -> Iterator[Flask]:
    session.rollback()
    yield app
    session.rollback()


def libpq() -> Any:
    connection = session_here().at_hand()
    assert connection is not None
    return connection.dbapi_connection.pgconn  # type: ignore[union-attr]


def codes() -> list[str]:
    return [row[0] for row in SITE_CODES.all(first=1)]


def test_it_is_asked_by_no_cursor_and_in_no_transaction(postgresql: Flask) -> None:
    assert codes()
    assert libpq().transaction_status == TransactionStatus.IDLE and not session().in_transaction()


def test_a_statement_that_was_forgotten_is_prepared_anew(postgresql: Flask) -> None:
    """As psycopg has PostgreSQL forget all of them after a rollback."""
    known, mine = codes(), libpq()
    mine.exec_(b"DEALLOCATE ALL")
    assert codes() == known and libpq() is mine and not session().in_transaction()


def test_a_table_that_has_changed_since_is_read_as_it_is_now(postgresql: Flask) -> None:
    whole = Prepared(lambda: sa.select(sa.column("name", sa.Text)).select_from(sa.table("changing")))
    with db.engine.begin() as other:
        other.execute(sa.text("CREATE TABLE changing (name varchar(20))"))
        other.execute(sa.text("INSERT INTO changing VALUES ('é')"))
    try:
        assert [tuple(row) for row in whole.all()] == [("é",)]
        with db.engine.begin() as other:
            other.execute(sa.text("ALTER TABLE changing ALTER COLUMN name TYPE text"))
        assert [tuple(row) for row in whole.all()] == [("é",)] and not session().in_transaction()
    finally:
        session.rollback()
        with db.engine.begin() as other:
            other.execute(sa.text("DROP TABLE changing"))


def test_a_connection_that_the_server_has_ended_is_replaced(
    postgresql: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    known, mine = codes(), libpq()
    with db.engine.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:ended)"), {"ended": mine.backend_pid})
    assert codes() == known
    session.rollback()
    assert codes() == known and libpq() is not mine
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def test_numbers_of_every_size_are_sent_to_one_statement(postgresql: Flask) -> None:
    device = make.device()
    number = device.id
    session.rollback()
    assert BY_ID.one_or_none(number=number).id == number
    assert BY_ID.all(number=40_000) == BY_ID.all(number=2_000_000_000) == []
    with pytest.raises(DataError, match="out of range"):
        BY_ID.all(number=10**20)
    session.rollback()
    assert BY_ID.one_or_none(number=number).id == number


def test_what_is_refused_leaves_nothing_prepared(postgresql: Flask) -> None:
    divided = Prepared(
        lambda: sa.select(
            sa.literal(1).op("/", return_type=sa.Integer())(sa.bindparam("by", type_=sa.Integer))
        )
    )
    for _try in range(3):
        with pytest.raises(DataError, match="zero"):
            divided.all(by=0)
    left = libpq().exec_(b"SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%/%'")
    assert left.get_value(0, 0) == b"0"
    assert [tuple(row) for row in divided.all(by=1)] == [(1,)]


def test_a_statement_that_takes_too_long_is_waited_for_once(postgresql: Flask) -> None:
    slow = Prepared(
        lambda: sa.select(sa.func.pg_sleep(sa.bindparam("seconds", type_=sa.Float)).cast(sa.Text))
    )
    libpq().exec_(b"SET statement_timeout = 200")
    with counted() as told, pytest.raises(OperationalError, match="statement timeout"):
        slow.all(seconds=30.0)
    assert len(told) == 1
    libpq().exec_(b"RESET statement_timeout")


def test_others_go_on_while_postgresql_thinks(postgresql: Flask) -> None:
    """libpq is waited for without Python's lock: a slow page does not hold the seven others."""
    slow = Question("SELECT pg_sleep($1::double precision)", 1)
    connection = session_here().at_hand()
    assert connection is not None
    turns, done = 0, threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    other = threading.Thread(target=count)
    other.start()
    try:
        assert slow.rows(connection, [0.5]) == [("",)]
    finally:
        done.set()
        other.join()
    assert turns > 20
