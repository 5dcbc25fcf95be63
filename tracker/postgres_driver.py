"""What the tracker asks of psycopg beside what SQLAlchemy does: fewer round trips and less work for each statement."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from tracker import stored_json

PING_AFTER_S = 5.0
_LEFT_AT = "tracker_left_at"

Column = tuple[str, int, None, None, None, None, None]


class Cursor(psycopg.Cursor[Any]):
    """psycopg's, with a description of names and types alone.

    SQLAlchemy asks each result for its description and reads these two of it (PEP 249 has five more that may be None);
    psycopg makes an object for each column each time, a third of what a statement of forty columns costs.
    """

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or (not result.nfields and super().description is None):
            return None
        return [self._column(result, at) for at in range(result.nfields)]

    def _column(self, result: Any, at: int) -> Column:
        return (result.fname(at).decode(), result.ftype(at), None, None, None, None, None)


def options() -> dict[str, Any]:
    """For `create_engine`."""
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_use_lifo": True,  # the one used last has its statements prepared, and is asked least whether it is there
        "connect_args": {"cursor_factory": Cursor},
        "json_deserializer": stored_json.read,
    }


@event.listens_for(Engine, "checkin")
def _left(connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info[_LEFT_AT] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _still_there(connection: Any, entry: ConnectionPoolEntry, taken_by: Any) -> None:
    """A connection that nobody has used for some seconds is asked whether it is still there, and replaced if not; one
    that was used just now is taken as it is, which saves a round trip for each page (SQLAlchemy's `pool_pre_ping` asks
    every time)."""
    if not isinstance(connection, psycopg.Connection):
        return
    if time.monotonic() - entry.info.get(_LEFT_AT, 0.0) < PING_AFTER_S:
        return
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error
