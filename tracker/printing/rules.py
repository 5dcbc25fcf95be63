"""Printers of a workshop and the ways a file reaches them. Plain values."""

from __future__ import annotations

import enum

from tracker.i18n import N_


class Way(enum.StrEnum):
    """How a file reaches a printer. With the first two a person prints it herself; the others are jobs."""

    DOWNLOAD = "download"
    BROWSER = "browser"
    QUEUE = "queue"
    SOCKET = "socket"
    WEBHOOK = "webhook"


WAYS: dict[Way, str] = {
    Way.DOWNLOAD: N_("A file that I save"),
    Way.BROWSER: N_("From the browser"),
    Way.QUEUE: N_("A print queue of this server (CUPS)"),
    Way.SOCKET: N_("A label printer on the network (port 9100)"),
    Way.WEBHOOK: N_("The helper in the workshop"),
}
# These take the file by themselves: the others leave it with the person who asked.
BY_ITSELF = frozenset({Way.QUEUE, Way.SOCKET, Way.WEBHOOK})


class JobState(enum.StrEnum):
    """`waiting` for its turn, `sending`, `sent`, `failed` (a person looks at it, and tries again), `cancelled`."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
