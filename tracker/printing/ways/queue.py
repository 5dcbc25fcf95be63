"""A print queue of this server: `lp`, its arguments as a list, the file on its standard input.

No shell, no file name, no path: the queue's name has one narrow spelling and the title begins with our own word, so that
neither can be read as an option.
"""

from __future__ import annotations

import os
import re
import subprocess
import time

from tracker.errors import Malformed
from tracker.i18n import N_, Sentence
from tracker.printing import rules
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.printing.ways import lpstat_rules

ASK_S = 15
GIVE_S = 120  # well under `SENDER_LOST`
WATCH_S = 3.0
_REQUEST = re.compile(r"request id is (\S+-\d+) ")
# What is made for one printer goes to it as it is; a page keeps its size.
_RAW = frozenset({"zpl", "brother"})

_NO_LP = N_(
    "This server has no print system. Ask who runs it to install CUPS (on Debian: cups, cups-client)."
)
_CUPS_OFF = N_("The print system of the server (CUPS) is off. Ask who runs the server to start it.")
_NO_QUEUE = N_(
    "The server has no queue “%(queue)s”. Ask who runs it for the right name (“lpstat -e” lists them), and correct the "
    "printer’s page."
)
_DISABLED = N_(
    "The queue “%(queue)s” is paused. Ask who runs the server to resume it (cupsenable %(queue)s)."
)
_DISABLED_SAYING = N_(
    "The queue “%(queue)s” is paused (“%(said)s”). Ask who runs the server to resume it (cupsenable %(queue)s)."
)
_REJECTS = N_(
    "The queue “%(queue)s” takes nothing at the moment. Ask who runs the server to open it (cupsaccept %(queue)s)."
)
_REFUSED = N_("The print system refused the file: “%(said)s”. Ask who runs the server.")
_SLOW = N_(
    "The print system did not answer in time. Look at the printer: if nothing comes out, try again or cancel."
)


def send(parcel: Parcel) -> Sentence | None:
    """Give the file to the queue, and look for a moment what becomes of it. Raises `NotSent`, `Unclear`."""
    try:
        queue = rules.queue_name(parcel.address)
    except Malformed as refusal:
        raise NotSent(refusal.sentence.message, again=False, **refusal.sentence.details) from refusal
    _must_take(queue)
    return _watched(queue, _give(queue, parcel))


def arguments(queue: str, parcel: Parcel) -> list[str]:
    """`lp` and what it is told. The file follows on standard input."""
    how = "raw" if parcel.format in _RAW else "print-scaling=none"
    return ["lp", "-d", queue, "-t", _plain(parcel.title), "-o", how]


def _plain(title: str) -> str:
    """Signs that a queue's list can show; no argument may hold NUL."""
    return "".join(sign if sign.isprintable() else " " for sign in title)


def _must_take(queue: str) -> None:
    if "not running" in _ask(["lpstat", "-r"]):
        raise NotSent(_CUPS_OFF)
    state = lpstat_rules.read_queue(_ask(["lpstat", "-l", "-p", queue]), queue)
    if not state.known:
        raise NotSent(_NO_QUEUE, again=False, queue=queue)
    if not state.enabled:
        raise NotSent(_DISABLED_SAYING if state.said else _DISABLED, queue=queue, said=state.said)
    if not lpstat_rules.accepts(_ask(["lpstat", "-a", queue]), queue):
        raise NotSent(_REJECTS, queue=queue)


def _ask(command: list[str]) -> str:
    try:
        return _run(command, None, ASK_S).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as error:
        raise NotSent(_CUPS_OFF) from error


def _run(command: list[str], data: bytes | None, seconds: int) -> subprocess.CompletedProcess[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "CUPS_SERVER") if name in os.environ}
    try:
        return subprocess.run(  # noqa: S603 (a list, and no shell)
            command,
            input=data if data is not None else b"",
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**kept, "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError as error:
        raise NotSent(_NO_LP, again=False) from error


def _give(queue: str, parcel: Parcel) -> str:
    """The request's name in CUPS, `queue-12`; empty where it named none."""
    try:
        done = _run(arguments(queue, parcel), parcel.data, GIVE_S)
    except subprocess.TimeoutExpired as error:
        raise Unclear(_SLOW) from error
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise NotSent(_REFUSED, said=said or str(done.returncode))
    found = _REQUEST.search(done.stdout.decode("utf-8", "replace"))
    return found[1] if found else ""


def _watched(queue: str, request: str) -> Sentence | None:
    """Whether the queue, which has the file now, is kept from printing it."""
    until = time.monotonic() + WATCH_S
    while lpstat_rules.is_under_way(_ask_later(["lpstat", "-W", "not-completed", "-o", queue]), request):
        state = lpstat_rules.read_queue(_ask_later(["lpstat", "-l", "-p", queue]), queue)
        if not state.enabled:
            return Sentence(_DISABLED, {"queue": queue})
        hindrance = lpstat_rules.hindrance(state.alerts)
        if hindrance and hindrance != lpstat_rules.OFF:
            return Sentence(hindrance)
        if time.monotonic() > until:
            return Sentence(hindrance) if hindrance else None
        time.sleep(0.2)
    return None


def _ask_later(command: list[str]) -> str:
    """The file is given: no answer is no fault any more."""
    try:
        return _ask(command)
    except NotSent:
        return ""
