"""Questions of plain columns that every page and every scan asks: compiled once and carried out by the driver itself, in
the session's running transaction.

SQLAlchemy makes the statement, says how values are sent and read, and names what goes wrong; what it does for each single
execution beside that costs three times what the database takes to answer.
"""

from __future__ import annotations

import enum
import operator
from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from tracker import stored_json
from tracker.database import db, session_here
from tracker.statements import connection_of

Processor = Callable[[Any], Any]


class Prepared:
    """A select without lists among its values. `select` is called once, when it is first asked for."""

    def __init__(self, select: Callable[[], sa.Select[Any]]) -> None:
        self._select = select
        self._compiled: dict[str, _Compiled] = {}

    @cached_property
    def statement(self) -> sa.Select[Any]:
        """What is asked."""
        return self._select()

    def all(self, **values: Any) -> Sequence[Any]:
        """The rows, as named tuples. Raises what SQLAlchemy raises for this statement."""
        current = session_here()
        current.flush()  # what waits to be written is written first, as the session itself does
        return self._rows(connection_of(current), values)

    def all_apart(self, **values: Any) -> Sequence[Any]:
        """The rows, read on a connection that is given back at once and outside of any transaction: for what is asked before
        one that writes, which would only end what the session had begun to read."""
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            return self._rows(connection, values)

    def _rows(self, connection: Connection, values: dict[str, Any]) -> Sequence[Any]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.statement, dialect)
        return compiled.rows(connection, values)

    def one_or_none(self, **values: Any) -> Any:
        """The only row, or None. Raises `LookupError` where there are several."""
        rows = self.all(**values)
        if len(rows) > 1:
            raise LookupError("one row at most was asked for")
        return rows[0] if rows else None


class Sent(NamedTuple):
    """A statement as one kind of database takes it."""

    text: str
    given: dict[str, Any]  # values that stand in the statement itself, as they are sent
    processors: tuple[tuple[str, Processor], ...]
    order: Sequence[str] | None  # of the values, where they are told apart by their place

    def carry_out(self, connection: Connection, values: dict[str, Any], take: Callable[[Any], Any]) -> Any:
        """What `take` finds in the driver's cursor. Raises what SQLAlchemy raises."""
        named = {**self.given, **values}
        for name, processor in self.processors:
            named[name] = processor(named[name])
        sent: Any = named if self.order is None else [named[name] for name in self.order]
        return _carried_out(connection, self.text, sent, take)


class _Compiled(NamedTuple):
    """A select, and how its rows are read."""

    sent: Sent
    read: tuple[tuple[int, Processor], ...]
    row: Callable[[Sequence[Any]], Any]

    def rows(self, connection: Connection, values: dict[str, Any]) -> Sequence[Any]:
        read, row = self.read, self.row
        found = []
        for one in self.sent.carry_out(connection, values, _all_of):
            whole = list(one)
            for at, processor in read:
                if whole[at] is not None:
                    whole[at] = processor(whole[at])
            found.append(row(whole))
        return found


def _carried_out(connection: Connection, text: str, sent: Any, take: Callable[[Any], Any]) -> Any:
    ours: Any = connection.connection.dbapi_connection
    cursor = ours.cursor()
    try:
        for tell in connection.engine.dispatch.before_cursor_execute:  # whoever counts statements
            tell(connection, cursor, text, sent, None, False)
        cursor.execute(text, sent)
        return take(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        gone = connection.dialect.is_disconnect(error, ours, cursor)
        if gone:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            text,
            sent,
            error,
            connection.dialect.loaded_dbapi.Error,
            hide_parameters=connection.engine.hide_parameters,
            connection_invalidated=gone,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()


def _compile(statement: sa.Select[Any], dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns)
    names = [getattr(column, "name", None) or f"column_{at}" for at, column in enumerate(columns)]
    read = [(at, _reader(column.type, dialect)) for at, column in enumerate(columns)]
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return _Compiled(
        sent_as(compiled, dialect),
        tuple((at, how) for at, how in read if how is not None),
        partial(cast("Any", tuple.__new__), row),
    )


def sent_as(compiled: Any, dialect: Dialect) -> Sent:
    """How a statement that SQLAlchemy has compiled is sent."""
    senders = {name: _sender(one.type, dialect) for name, one in compiled.binds.items()}
    given = {name: one.value for name, one in compiled.binds.items() if not one.required}
    return Sent(
        str(compiled),
        {name: how(value) if (how := senders[name]) else value for name, value in given.items()},
        tuple((name, how) for name, how in senders.items() if how is not None and name not in given),
        compiled.positiontup if compiled.positional else None,
    )


_all_of = operator.methodcaller("fetchall")


def _sender(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """SQLAlchemy's, but for enumerations and JSON, of which a page reads dozens: those by one call of the language's own."""
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and kind.values_callable is not None:
        members: type[enum.Enum] = kind.enum_class
        return dict(zip(kind.values_callable(members), members, strict=True)).__getitem__
    mine = kind.dialect_impl(dialect)
    if isinstance(mine, sa.JSON) and dialect.name == "sqlite":
        return stored_json.read
    return mine.result_processor(dialect, None)
