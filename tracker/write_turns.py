"""Whose turn it is to write on SQLite, which has one writer at a time.

SQLite lets a process that finds the file locked sleep and look again: who came last may be first, and one scan in a
hundred waits a second. Here threads and processes stand in line for a lock of the operating system's instead.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_threads = threading.Lock()


@contextmanager
def turn(database: str | None) -> Iterator[None]:
    """Wait until no other thread or process writes, and hold the others back; `database` is the file's path, or nothing
    for one in memory, which no other process sees. Whoever writes without a turn still finds SQLite's own lock."""
    with _threads:
        held = _opened(database) if database and database != ":memory:" else None
        if held is None:
            yield
            return
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)  # and with it goes the lock


def _opened(database: str) -> int | None:
    """An empty file beside the database; None where there can be none, as in a folder that is only read."""
    try:
        return os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
