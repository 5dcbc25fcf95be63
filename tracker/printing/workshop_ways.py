"""How the helper in a workshop reaches a printer: a queue, a port, a folder.

Stands inside the one script that is taken away (`helper_documents`), so it knows nothing of the rest of the application.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

QUEUE = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]{0,126}")
RAW = ("zpl", "brother")
# What a queue reports (lpstat) → what it lacks, in Ricochet's words.
ALERTS = {
    "media-empty": "out_of_paper",
    "media-needed": "out_of_paper",
    "toner-empty": "out_of_ink",
    "marker-supply-empty": "out_of_ink",
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "offline": "off",
    "connecting-to-device": "off",
}


class Trouble(Exception):
    """Printing did not succeed. `outcome`: not_sent, or unclear where something may have come out."""

    def __init__(self, reason: str, detail: str = "", outcome: str = "not_sent") -> None:
        super().__init__(f"{reason} {detail}")
        self.reason, self.detail, self.outcome = reason, detail, outcome


def print_file(target: str, file: dict[str, Any]) -> str | None:
    """Print it; what the printer lacks to print what it has, if it says so. Raises Trouble."""
    kind, _, place = target.partition(":")
    data = base64.b64decode(file["data"])
    if kind == "lp":
        return to_queue(place, file, data)
    if kind == "socket":
        return to_socket(place, file, data)
    if kind == "folder":
        to_folder(Path(place), file, data)
        return None
    raise Trouble("not_set_up")


def run(command: list[str], data: bytes = b"") -> tuple[int, str, str]:
    try:
        done = subprocess.run(  # noqa: S603 (a list, and no shell)
            command,
            input=data,
            capture_output=True,
            timeout=90,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        raise Trouble("refused", f"{command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise Trouble("broke_off", command[0], "unclear") from error
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def to_queue(queue: str, file: dict[str, Any], data: bytes) -> str | None:
    if not QUEUE.fullmatch(queue):
        raise Trouble("no_queue", queue)
    if "not running" in run(["lpstat", "-r"])[1]:
        raise Trouble("refused", "CUPS is off")
    state = run(["lpstat", "-l", "-p", queue])[1]
    if f"printer {queue} " not in state:
        raise Trouble("no_queue", queue)
    if f"printer {queue} disabled" in state:
        raise Trouble("paused", queue)
    how = "raw" if file["format"] in RAW else "print-scaling=none"
    title = "".join(sign if sign.isprintable() else " " for sign in file["title"])
    code, _, said = run(["lp", "-d", queue, "-t", title, "-o", how], data)
    if code != 0:
        raise Trouble("refused", said.strip())
    time.sleep(1)
    alerts = re.findall(r"^\tAlerts: (.*)$", run(["lpstat", "-l", "-p", queue])[1], re.MULTILINE)
    named = {word.replace("-error", "").replace("-report", "") for word in " ".join(alerts).split()}
    return next((lack for alert, lack in ALERTS.items() if alert in named), None)


def to_socket(place: str, file: dict[str, Any], data: bytes) -> str | None:
    host, _, port = place.rpartition(":")
    sent = 0
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=5) as link:
            lack = status(link) if file["asks_status"] else None
            if lack:
                raise Trouble(lack)
            link.settimeout(20)
            while sent < len(data):
                sent += link.send(data[sent : sent + 16384])
            if file["asks_status"]:
                return status(link)
            link.shutdown(socket.SHUT_WR)
            link.settimeout(2)
            with contextlib.suppress(socket.timeout):
                link.recv(1)
    except (OSError, ValueError) as error:
        if sent:
            raise Trouble("broke_off", f"{sent} / {len(data)}", "unclear") from error
        raise Trouble("off", str(error)) from error
    return None


def status(link: socket.socket) -> str | None:
    """What a ZPL printer answers to ~HS: what keeps it from printing."""
    answer = b""
    with contextlib.suppress(OSError):
        link.settimeout(2)
        link.sendall(b"~HS")
        while answer.count(b"\x03") < 3 and len(answer) < 1024:
            piece = link.recv(1024)
            if not piece:
                break
            answer += piece
    lines = [line.split(b",") for line in re.findall(rb"\x02([^\x02\x03]{1,80})\x03", answer)]
    if len(lines) < 2 or len(lines[0]) < 3 or len(lines[1]) < 5:
        return None
    if lines[1][2] == b"1":
        return "cover_open"
    if lines[0][1] == b"1":
        return "out_of_paper"
    if lines[1][3] == b"1" and lines[1][4] == b"1":
        return "out_of_ink"
    return "paused" if lines[0][2] == b"1" else None


def to_folder(path: Path, file: dict[str, Any], data: bytes) -> None:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", file["title"]).strip("-.")[:60]
    ending = {"brother": "bin"}.get(file["format"], re.sub(r"[^a-z0-9]", "", file["format"]))
    name = f"{re.sub(r'[^0-9-]', '', file['key'])}-{plain}.{ending}"
    try:
        written = path / ("." + name)
        written.write_bytes(data)
        written.replace(path / name)
    except OSError as error:
        raise Trouble("no_folder", f"{path}: {error.strerror}") from error
