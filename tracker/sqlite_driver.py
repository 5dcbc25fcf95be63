"""What the tracker asks of SQLite: the newest at hand, a safe journal, and a connection for each thread."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry

from tracker import stored_json

# Older ones can lose a committed page when two connections reset the write-ahead log at once
# (sqlite.org/wal.html, "the WAL-reset bug").
FIRST_SAFE_WAL = (3, 51, 3)
WAIT_MS = 30_000


def driver() -> Any:
    """The newest SQLite at hand: the one `pysqlite3` carries, else the standard library's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


def journal_mode() -> str:
    """`WAL` where it is safe, else `DELETE`; shown by `/readyz` and `tracker check`."""
    return "WAL" if tuple(driver().sqlite_version_info) >= FIRST_SAFE_WAL else "DELETE"


def options() -> dict[str, Any]:
    """For `create_engine`. Of the connections, one for each of a process's eight threads, the one used last is taken
    first: what it has read of the file and prepared is still at hand."""
    return {
        "module": driver(),
        "connect_args": {"timeout": WAIT_MS / 1000},
        "pool_size": 10,
        "pool_use_lifo": True,
        "json_deserializer": stored_json.read,
    }


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, entry: ConnectionPoolEntry) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None  # the driver leaves BEGIN to us, see `database._begin`
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={WAIT_MS}",
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted for a person's sake leaves no trace in the file
        "recursive_triggers=ON",  # else INSERT OR REPLACE passes by the triggers that guard history
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
