"""Label printers that listen at a real port: one that reads, one that breaks off, one that answers `~HS`."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

READY = b"\x02030,0,0,0359,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
PAPER_OUT = READY.replace(b"030,0,0", b"030,1,0")
PAUSED = READY.replace(b"030,0,0", b"030,0,1")
HEAD_OPEN = READY.replace(b"001,0,0,0", b"001,0,1,0")
RIBBON_OUT = READY.replace(b"001,0,0,0", b"001,0,0,1")

Mind = Callable[[socket.socket, "Listening"], None]


@dataclass
class Listening:
    """What came. `answers`: what is said to each `~HS` in turn."""

    port: int = 0
    got: bytes = b""
    calls: int = 0
    answers: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def listening(mind: Mind, answers: list[bytes] | None = None) -> Iterator[Listening]:
    """A printer at a free port that does with each connection what `mind` says."""
    heard = Listening(answers=answers or [])
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard.port = server.getsockname()[1]
        stop = threading.Event()
        server.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    link, _ = server.accept()
                except TimeoutError:
                    continue
                heard.calls += 1
                with link:
                    link.settimeout(20)
                    mind(link, heard)
                heard.done.set()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield heard
        finally:
            stop.set()
            thread.join()


def reads(link: socket.socket, heard: Listening) -> None:
    """To the end, as a printer does that knows nothing but its data."""
    while piece := link.recv(65536):
        heard.got += piece


def answers(link: socket.socket, heard: Listening) -> None:
    """Reads, and answers each `~HS`."""
    seen = 0
    while piece := link.recv(65536):
        heard.got += piece
        while (at := heard.got.find(b"~HS", seen)) >= 0 and heard.answers:
            seen = at + 3
            link.sendall(heard.answers.pop(0))


def breaks_off(link: socket.socket, heard: Listening) -> None:
    """Reads a little, then closes hard."""
    heard.got += link.recv(1000)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
