"""A bounded load from this process on a server of ours, and what it cost that server."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Request:
    """One request to be sent."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Answers:
    """What came back."""

    seconds: float
    server_cpu_seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    bodies: list[bytes]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server for each request: steadier than seconds on a shared machine."""
        return self.server_cpu_seconds * 1000 / len(self.latencies)

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def send(
    address: str, requests: Sequence[Request], server: int, hands: int = 8, keep: bool = False
) -> Answers:
    """Send all requests once, from `hands` connections at a time, to the server whose first process is `server`."""
    parts = urlsplit(address)
    turn = count()
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    bodies: list[bytes] = []
    lock = threading.Lock()

    def hand() -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        while (at := next(turn)) < len(requests):
            asked = requests[at]
            began = time.perf_counter()
            connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
            answer = connection.getresponse()
            body = answer.read()
            took = time.perf_counter() - began
            with lock:
                latencies.append(took)
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
                if keep or answer.status >= http.client.BAD_REQUEST:
                    bodies.append(body)
        connection.close()

    before, began = processor_seconds(server), time.perf_counter()
    threads = [threading.Thread(target=hand) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answers(
        time.perf_counter() - began, processor_seconds(server) - before, latencies, dict(statuses), bodies
    )


def processor_seconds(process: int) -> float:
    """Processor time of a process and its children, so far."""
    return sum(_ticks(member) for member in _family(process)) / TICKS


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _ticks(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
