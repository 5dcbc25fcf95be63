"""Servers and commands for tests, each forked from a process that has read the code: to read it takes longer than most
tests.

`served()` and `command()` are what pytest's process calls; the other half of the file is that process, started with the
first of them. What is born here is `tracker` from its settings on: it reads its environment and arguments, opens its
database, and a server opens its port and forks its workers by itself. What it has not done is to start an interpreter;
`serving.serve()` does that too, and the tests of the wheel (tests/package/).
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
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

from tests.serving import ON_A_FREE_PORT, Served, address

ROOT = Path(__file__).resolve().parent.parent
COMMAND_WAIT_S = 120


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
    process = Born(_born(["serve"], {**os.environ, **ON_A_FREE_PORT, "PORT": str(port)}, path, path))
    try:
        yield (running := Served(address(process, path), process, path))
        if process.poll() is None:
            running.kill()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        path.unlink()


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`tracker …` as a process of its own, to its end. One that is killed, or still runs after two minutes, fails."""
    with tempfile.TemporaryDirectory() as folder:
        out, error, code = (Path(folder) / name for name in ("out", "error", "code"))
        for stream in (out, error):
            stream.touch()
        process = Born(_born(list(arguments), {**os.environ, **environment}, out, error, code))
        until = time.monotonic() + COMMAND_WAIT_S
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        ended = int(code.read_text()) if code.exists() else -signal.SIGKILL
        return subprocess.CompletedProcess(list(arguments), ended, out.read_text(), error.read_text())


def _born(
    arguments: list[str], environment: dict[str, str], out: Path, error: Path, code: Path | None = None
) -> int:
    """The process number. `code`: where it writes how it ended, for it is nobody's child."""
    nursery = _nursery()
    assert nursery.stdin and nursery.stdout
    asked = [arguments, environment, str(out), str(error), str(code or os.devnull)]
    nursery.stdin.write(json.dumps(asked).encode() + b"\n")
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
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(*wanted)
        print(child, flush=True)


def _run(arguments: list[str], environment: dict[str, str], out: str, error: str, code: str) -> NoReturn:
    from tracker.cli import main

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = ["tracker", *arguments]
    streams = [
        os.open(os.devnull, os.O_RDONLY),
        *(os.open(one, os.O_WRONLY | os.O_APPEND) for one in (out, error)),
    ]
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
    ended = 1
    try:
        main()
        ended = 0
    except SystemExit as end:
        ended = end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception:  # noqa: BLE001 (whatever it is, it is told as an interpreter tells it)
        traceback.print_exc()
    sys.stdout.flush(), sys.stderr.flush()
    Path(code).write_text(str(ended))
    os._exit(ended)


if __name__ == "__main__":
    _nurse(sys.stdin)
