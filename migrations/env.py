"""Runs the migrations inside the application: all of them in one transaction, one process at a time."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.engine import Connection

# Any number will do, as long as every process uses the same (PostgreSQL's advisory locks).
MIGRATION_LOCK = 7_246_238

# Tables that others make in the same database and that are not ours to drop.
FOREIGN_PREFIXES = ("huey_", "sqlite_", "spatial_ref_sys")


def _ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    return not (
        kind == "table" and reflected and compare_to is None and (name or "").startswith(FOREIGN_PREFIXES)
    )


def _one_at_a_time(connection: Connection) -> None:
    """The first statement: SQLite has begun IMMEDIATE already, PostgreSQL takes a lock that the commit frees."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def _foreign_keys(connection: Connection, on: bool) -> None:
    """SQLite copies a table to change it: references would break meanwhile. Only works outside a transaction."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
        driver.execute(f"PRAGMA legacy_alter_table={'OFF' if on else 'ON'}")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"a migration left rows that point nowhere: {broken[:5]}")


def run() -> None:
    database = current_app.extensions["migrate"].db
    with database.engine.connect().execution_options(tracker_writing=True) as connection:
        _foreign_keys(connection, on=False)
        try:
            context.configure(
                connection=connection,
                target_metadata=database.metadata,
                include_object=_ours,
                render_as_batch=connection.dialect.name == "sqlite",
                transactional_ddl=True,
                compare_type=True,
            )
            with context.begin_transaction():
                _one_at_a_time(connection)
                context.run_migrations()
                _check_references(connection)
        finally:
            connection.rollback()
            _foreign_keys(connection, on=True)


run()
