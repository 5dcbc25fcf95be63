"""A fresh database for every test, without making one each time.

One database of each kind serves a whole process. Before it is given out, what the last test left is taken out of it,
and it is compared with what it was when it was made: tables, triggers, rows, counters. Where anything differs, it is
thrown away and copied anew from the template.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests import postgres

# Rows taken out still lie in the files until somebody sweeps: after so many tests a new copy is cheaper.
WORN_OUT = 60
CLOSING_WAIT_MS = 5_000

# What a database holds besides rows. `xmin` is the transaction that wrote the line of the catalogue, so that a
# trigger switched off and on again shows too.
SCHEMA = [
    ("pg_class", "oid >= 16384"),
    ("pg_attribute", "attrelid >= 16384"),
    ("pg_attrdef", "true"),
    ("pg_constraint", "oid >= 16384"),
    ("pg_index", "indexrelid >= 16384"),
    ("pg_trigger", "true"),
    ("pg_proc", "oid >= 16384"),
    ("pg_type", "oid >= 16384"),
    ("pg_rewrite", "oid >= 16384"),
    ("pg_namespace", "oid >= 16384"),
    ("pg_extension", "true"),
    ("pg_event_trigger", "true"),
    ("pg_policy", "true"),
    ("pg_statistic", "starelid >= 16384"),
    ("pg_largeobject_metadata", "true"),
    ("pg_db_role_setting", "true"),
]
SCHEMA_QUERY = " UNION ALL ".join(
    f"SELECT '{table}', count(*), sum(hashtext(ctid::text || xmin::text)::bigint) FROM {table} WHERE {which}"
    for table, which in SCHEMA
)
COUNTERS_QUERY = (
    "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
)
OTHERS_QUERY = (
    "SELECT bool_and(pg_terminate_backend(pid, %s)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Postgres:
    """The one PostgreSQL database of this process."""

    def __init__(self, folder: Path, template: str) -> None:
        self.folder = folder
        self.template = template
        self.name = f"test_{uuid.uuid4().hex}"
        self.uses = 0
        self.empty: list[str] = []
        self.filled: dict[str, str] = {}
        self.as_made: Any = None
        self.looking: psycopg.Connection | None = (
            None  # what it has read of the catalogue it need not read again
        )

    def fresh(self) -> str:
        """Its address, when it is as its template is."""
        if not 0 < self.uses < WORN_OUT or not self._emptied():
            self._make_anew()
        self.uses += 1
        return postgres.url(self.folder, self.name)

    def drop(self) -> None:
        if self.looking:
            self.looking.close()
            self.looking = None
        postgres.drop(self.folder, self.name)

    def _connection(self) -> psycopg.Connection:
        """The same from test to test: a new one reads the catalogue for longer than most tests take."""
        if self.looking is None:
            address = f"postgresql://{postgres.SUPERUSER}@/{self.name}?host={self.folder / 'data'}"
            self.looking = psycopg.connect(address, autocommit=True)
        return self.looking

    def _make_anew(self) -> None:
        self.drop()
        postgres.create(self.folder, self.name, self.template)
        self.uses = 0
        connection = self._connection()
        tables = _words(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        filled = _with_rows(connection, tables)
        self.empty = [table for table in tables if table not in filled]
        self.filled = {table: _rows(connection, table) for table in filled}
        self.as_made = self._state(connection)

    def _emptied(self) -> bool:
        """Whether it could be brought back to what it was when it was made."""
        try:
            connection = self._connection()
            if connection.execute(OTHERS_QUERY, [CLOSING_WAIT_MS]).fetchone() == (False,):
                return False
            self._take_out(connection)
            return bool(self._state(connection) == self.as_made)
        except psycopg.Error:
            return False

    def _take_out(self, connection: psycopg.Connection) -> None:
        """Take out rows, put the template's own back, set counters back. Seals and links rest meanwhile."""
        changed = [table for table, rows in self.filled.items() if _rows(connection, table) != rows]
        orders = [
            sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
            for table in [*_with_rows(connection, self.empty), *changed]
        ]
        orders += [_put_back(table, self.filled[table]) for table in changed]
        before = {name: last for name, _, last in self.as_made["counters"]}
        for name, start, last in connection.execute(COUNTERS_QUERY).fetchall():
            kept = before.get(name)
            if last != kept:
                orders.append(
                    sql.SQL("SELECT setval({}, {}, {})").format(name, kept or start, kept is not None)
                )
        if orders:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.SQL("; ").join(orders))
            connection.execute("RESET session_replication_role")

    def _state(self, connection: psycopg.Connection) -> dict[str, Any]:
        return {
            "schema": connection.execute(SCHEMA_QUERY).fetchall(),  # type: ignore[arg-type]
            "counters": connection.execute(COUNTERS_QUERY).fetchall(),
            "filled": _with_rows(connection, self.empty),
            "rows": {table: _rows(connection, table) for table in self.filled},
        }


def _words(connection: psycopg.Connection, query: Any) -> list[str]:
    return [row[0] for row in connection.execute(query).fetchall()]


def _with_rows(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    asked = [one.format(sql.Literal(table), sql.Identifier(table)) for table in tables]
    return _words(connection, sql.SQL(" UNION ALL ").join(asked)) if asked else []


def _rows(connection: psycopg.Connection, table: str) -> str:
    """Every row of the table, as PostgreSQL writes them in JSON."""
    query = "SELECT coalesce(json_agg(row ORDER BY row::text), '[]')::text FROM {} AS row"
    found = connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
    assert found
    return str(found[0])


def _put_back(table: str, rows: str) -> sql.Composed:
    query = "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::{0}, {1})"
    return sql.SQL(query).format(sql.Identifier(table), rows)


class Sqlite:
    """The one SQLite file of this process: always at the same place, copied anew for each test."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.path = folder / "tracker.sqlite3"
        self.template = template

    def fresh(self) -> str:
        for ending in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)
        return f"sqlite:///{self.path}"
