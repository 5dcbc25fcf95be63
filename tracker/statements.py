"""Statements that are built once and carried out as they are: for what every scan and every page asks.

The session is told what they wrote, so that entities and a refusal's rollback know it as if it had been flushed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from tracker.database import Base, session, session_here

Entity = TypeVar("Entity", bound=Base)
Key = tuple[Any, ...]  # of an entity in its session


def table_of(model: type[Base]) -> sa.Table:
    """The table behind a model."""
    return cast("sa.Table", model.__table__)


def ask(statement: sa.Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> sa.Result[Any]:
    """Carry out a statement that was built once, on tables instead of entities, in the running transaction.

    What waits to be written is written first, as the session itself does; but nothing else is done for it, so that this
    costs a quarter of `session.execute`: for what every scan and every page asks.
    """
    current = session_here()
    current.flush()
    return connection_of(current).execute(statement, values)


def connection_of(current: Session) -> Connection:
    """The session's connection, found once for each transaction and each savepoint: the session begins a savepoint only
    when it is asked for its connection in it."""
    running = _innermost(current)
    known: tuple[SessionTransaction | None, Connection] | None = current.info.get("connection")
    if known is None or running is None or known[0] is not running:
        connection = current.connection()
        known = (_innermost(current), connection)
        current.info["connection"] = known
    return known[1]


def at_once(
    statement: sa.Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> sa.CursorResult[Any]:
    """Write by a statement that was built once, as `ask`. Raises `RuntimeError` outside of `transaction()`."""
    count_write(session_here())
    return cast("sa.CursorResult[Any]", ask(statement, values))


def count_write(current: Session) -> None:
    """Before a write past the session's own. Raises `RuntimeError` outside of `transaction()`."""
    if not current.info.get("writing"):
        raise RuntimeError("a change outside of transaction(): open it at the edge")
    current.info["writes"] = current.info.get("writes", 0) + 1


def writes() -> int:
    """How often this session has written by `at_once`: the same number before and after says that nothing was written."""
    count: int = session().info.get("writes", 0)
    return count


def is_kept(model: type[Entity], values: Mapping[str, Any]) -> Entity:
    """The session's entity of a row that `at_once` has just written, with a value for each column: as if it had been
    flushed."""
    made = _made_of(model)
    row = [values[name] for name in made.names]
    entity = _made(made, row, made.key_of(row), session())
    # So that it leaves the session with its row when this is rolled back, as after a flush; no public way says it.
    _running()._new[sa.inspect(entity)] = True
    return cast("Entity", entity)


def is_now(entity: Base, values: Mapping[str, Any]) -> None:
    """Tell an entity what `at_once` has just written of it. When this is rolled back it is read anew, as after a flush."""
    for name, value in values.items():
        set_committed_value(entity, name, value)
    _running()._dirty[sa.inspect(entity)] = True


def as_read(model: type[Entity], row: Sequence[Any], *, anew: bool = False) -> Entity:
    """The session's entity of a row that `ask` has read, its values in the order of the table's columns: what the session
    would have made of it, at a fifth of what its own reading costs. One that it has made before stays as it is, or gets
    these values where it is read `anew`, as after a lock."""
    made, current = _made_of(model), session_here()
    key = made.key_of(row)
    known: Any = current.identity_map.get(key)
    if known is None:
        known = _made(made, row, key, current)
    elif anew:
        for name, value in zip(made.names, row, strict=True):
            set_committed_value(known, name, value)
    found: Entity = known
    return found


def _made(made: _Made, row: Sequence[Any], key: Key, current: Session) -> Any:
    """As SQLAlchemy's loading does it: a new entity that stands in the session under its key."""
    entity = made.manager.new_instance()
    state: Any = instance_state(entity)
    state.dict.update(zip(made.names, row, strict=True))
    state.key, state.session_id = key, current.hash_key
    current.identity_map.add(state)
    return entity


@dataclass(frozen=True)
class _Made:
    """How entities of a model are made: the names of its columns in the table's order, and its key of such a row."""

    manager: sa.orm.ClassManager[Any]
    names: tuple[str, ...]
    key_of: Callable[[Sequence[Any]], Key]


@cache
def _made_of(model: type[Base]) -> _Made:
    sa.orm.configure_mappers()  # a server's first scan may be the first thing that is ever asked of them
    mapper, columns = sa.inspect(model), [*table_of(model).c]
    names = tuple(mapper.get_property_by_column(column).key for column in columns)
    places = [at for at, one in enumerate(columns) if one.primary_key]

    def key_of(row: Sequence[Any]) -> Key:
        return mapper.identity_key_from_primary_key(tuple([row[at] for at in places]))

    return _Made(mapper.class_manager, names, key_of)


def _running() -> SessionTransaction:
    running = _innermost(session())
    assert running is not None
    return running


def _innermost(current: Session) -> SessionTransaction | None:
    return current.get_nested_transaction() or current.get_transaction()
