"""Servers for tests, each forked from a process that has read the code: to read it takes longer than most tests.

`served()` is what pytest's process calls; the other half of the file is that process, started with the first server.
A server born here is `tracker serve` from its settings on: it reads its environment, opens its database and port, and
forks its workers by itself. What it has not done is to start an interpreter; `serving.serve()` does that too.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

from tests.serving import ON_A_FREE_PORT, Served, address

ROOT = Path(__file__).resolve().parent.parent


class Born:
    """A process that is not our own child: seen by its number, as far as `Served` asks."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> None:
        while self.poll() is None:
            time.sleep(0.005)


@contextmanager
def served(port: int = 0) -> Iterator[Served]:
    """A server with this process's settings; at the end it is killed, with nobody left to wait for. `port`: where one
    stood that was killed and comes back."""
    with tempfile.NamedTemporaryFile(suffix=".log", delete=False) as log:
        path = Path(log.name)
    process = Born(_born({**os.environ, **ON_A_FREE_PORT, "PORT": str(port)}, path))
    try:
        yield (running := Served(address(process, path), process, path))
        if process.poll() is None:
            running.kill()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        path.unlink()


def _born(environment: dict[str, str], log: Path) -> int:
    nursery = _nursery()
    assert nursery.stdin and nursery.stdout
    nursery.stdin.write(json.dumps([environment, str(log)]).encode() + b"\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


@cache
def _nursery() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.nursery"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(_close, process)
    return process


def _close(process: subprocess.Popen[bytes]) -> None:
    """It ends when nobody can ask it any more."""
    assert process.stdin and process.stdout
    process.stdin.close()
    process.stdout.close()
    process.wait()


def _nurse(asked: IO[str]) -> None:
    from sqlalchemy.orm import configure_mappers

    import tracker.app
    import tracker.cli.serve  # noqa: F401
    from tests import pages
    from tracker import i18n

    pages.keep()
    # What a server reads from the code when it is first asked for a page, and its children would each read anew.
    configure_mappers()
    i18n.catalogue("fr")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in asked:
        environment, log = json.loads(line)
        child = os.fork()
        if child == 0:
            _serve(environment, log)
        print(child, flush=True)


def _serve(environment: dict[str, str], log: str) -> NoReturn:
    from tracker.cli import main

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = ["tracker", "serve"]
    out, nothing = os.open(log, os.O_WRONLY | os.O_APPEND), os.open(os.devnull, os.O_RDONLY)
    for stream, place in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(stream, place)
    main()
    os._exit(0)


if __name__ == "__main__":
    _nurse(sys.stdin)
