"""Sees to it that reading changes nothing: every test that uses the application is watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import event

from tracker.database import db

WRITE = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
READS = {"GET", "HEAD", "OPTIONS"}
# What the door itself writes down, whatever is asked: who was seen when, and how often somebody tried.
THE_DOOR = {"sessions", "api_tokens", "attempt_counts", "bench_turns"}


@contextmanager
def reading_changes_nothing(app: Flask) -> Iterator[list[str]]:
    """Collects a sentence for each change made while answering a GET."""
    found: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        written = WRITE.match(statement)
        if written and written.group(1) not in THE_DOOR and has_request_context() and request.method in READS:
            found.append(f"{request.method} {request.path} changes {written.group(1)}: {statement[:120]}")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)
