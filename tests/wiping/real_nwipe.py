"""The real nwipe on a loop device, and on nothing else.

nwipe wipes every drive of the computer when it is given no device that it can find. So it is run where no other drive
can be reached: in a mount namespace of its own, every other block device stands behind /dev/null; the device it is
given is checked to be a loop over a file that the test has just made.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024
SIZE_BYTES = 8 * MEGABYTE
LONGEST_S = 120
TOOLS = ("nwipe", "losetup", "unshare", "mount")
LOOP = re.compile(r"/dev/loop\d+")
# $1: the loop device; the rest: nwipe and its options.
ALONE = """
set -eu
target="$1"; shift
mount --make-rprivate /
for one in /sys/class/block/*; do
  node="/dev/${one##*/}"
  if [ "$node" != "$target" ] && [ -e "$node" ]; then mount --bind /dev/null "$node"; fi
done
for one in /sys/class/block/*; do
  node="/dev/${one##*/}"
  if [ "$node" != "$target" ] && [ -b "$node" ]; then echo "$node can be reached" >&2; exit 99; fi
done
test -b "$target"
exec "$@" "$target"
"""


class Missing(Exception):
    """What the machine lacks for this."""


def must_be_possible() -> None:
    """Raise `Missing` with the reason where this cannot be done."""
    import os

    if os.geteuid() != 0:
        raise Missing("a real wipe needs root")
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        raise Missing(
            f"a real wipe needs {', '.join(lacking)} (on Debian: apt-get install nwipe mount util-linux)"
        )


@contextmanager
def loop_over(file: Path) -> Iterator[str]:
    """A loop device over `file`, and its path. Raises `Missing` where the kernel gives none."""
    made = _run("losetup", "--find", "--show", str(file))
    if made.returncode:
        raise Missing(f"no loop device here: {made.stderr.strip()}")
    device = made.stdout.strip()
    try:
        _must_be_ours(device, file)
        yield device
    finally:
        _run("losetup", "--detach", device)


def _must_be_ours(device: str, file: Path) -> None:
    """Stop unless the device is a loop over exactly this file."""
    assert LOOP.fullmatch(device), device
    behind = _run("losetup", "--noheadings", "--output", "BACK-FILE", device).stdout.strip()
    assert Path(behind) == file.resolve(), behind
    assert int(_run("blockdev", "--getsize64", device).stdout) == SIZE_BYTES


def wipe(device: str, file: Path, log: Path, method: str = "zero") -> None:
    """Let nwipe wipe the loop device `device` over `file`, writing its log to `log`."""
    _must_be_ours(device, file)
    done = _run(*_alone(device, log, method))
    if done.returncode and not log.exists():
        raise Missing(f"nwipe could not be kept apart from the other drives: {done.stderr.strip()[-200:]}")


def abort(device: str, file: Path, log: Path) -> None:
    """Let nwipe begin the longest of its methods on the loop device, and stop it as Ctrl-C does."""
    _must_be_ours(device, file)
    command = _alone(device, log, "gutmann", "--rounds=50")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        for _ in range(LONGEST_S * 10):
            if running.poll() is not None or (log.exists() and b"Starting round" in log.read_bytes()):
                break
            time.sleep(0.1)
        if running.poll() is not None:
            said = (running.stderr.read() if running.stderr else b"").decode(errors="replace")
            raise Missing(f"nwipe could not be kept apart from the other drives: {said.strip()[-200:]}")
        running.send_signal(signal.SIGINT)
        try:
            running.wait(LONGEST_S)
        finally:
            running.kill()


def _alone(device: str, log: Path, method: str, *more: str) -> list[str]:
    """The command that runs nwipe on that loop device where no other drive can be reached."""
    options = ["--autonuke", "--nogui", "--nowait", f"--method={method}", "--verify=last", f"--logfile={log}"]
    return ["unshare", "--mount", "sh", "-c", ALONE, "alone", device, "nwipe", *options, *more]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """nwipe prints bytes that are no UTF-8 for a drive without serial number."""
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=LONGEST_S
    )
