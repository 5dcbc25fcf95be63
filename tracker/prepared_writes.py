"""Writes of one row that every scan makes: compiled once and carried out by the driver itself, as `prepared` reads."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tracker.database import session_here
from tracker.prepared import Sent, sent_as
from tracker.statements import connection_of, count_write

Made = Callable[[str], sa.Insert | sa.Update]


class PreparedWrite:
    """An insert or an update of one row. `made`: the name of a dialect → its statement; called once, when it is first
    carried out, with the same names of values as ever after."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self._compiled: dict[str, Sent] = {}

    def count(self, **values: Any) -> int:
        """How many rows were written. Raises what SQLAlchemy raises, and `RuntimeError` outside of `transaction()`."""
        counted: int = self._carry_out(values, _count)
        return counted

    def first(self, **values: Any) -> Any:
        """The first value that comes back of the row that was written; None where none was. Raises as `count`."""
        rows = self._carry_out(values, _rows)
        return rows[0][0] if rows else None

    def _carry_out(self, values: dict[str, Any], take: Callable[[Any], Any]) -> Any:
        current = session_here()
        count_write(current)
        current.flush()  # what waits to be written is written first, as the session itself does
        connection = connection_of(current)
        dialect = connection.dialect
        sent = self._compiled.get(dialect.name)
        if sent is None:
            compiled = self._made(dialect.name).compile(dialect=dialect, column_keys=list(values))
            sent = self._compiled[dialect.name] = sent_as(compiled, dialect)
        return sent.carry_out(connection, values, take)


_rows, _count = operator.methodcaller("fetchall"), operator.attrgetter("rowcount")
