"""A real CUPS of the tests' own: `cupsd` in a folder, reached by a socket in it, gone at the end.

Its queues print through a backend (the program by which CUPS speaks to a printer) that keeps each file as it came. What
the printer is like at the moment is said by `mood`: a few lines of shell that the backend runs first.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Missing

START_WAIT_S = 20
SERVER = Path("/usr/lib/cups")

FILES_CONF = """\
ServerRoot {root}/etc
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/run
DataDir /usr/share/cups
ServerBin {root}/bin
ServerKeychain {root}/etc/ssl
AccessLog {root}/log/access
ErrorLog {root}/log/error
PageLog {root}/log/page
SystemGroup root
Printcap
"""
CUPSD_CONF = """\
LogLevel info
MaxLogSize 0
Listen {root}/run/cups.sock
Browsing Off
DefaultShared No
WebInterface No
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
BACKEND = """\
#!/bin/sh
[ $# -gt 0 ] || {{ echo 'file kept "Unknown" "Kept"'; exit 0; }}
. {root}/mood
cat "${{6:--}}" > {root}/out/new-$1 && printf '%s' "$3" > {root}/out/title-$1 && printf '%s' "$5" > {root}/out/options-$1 && mv {root}/out/new-$1 {root}/out/job-$1
"""

GOOD_MOOD = ""
NO_PAPER = (
    'echo "STATE: +media-empty-error" >&2; while [ -e {root}/empty ]; do sleep 0.1; done; '
    'echo "STATE: -media-empty-error" >&2'
)


@dataclass
class Cups:
    """A running server. `out` holds `job-N`, the bytes of its N-th file, `title-N`, and `options-N`."""

    root: Path
    process: subprocess.Popen[bytes]

    @property
    def server(self) -> str:
        return str(self.root / "run" / "cups.sock")

    @property
    def out(self) -> Path:
        return self.root / "out"

    def run(self, *command: str) -> str:
        environment = {**os.environ, "CUPS_SERVER": self.server, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    def queue(self, name: str) -> str:
        """A queue that takes anything as it is."""
        self.run("lpadmin", "-p", name, "-v", "kept:/there", "-E")
        return name

    def mood(self, text: str) -> None:
        (self.root / "mood").write_text(text.format(root=self.root))

    def came(self, number: int) -> bytes:
        """The bytes of the N-th file, once it is printed."""
        path, until = self.out / f"job-{number}", time.monotonic() + 10
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.02)
        return path.read_bytes()

    def files(self) -> int:
        return len(list(self.out.glob("job-*")))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def programs() -> str:
    """Where `cupsd` is. Raises `Missing`."""
    found = shutil.which("cupsd") or shutil.which("/usr/sbin/cupsd")
    if not found or not shutil.which("lp") or not shutil.which("lpadmin", path="/usr/sbin:/usr/bin"):
        raise Missing("CUPS is not installed (on Debian: apt-get install cups-daemon cups-client)")
    if os.geteuid() != 0:
        raise Missing("cupsd runs backends for root only: run these tests as root")
    return found


@contextmanager
def running() -> Iterator[Cups]:
    """Start one, and stop it at the end."""
    cupsd = programs()
    with tempfile.TemporaryDirectory(prefix="ricochet-cups-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        _lay_out(root)
        process = subprocess.Popen(
            [cupsd, "-f", "-c", str(root / "etc/cupsd.conf"), "-s", str(root / "etc/cups-files.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        cups = Cups(root, process)
        try:
            _until_it_answers(cups)
            yield cups
        finally:
            if process.poll() is None:
                cups.stop()


def _lay_out(root: Path) -> None:
    for name in ("etc", "spool/tmp", "cache", "run", "log", "out", "bin/backend", "bin/filter"):
        (root / name).mkdir(parents=True)
    (root / "out").chmod(0o777)  # backends run as another user
    for name in ("daemon", "notifier"):
        (root / "bin" / name).symlink_to(SERVER / name)
    for name, text in (
        ("etc/cups-files.conf", FILES_CONF),
        ("etc/cupsd.conf", CUPSD_CONF),
        ("bin/backend/kept", BACKEND),
        ("mood", GOOD_MOOD),
    ):
        (root / name).write_text(text.format(root=root))
    (root / "bin/backend/kept").chmod(0o755)


def _until_it_answers(cups: Cups) -> None:
    until = time.monotonic() + START_WAIT_S
    while time.monotonic() < until and cups.process.poll() is None:
        if "is running" in cups.run("lpstat", "-r"):
            return
        time.sleep(0.05)
    log = cups.root / "log" / "error"
    raise RuntimeError(f"cupsd did not start: {log.read_text() if log.exists() else 'no log'}")
