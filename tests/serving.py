"""`tracker serve` as a process, for tests that need real sockets: browsers, races, faults."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

START_WAIT_S = 60
ON_A_FREE_PORT = {"HOST": "127.0.0.1", "PORT": "0"}
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class Process(Protocol):
    """As much of a process as is asked here: `poll()` is nothing as long as it runs."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self) -> object: ...


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    url: str
    process: Process
    log: Path

    def kill(self) -> None:
        """As a power cut: the server and all its workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serve(**environment: str) -> Iterator[Served]:
    """Start `tracker serve` on a free port with this process's settings, and stop it at the end."""
    with started([sys.executable, "-m", "tracker.cli", "serve"], **environment) as served:
        yield served


@contextmanager
def started(command: list[str], **environment: str) -> Iterator[Served]:
    """Start a server that says its address in its output, and stop it at the end."""
    with tempfile.NamedTemporaryFile(suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **ON_A_FREE_PORT, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    path = Path(log.name)
    try:
        yield Served(address(process, path), process, path)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        path.unlink()


def address(process: Process, log: Path) -> str:
    """What a starting server has written into its log; `RuntimeError` with the log when it does not come up."""
    until = time.monotonic() + START_WAIT_S
    while time.monotonic() < until:
        if found := ADDRESS.search(log.read_text(errors="replace")):
            return found.group(0)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
