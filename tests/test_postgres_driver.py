"""What the tracker asks of psycopg itself."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import text

from tests import make
from tests.web import browsing
from tracker import postgres_driver
from tracker.database import db, in_one_read, is_postgresql, read_only, session, transaction
from tracker.errors import RuleBroken


@pytest.fixture
def postgresql(app: Flask) -> Flask:
    if not is_postgresql():
        pytest.skip("this is about PostgreSQL's driver: the other run has it")
    session.rollback()
    return app


def connection() -> Any:
    return session.connection().connection.dbapi_connection


def test_a_description_names_what_psycopg_s_own_names(postgresql: Flask) -> None:
    asked = "SELECT id, code, name, NULL AS nothing, now() AS moment FROM sites"
    ours, theirs = connection().cursor(), psycopg.Cursor[Any](connection())
    assert type(ours) is postgres_driver.Cursor
    assert not ours.description
    for cursor in (ours, theirs):
        cursor.execute(asked)
    assert [tuple(one[:2]) for one in ours.description] == [
        (one.name, one.type_code) for one in theirs.description or ()
    ]
    ours.execute("SELECT")
    assert ours.description == []
    ours.execute("SET LOCAL application_name = 'test'")
    assert ours.description is None


def test_an_idle_connection_that_the_server_has_ended_is_replaced(
    postgresql: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_driver, "PING_AFTER_S", 0.0)
    ended = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    session.remove()
    with psycopg.connect(**connect_to()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ended])
    assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != ended


def refused_after_it_wrote() -> None:
    session.execute(text("UPDATE sites SET name = 'half written'"))
    raise RuleBroken("No.")


def connect_to() -> dict[str, Any]:
    return {"conninfo": db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)}


def test_a_page_is_read_without_a_transaction_and_a_write_has_one(postgresql: Flask) -> None:
    read_only()
    session.execute(text("SELECT 1"))
    assert connection().info.transaction_status is TransactionStatus.IDLE
    with transaction():
        session.execute(text("SELECT 1"))
        assert connection().info.transaction_status is TransactionStatus.INTRANS
        read_only()  # too late to say so
        assert connection().info.transaction_status is TransactionStatus.INTRANS
    session.execute(text("SELECT 1"))
    assert connection().info.transaction_status is TransactionStatus.INTRANS
    session.rollback()
    read_only()
    in_one_read()
    session.execute(text("SELECT 1"))
    assert connection().info.transaction_status is TransactionStatus.INTRANS


def test_what_a_refused_write_began_is_undone_after_a_page_was_read(postgresql: Flask) -> None:
    make.site()
    session.rollback()
    read_only()
    session.execute(text("SELECT 1"))
    with pytest.raises(RuleBroken), transaction():
        refused_after_it_wrote()
    assert not session.execute(text("SELECT 1 FROM sites WHERE name = 'half written'")).all()


def test_a_page_of_somebody_signed_in_leaves_no_transaction_open(postgresql: Flask) -> None:
    client = browsing.client_of(postgresql, make.user())
    session.remove()
    assert client.get("/scan").status_code == 200
    with psycopg.connect(**connect_to()) as other:
        open_ones = other.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        ).fetchall()
    assert open_ones == []
