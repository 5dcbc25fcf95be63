"""What the database is asked while something is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tracker.database import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that the database is asked meanwhile, without those that begin and end a transaction."""
    found: list[str] = []

    def look(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
