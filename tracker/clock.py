"""The time. Always aware, always UTC inside; pages show the workshop's own time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WORKSHOP_ZONE = ZoneInfo("Europe/Paris")

_set_to: ContextVar[datetime | None] = ContextVar("the moment the clock is set to", default=None)


def now() -> datetime:
    return _set_to.get() or datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the workshop's clock."""
    return moment.astimezone(WORKSHOP_ZONE)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be another moment for what runs inside: the demonstration tells its year this way."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
