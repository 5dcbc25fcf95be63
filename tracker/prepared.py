"""Questions of plain columns that every page and every scan asks: compiled once and carried out by the driver itself, in
the session's running transaction.

SQLAlchemy makes the statement, says how values are sent and read, and names what goes wrong; what it does for each single
execution beside that costs three times what the database takes to answer.
"""

from __future__ import annotations

import enum
import operator
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import cached_property, partial
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.pool import PoolProxiedConnection

from tracker import stored_json
from tracker.database import UTCDateTime, session_here
from tracker.postgres_reads import Question
from tracker.read_session import refusal
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
        """The rows, as named tuples. Raises what SQLAlchemy raises for this statement.

        They are read by the connection at hand until the session begins, and by the session's own from then on.
        """
        current = session_here()
        at_hand = current.at_hand()
        if at_hand is not None:
            rows = self._for(current.engine.dialect).rows_at_hand(at_hand, current.engine, values)
            if rows is not None:
                return rows
        current.flush()  # what waits to be written is written first, as the session itself does
        connection = connection_of(current)
        return self._for(connection.dialect).rows(connection, values)

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.statement, dialect)
        return compiled

    def one_or_none(self, **values: Any) -> Any:
        """The only row, or None. Raises `LookupError` where there are several."""
        rows = self.all(**values)
        if len(rows) > 1:
            raise LookupError("one row at most was asked for")
        return rows[0] if rows else None


Readers = tuple[tuple[int, Processor], ...]


class Sent(NamedTuple):
    """A statement as one kind of database takes it."""

    text: str
    given: dict[str, Any]  # values that stand in the statement itself, as they are sent
    processors: tuple[tuple[str, Processor], ...]
    order: Sequence[str] | None  # of the values, where they are told apart by their place

    def values(self, values: dict[str, Any]) -> Any:
        """As the driver takes them: by name, or in their order."""
        named = {**self.given, **values}
        for name, processor in self.processors:
            named[name] = processor(named[name])
        return named if self.order is None else [named[name] for name in self.order]

    def carry_out(self, connection: Connection, values: dict[str, Any], take: Callable[[Any], Any]) -> Any:
        """What `take` finds in the driver's cursor. Raises what SQLAlchemy raises."""
        return _carried_out(connection, self.text, self.values(values), take)


class _Compiled(NamedTuple):
    """A select, and how its rows are read."""

    sent: Sent
    read: Readers
    row: Callable[[Sequence[Any]], Any]
    question: _Question | None  # to PostgreSQL, where no transaction runs

    def rows(self, connection: Connection, values: dict[str, Any]) -> Sequence[Any]:
        return self._read(self.sent.carry_out(connection, values, _all_of), self.read)

    def rows_at_hand(
        self, connection: PoolProxiedConnection, engine: Engine, values: dict[str, Any]
    ) -> Sequence[Any] | None:
        """None where the connection was gone: the session's own way takes another. Raises what SQLAlchemy raises."""
        question = self.question
        sent = self.sent.values(values) if question is None or engine.dispatch.before_cursor_execute else None
        for tell in engine.dispatch.before_cursor_execute:  # whoever counts statements
            tell(None, None, self.sent.text, sent, None, False)
        try:
            if question is not None:
                found = question.asked.rows(connection, question.sent.values(values))
                return None if found is None else self._read(found, question.read)
            return self._read(connection.cursor().execute(self.sent.text, sent).fetchall(), self.read)
        except engine.dialect.loaded_dbapi.Error as error:
            raise refusal(engine, error, self.sent.text, sent) from error

    def _read(self, rows: Iterable[Sequence[Any]], read: Readers) -> Sequence[Any]:
        row, found = self.row, []
        for one in rows:
            whole = list(one)
            for at, processor in read:
                if whole[at] is not None:
                    whole[at] = processor(whole[at])
            found.append(row(whole))
        return found


class _Question(NamedTuple):
    asked: Question
    sent: Sent
    read: Readers


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
        raise refusal(connection.engine, error, text, sent, gone=gone) from error
    finally:
        cursor.close()


def _compile(statement: sa.Select[Any], dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    columns = list(statement.selected_columns)
    names = [getattr(column, "name", None) or f"column_{at}" for at, column in enumerate(columns)]
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return _Compiled(
        sent_as(compiled, dialect),
        _readers(columns, dialect),
        partial(cast("Any", tuple.__new__), row),
        _question(statement, columns, dialect),
    )


def _question(statement: sa.Select[Any], columns: Sequence[Any], dialect: Dialect) -> _Question | None:
    """For PostgreSQL, which tells values apart by their place."""
    if dialect.name != "postgresql":
        return None
    numbered = cast("Any", type(dialect))(paramstyle="numeric_dollar")
    sent = sent_as(statement.compile(dialect=numbered), numbered)
    return _Question(
        Question(sent.text, len(sent.order or ())), sent, _readers(columns, dialect, stored_json.read)
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


def _readers(columns: Sequence[Any], dialect: Dialect, json: Processor | None = None) -> Readers:
    """How the values of a row are read, by their places. `json`: where the driver leaves JSON as its text."""
    read = [
        (at, json if json and _is_json(column.type, dialect) else _reader(column.type, dialect))
        for at, column in enumerate(columns)
    ]
    return tuple((at, how) for at, how in read if how is not None)


def _is_json(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> bool:
    return isinstance(kind.dialect_impl(dialect), sa.JSON)


def _reader(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """SQLAlchemy's, but for enumerations, moments and JSON, of which a page reads dozens: those by one call of the
    language's own."""
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and kind.values_callable is not None:
        members: type[enum.Enum] = kind.enum_class
        return dict(zip(kind.values_callable(members), members, strict=True)).__getitem__
    if isinstance(kind, UTCDateTime) and dialect.name == "postgresql":
        return _in_utc
    if dialect.name == "sqlite" and _is_json(kind, dialect):
        return stored_json.read
    return kind.dialect_impl(dialect).result_processor(dialect, None)


_in_utc = operator.methodcaller("astimezone", UTC)
