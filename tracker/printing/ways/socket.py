"""A label printer on the network: bytes to port 9100, to an address that the operator listed.

The name is looked up once, what it stands for is judged, and the connection goes to that very address: a name that
changes its meaning in between leads nowhere else.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from contextlib import suppress

from tracker.errors import Malformed
from tracker.i18n import N_, Sentence
from tracker.printing import rules
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.printing.ways import address_rules, zpl_rules

CONNECT_S = 5.0
STATUS_S = 2.0
NO_PROGRESS_S = 20.0
WHOLE_S = 180.0  # well under `SENDER_LOST`
PIECE = 16 * 1024
LONGEST_ANSWER = 1024

_OFF = N_(
    "The printer at %(address)s does not answer. Switch it on, and look whether its network cable is plugged in."
)
_REFUSES = N_(
    "%(address)s refuses the connection: it is on, but takes nothing at this port. Restart the printer, and check its "
    "address and port."
)
_UNKNOWN_NAME = N_(
    "The name %(address)s is not known on the network: check how the printer is called, or give its address in figures."
)
_NOT_ITS_NETWORK = N_(
    "%(address)s does not stand for an address of the workshop’s network. Ask who runs the server to list the printer "
    "in figures in TRACKER_PRINTERS."
)
_BROKE = N_(
    "The connection to %(address)s broke after %(sent_bytes)s of %(whole_bytes)s. Look how many labels came out, then "
    "try again or cancel."
)


def send(parcel: Parcel, allowed: Collection[str]) -> Sentence | None:
    """Send the file. `allowed`: the `host:port` of TRACKER_PRINTERS. Raises `NotSent`, `Unclear`."""
    with _connected(_where(parcel.address, allowed), parcel.address) as link:
        if parcel.asks_status and (hindrance := zpl_rules.hindrance(_status(link))):
            raise NotSent(hindrance)
        _write(link, parcel)
        return _afterwards(link, parcel)


def _where(address: str, allowed: Collection[str]) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Every address that may be tried. Looked up here, and nowhere again."""
    try:
        host, port = address_rules.host_and_port(rules.must_be_allowed(address, allowed))
    except Malformed as refusal:
        raise NotSent(refusal.sentence.message, again=False, **refusal.sentence.details) from refusal
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(_UNKNOWN_NAME, address=address) from error
    texts = {str(one[4][0]): one[0] for one in found}
    chosen = address_rules.reachable(list(texts), port, allowed)
    if not chosen:
        raise NotSent(_NOT_ITS_NETWORK, again=False, address=address)
    return [(texts[text], (text, port)) for text in chosen]


def _connected(places: list[tuple[socket.AddressFamily, tuple[str, int]]], address: str) -> socket.socket:
    refused = False
    for family, place in places:
        link = socket.socket(family, socket.SOCK_STREAM)
        link.settimeout(CONNECT_S)
        try:
            link.connect(place)
        except OSError as error:
            link.close()
            refused = refused or isinstance(error, ConnectionRefusedError)
        else:
            return link
    raise NotSent(_REFUSES if refused else _OFF, address=address)


def _status(link: socket.socket) -> bytes:
    """What the printer answers to `~HS`; nothing where it does not know it."""
    answer, until = b"", time.monotonic() + STATUS_S
    with suppress(OSError):
        link.settimeout(STATUS_S)
        link.sendall(zpl_rules.ASK)
        while not zpl_rules.whole(answer) and len(answer) < LONGEST_ANSWER:
            left = until - time.monotonic()
            if left <= 0:
                break
            link.settimeout(left)
            piece = link.recv(LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    return answer


def _write(link: socket.socket, parcel: Parcel) -> None:
    """All of it, or a refusal that says how far it came."""
    sent, until = 0, time.monotonic() + WHOLE_S
    view = memoryview(parcel.data)
    try:
        while sent < len(view):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            link.settimeout(min(NO_PROGRESS_S, left))
            sent += link.send(view[sent : sent + PIECE])
    except OSError as error:
        if sent == 0:
            raise NotSent(_OFF, address=parcel.address) from error
        raise _broke(parcel, sent) from error


def _broke(parcel: Parcel, sent: int) -> Unclear:
    return Unclear(_BROKE, address=parcel.address, sent_bytes=sent, whole_bytes=len(parcel.data))


def _afterwards(link: socket.socket, parcel: Parcel) -> Sentence | None:
    """Hear how it went: a printer that closes hard has not read to the end; one that answers says what it lacks."""
    if parcel.asks_status:
        hindrance = zpl_rules.hindrance(_status(link))
        return Sentence(hindrance) if hindrance else None
    try:
        link.shutdown(socket.SHUT_WR)
        link.settimeout(STATUS_S)
        link.recv(1)
    except TimeoutError:
        return None
    except OSError as error:
        raise _broke(parcel, len(parcel.data)) from error
    return None
