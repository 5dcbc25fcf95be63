"""The time. Always aware, always UTC inside; pages show the workshop's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WORKSHOP_ZONE = ZoneInfo("Europe/Paris")


def now() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the workshop's clock."""
    return moment.astimezone(WORKSHOP_ZONE)
