#!/usr/bin/env python3
"""ricochet-print: prints what Ricochet hands out, on the printers of the workshop.

    python3 ricochet-print.py enrol CODE               once, with the code of the page "Helpers in the workshop"
    python3 ricochet-print.py add NUMBER TARGET        where printer NUMBER is: lp:QUEUE, socket:HOST:PORT, folder:/PATH
    python3 ricochet-print.py run [--once]             fetch and print, until it is stopped

It only ever asks; nothing connects to this computer. Every question and every answer is signed with the key that it got
when it was enrolled. A journal keeps what was printed, so that nothing is printed twice when an answer is lost.

One file, Python 3.9 or newer, nothing to install. This file is part of Ricochet (AGPL-3.0-or-later).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tracker.printing.workshop_kept import Folder
from tracker.printing.workshop_ways import Trouble, print_file

SERVER = "@SERVER@"
API = "/api/v1/helper"
FORMAT = "ricochet-helper-1"
HOLD_S = 10
PAUSE_S = 5
LARGEST_ANSWER = 64 * 1024 * 1024


class Refused(ValueError):
    """The server refused, or what came was not signed by it."""


def say(text: str) -> None:
    """To whoever watches, or to the system's log."""
    sys.stderr.write(time.strftime("%Y-%m-%d %H:%M:%S ") + text + "\n")
    sys.stderr.flush()


# ------------------------------------------------------------------------------------------------ talking to Ricochet


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed question goes where it was meant to go, and nowhere else."""

    def redirect_request(self, *args: Any, **values: Any) -> None:
        return None


def fetch(url: str, body: bytes, headers: dict[str, str], wait_s: float) -> tuple[int, bytes, Any]:
    """Status, body, headers. Raises OSError."""
    asked = urllib.request.Request(url, body, headers)  # noqa: S310 (the address is judged when it is enrolled)
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=wait_s) as answer:
            return answer.status, answer.read(LARGEST_ANSWER), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LARGEST_ANSWER), error.headers
    except http.client.HTTPException as error:
        raise OSError(f"the answer broke off ({type(error).__name__})") from error


def why(body: bytes) -> str:
    """The sentence of a refusal."""
    with contextlib.suppress(ValueError, AttributeError):
        return str(json.loads(body).get("detail", ""))[:300]
    return body[:100].decode("utf-8", "replace")


def ask(folder: Folder, settings: dict[str, Any], call: str, question: dict[str, Any]) -> dict[str, Any]:
    """A signed question and its signed answer. Raises Refused, OSError."""
    body = json.dumps(question).encode()
    path = urllib.parse.urlsplit(settings["server"]).path + API + call
    key, helper = bytes.fromhex(settings["secret"]), settings["helper"]
    now, counter = int(time.time()), folder.next_counter()
    parts = (FORMAT, "POST", path, helper, now, counter, hashlib.sha256(body).hexdigest())
    head = {"Helper": str(helper), "Time": str(now), "Counter": str(counter), "Signature": sign(key, parts)}
    headers = {
        "Content-Type": "application/json",
        **{f"Ricochet-{name}": value for name, value in head.items()},
    }
    status, data, answered = fetch(settings["server"] + API + call, body, headers, HOLD_S + 40)
    expected = sign(key, (FORMAT, "answer", helper, counter, status, hashlib.sha256(data).hexdigest()))
    genuine = hmac.compare_digest(expected, answered.get("Ricochet-Signature", ""))
    if status != 200 or not genuine:
        raise Refused(
            why(data) if status != 200 else "the answer is not signed by the server; it is not used"
        )
    told: dict[str, Any] = json.loads(data)
    return told


def sign(key: bytes, parts: tuple[Any, ...]) -> str:
    return hmac.new(key, "".join(f"{part}\n" for part in parts).encode(), hashlib.sha256).hexdigest()


def handle(folder: Folder, settings: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """Print a file once, whatever happened before; what is told of it."""
    key = str(file["key"])
    known = folder.known(key)
    if known is None:
        folder.note(key, {"outcome": "unclear", "reason": "stopped"})  # true until the next line stands
        known = {"outcome": "done"}
        try:
            known["reason"] = print_file(settings["printers"].get(str(file["printer"]), ""), file)
        except Trouble as trouble:
            known = {"outcome": trouble.outcome, "reason": trouble.reason, "detail": trouble.detail[:120]}
        folder.note(key, known)
        say(f"{file['title']}: {known['outcome']} {known.get('reason') or ''}")
    told = {name: known.get(name) for name in ("outcome", "reason")}
    return {"job": file["job"], "attempt": file["attempt"], "detail": known.get("detail", ""), **told}


def tell(folder: Folder, settings: dict[str, Any], answer: dict[str, Any]) -> None:
    """Until the server has heard it, or a minute has gone: then it asks again by itself."""
    for pause in (1, 2, 5, 10, 20, 20):
        try:
            ask(folder, settings, "/done", answer)
        except (OSError, ValueError) as error:
            say(f"the server was not told ({error}); again in {pause} s")
            time.sleep(pause)
        else:
            return


def once(folder: Folder, settings: dict[str, Any], hold_s: int) -> bool:
    """Ask for one file and print it. Whether there was one."""
    printers = [int(number) for number in settings.get("printers", {})]
    told = ask(folder, settings, "/work", {"printers": printers, "hold_s": hold_s})
    if told["file"] is None:
        time.sleep(told["wait_s"] if hold_s else 0)
        return False
    tell(folder, settings, handle(folder, settings, told["file"]))
    return True


# ---------------------------------------------------------------------------------------------------------- commands


def enrol(folder: Folder, server: str, code: str) -> str:
    """Trade the code for a key. May be repeated with the same code when the answer was lost."""
    parts = urllib.parse.urlsplit(server)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Refused(f"{server} is not an https address: the key would travel in the open")
    settings = folder.settings()
    settings.setdefault("mark", secrets.token_hex(16))
    folder.keep(settings)
    body = urllib.parse.urlencode({"code": code, "mark": settings["mark"]}).encode()
    status, data, _ = fetch(server.rstrip("/") + API + "/enrol", body, {"Accept": "application/json"}, 30)
    if status != 200:
        raise Refused(why(data))
    told = json.loads(data)
    kept = {"server": server.rstrip("/"), "helper": told["helper"], "secret": told["secret"]}
    folder.keep({"printers": settings.get("printers", {}), **kept})
    return str(told["name"])


def add(folder: Folder, number: int, target: str) -> None:
    """Say where a printer is."""
    if target.partition(":")[0] not in ("lp", "socket", "folder"):
        raise Refused("the target begins with lp:, socket: or folder:")
    settings = folder.settings()
    settings.setdefault("printers", {})[str(number)] = target
    folder.keep(settings)


def alone(folder: Folder) -> Any:
    """Hold the folder, so that no second helper prints the same. Windows has no such lock: there, start one only."""
    try:
        import fcntl
    except ImportError:
        return None
    held = (folder.path / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Refused("another ricochet-print runs with this folder already") from error
    return held


def serve(folder: Folder, only_once: bool) -> int:
    """Fetch and print. Whatever goes wrong on the way is said and tried again."""
    lock = alone(folder)
    folder.shorten()
    while True:
        settings = folder.settings()
        if "secret" not in settings:
            raise Refused("not enrolled yet: run “enrol CODE” first")
        try:
            found = once(folder, settings, 0 if only_once else HOLD_S)
        except (OSError, ValueError, KeyError) as error:
            say(f"{settings['server']}: {error}")
            found = False
            if only_once:
                return 1
            time.sleep(PAUSE_S)
        if only_once and not found:
            del lock  # held until here
            return 0


def main() -> int:
    """The command line."""
    line = argparse.ArgumentParser(description="Prints what Ricochet hands out.")
    line.add_argument("--folder", type=Path, default=Path.home() / ".config" / "ricochet-print")
    commands = line.add_subparsers(dest="command", required=True)
    enrolling = commands.add_parser("enrol")
    enrolling.add_argument("--server", default=SERVER)
    enrolling.add_argument("code", nargs="+")
    adding = commands.add_parser("add")
    adding.add_argument("number", type=int)
    adding.add_argument("target")
    commands.add_parser("run").add_argument("--once", action="store_true")
    given = line.parse_args()
    folder = Folder(given.folder)
    try:
        if given.command == "enrol":
            say(f"enrolled as “{enrol(folder, given.server, ''.join(given.code))}”")
        elif given.command == "add":
            add(folder, given.number, given.target)
        else:
            return serve(folder, given.once)
    except (OSError, ValueError, KeyError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
