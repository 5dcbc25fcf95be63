"""Printers of a workshop and the ways a file reaches them. Plain values."""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from labels.formats import FORMATS
from tracker.errors import Malformed
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

# The formats that make sense on each way, the usual one first.
FORMATS_OF: dict[Way, tuple[str, ...]] = {
    Way.DOWNLOAD: tuple(FORMATS),
    Way.BROWSER: ("pdf", "svg"),
    Way.QUEUE: ("pdf", "png", "zpl", "brother"),
    Way.SOCKET: ("zpl", "brother"),
    Way.WEBHOOK: ("pdf", "png", "zpl", "brother"),
}
FORMAT_NAMES: dict[str, str] = {
    "pdf": N_("PDF, for any printer"),
    "svg": N_("SVG, a drawing"),
    "png": N_("PNG, a picture"),
    "zpl": N_("ZPL, for label printers that speak it"),
    "brother": N_("Brother QL, sent to the printer as it is"),
}
DPI = (203, 300, 600)
LONGEST_NAME = 80
RAW_PORT = 9100
_QUEUE = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]{0,126}")
_HOST = re.compile(r"(?=.{1,190}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?")
_HOST_AND_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")


class JobState(enum.StrEnum):
    """`waiting` for its turn, `sending`, `sent`, `failed` (a person looks at it, and tries again), `cancelled`."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Described:
    """A printer as it should be. `address`: a queue's name, `host:port`, or None where the way needs none."""

    name: str
    way: Way
    format: str
    address: str | None = None
    dpi: int | None = None
    colour: bool | None = None
    asks_status: bool | None = None  # None: where it speaks ZPL


def format_words(name: str) -> str:
    """What a format is called; one that was added without words of its own, by its name."""
    return FORMAT_NAMES.get(name, name.upper())


def checked(asked: Described, allowed: Collection[str]) -> Described:
    """The same, its name and address in their one spelling. `allowed`: the `host:port` that the operator lets be
    reached. Raises `Malformed` naming the field."""
    name = " ".join(asked.name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Malformed(
            N_("Give the printer a name of 1 to 80 letters: what volunteers call it."), field="name"
        )
    if asked.format not in FORMATS_OF[asked.way]:
        raise Malformed(
            N_("“%(format)s” does not go that way. Choose one of: %(known)s."),
            field="format",
            format=asked.format[:20],
            known=", ".join(FORMATS_OF[asked.way]),
        )
    if asked.dpi is not None and asked.dpi not in DPI:
        raise Malformed(N_("Choose 203, 300 or 600 dpi: it stands on the printer’s plate."), field="dpi")
    address = address_of(asked.way, asked.address, allowed)
    return Described(name, asked.way, asked.format, address, asked.dpi, asked.colour, asked.asks_status)


def address_of(way: Way, text: str | None, allowed: Collection[str]) -> str | None:
    """The address that this way needs, in one spelling; None where it needs none. Raises `Malformed`."""
    if way is Way.QUEUE:
        return queue_name(text or "")
    if way is Way.SOCKET:
        return must_be_allowed(socket_address(text or ""), allowed)
    return None


def queue_name(text: str) -> str:
    """The name of a CUPS queue: it becomes an argument of `lp`, so it can never look like an option."""
    name = text.strip()
    if not _QUEUE.fullmatch(name):
        raise Malformed(
            N_(
                "A queue’s name has letters, digits, dots, hyphens and underscores only, and does not begin with "
                "a hyphen. On the server, “lpstat -e” lists the names there are."
            ),
            field="address",
        )
    return name


def socket_address(text: str) -> str:
    """`zebra.local` → `zebra.local:9100`; a port of its own stays. Raises `Malformed`."""
    found = _HOST_AND_PORT.fullmatch(text.strip().lower())
    host = (found["six"] or found["host"]) if found else ""
    port = int(found["port"] or RAW_PORT) if found else 0
    if not found or not 1 <= port <= 65_535 or not _is_host(host, bool(found["six"])):
        raise Malformed(
            N_("Write the printer’s address and port, for example 192.168.1.40:9100 or zebra.local:9100."),
            field="address",
        )
    return f"[{ipaddress.ip_address(host)}]:{port}" if found["six"] else f"{host.rstrip('.')}:{port}"


def _is_host(host: str, six: bool) -> bool:
    if six:
        try:
            return ipaddress.ip_address(host).version == 6
        except ValueError:
            return False
    return bool(_HOST.fullmatch(host))


def must_be_allowed(address: str, allowed: Collection[str]) -> str:
    """The address, if the operator's list has it, however it is spelled there."""
    known = set()
    for one in allowed:
        try:
            known.add(socket_address(one))
        except Malformed:
            continue
    if address not in known:
        raise Malformed(
            N_(
                "This server may not send to %(address)s. Ask who runs it to add that address to TRACKER_PRINTERS, "
                "or choose another way."
            ),
            field="address",
            address=address,
        )
    return address
