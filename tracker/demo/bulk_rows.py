"""Very many rows at once, past the ORM but through its types: PostgreSQL by COPY, SQLite by its driver's `executemany`.

Every constraint, index and trigger holds as for any other row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from psycopg import sql
from sqlalchemy import JSON
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from tracker.database import Base, UTCDateTime, is_postgresql, session
from tracker.statements import table_of

Row = tuple[Any, ...]
Bind = tuple[int, Callable[[Any], Any]]
_SQLITE_CACHE_KIB = (
    256 * 1024
)  # the indexes of millions of rows, which else are read from the file at every row


def write_rows(model: type[Base], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert `rows`, each with the values of `columns` in their order, in the running transaction."""
    connection = session.connection()
    table, dialect = table_of(model), connection.dialect
    found = [_bind(table.c[name].type, dialect) for name in columns]
    binds = [(place, bind) for place, bind in enumerate(found) if bind]
    driver: Any = connection.connection.driver_connection
    write = _copy if is_postgresql() else _insert
    write(driver, table.name, columns, _bound(rows, binds))


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What the type does to a value; for the two that are slow and come millions of times, the same by a shorter way."""
    if isinstance(kind, UTCDateTime):
        return None if dialect.name == "postgresql" else _sqlite_moment
    own = kind.dialect_impl(dialect)
    bind = own.bind_processor(dialect)
    return partial(_once, bind, {}) if bind and isinstance(own, JSON) else bind


def _sqlite_moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00") if moment else None


def _once(bind: Callable[[Any], Any], known: dict[str, Any], value: Any) -> Any:
    """Many rows have the same few facts: they are made into text once."""
    key = repr(value)
    if key not in known:
        known[key] = bind(value)
    return known[key]


def _bound(rows: Iterable[Row], binds: Sequence[Bind]) -> Iterator[Sequence[Any]]:
    """The rows as the driver takes them, each value converted by its column's type."""
    for row in rows:
        values = list(row)
        for place, bind in binds:
            values[place] = bind(values[place])
        yield values


def _copy(driver: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    asked = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with driver.cursor() as cursor, cursor.copy(asked) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(driver: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    driver.execute(f"PRAGMA cache_size=-{_SQLITE_CACHE_KIB}")  # of this connection alone
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 (our names)
