"""Through HTTP, with 10,000 devices and with BENCH_DEVICES (100,000; what is promised is for 1,000,000), each with eight
entries of history: a scan and a device's page against an empty Flask view, on both databases.

The ratio is of the server's processor time for each request; `of_empty` is the rate beside that of the empty view, as
clients see it, with what the disk takes: the median of nine rounds (five for calls of fifty), each measured next to the
empty view. `of_few`: that beside the same with 10,000 devices. `refused` counts every answer that is not what was asked
for, lock errors first of all: it must be 0. A row of many scans in one call counts scans, but its times are those of
calls.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import random
import re
import shutil
import sys
import tempfile
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests import postgres
from tests.bench import kept
from tests.bench.load import Answers, Request, send
from tests.serving import Served, serve, started
from tracker import sqlite_driver
from tracker.cli.serve import WORKERS

FEW = 10_000
ENTRIES = 8
DEVICES = int(os.environ.get("BENCH_DEVICES", "100000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "2000"))
HANDS = 8
KINDS = ("sqlite", "sqlite, no WAL", "postgresql")
IN_ONE_CALL = 50
PERSON = "bench@example.org"
PASSWORD = "a passphrase for the bench"
OK = http.client.OK
WARM = 200  # requests before any is counted, as a server that has run for a minute
ROUNDS = 9
ROUNDS_OF_CALLS = 5  # of fifty scans: fewer, so that eight hands have enough in each
BATCHED = (
    4  # scans in calls of fifty for each single one, so that each round has enough calls for eight hands
)
EMPTIES = 600  # of the empty view in each round
EMPTY = Request("GET", "/")


def run() -> list[dict[str, Any]]:
    """A row for each thing measured."""
    rows: list[dict[str, Any]] = []
    for kind in KINDS:
        few: dict[str, float] = {}
        for devices in dict.fromkeys((FEW, DEVICES)):
            with environment(kind, filled=devices):
                for row in _rows(kind, devices, REQUESTS if devices > FEW else REQUESTS // 5):
                    beside = few.setdefault(row["name"], row["of_empty"])
                    rows.append({**row, "devices": devices, "of_few": round(row["of_empty"] / beside, 2)})
    return rows


def _rows(kind: str, devices: int, asked: int) -> Iterator[dict[str, Any]]:
    key = _person()
    with started([sys.executable, "-m", "tests.bench.empty_view", str(WORKERS)]) as empty, serve() as served:
        kind = f"{kind} ({_journal(served.url)})" if kind.startswith("sqlite") else kind
        beside = _Beside(empty, served, kind)
        yield _row(f"empty view, {WORKERS} × 8", kind, beside.rounds([EMPTY] * EMPTIES), 0)
        codes = list(_codes(served.url, key, (1 + BATCHED) * asked + WARM))
        page = _signed_in(served.url)
        pages = [Request("GET", f"/devices/{code}", headers=page) for code in _any_codes(asked + WARM)]
        beside.warm(pages[asked:])
        seen = beside.rounds(pages[:asked])
        yield _row("device page", kind, seen, sum(one != OK for one in _statuses(seen)))
        scans = [_scan([code], key) for code in codes[: asked + WARM]]
        beside.warm(scans[asked:])
        done = beside.rounds(scans[:asked])
        yield _row("scan", kind, done, _refused(done, 1))
        rest = codes[asked + WARM :]
        many = [_scan(rest[at : at + IN_ONE_CALL], key) for at in range(0, len(rest), IN_ONE_CALL)]
        done = beside.rounds(many, ROUNDS_OF_CALLS)
        yield _row(f"scan, {IN_ONE_CALL} in a call", kind, done, _refused(done, IN_ONE_CALL), IN_ONE_CALL)


@dataclass
class _Beside:
    """A server of ours, measured in turns with one of an empty view: this machine is a third faster or slower from one
    minute to the next, and what is compared must have had the same minute."""

    empty: Served
    served: Served
    kind: str

    def warm(self, requests: Sequence[Request]) -> None:
        send(self.empty.url, [EMPTY] * WARM, self.empty.process.pid, HANDS)
        send(self.served.url, requests, self.served.process.pid, HANDS)

    def rounds(self, requests: Sequence[Request], number: int = ROUNDS) -> list[tuple[Answers, Answers]]:
        """(of the empty view, of ours), for each part of the requests."""
        each = -(-len(requests) // number)
        parts = [requests[at : at + each] for at in range(0, len(requests), each)]
        return [(self._empty(), self._ours(part)) for part in parts]

    def _empty(self) -> Answers:
        return send(self.empty.url, [EMPTY] * EMPTIES, self.empty.process.pid, HANDS)

    def _ours(self, part: Sequence[Request]) -> Answers:
        if part[0] is EMPTY:
            return send(self.empty.url, part, self.empty.process.pid, HANDS)
        return send(self.served.url, part, self.served.process.pid, HANDS, keep=part[0].method == "POST")


Measured = Sequence[tuple[Answers, Answers]]


def _row(name: str, kind: str, measured: Measured, refused: int, each: int = 1) -> dict[str, Any]:
    """`each`: how many scans a request holds. Rates and ratios are medians of the rounds; times are of all of them."""
    whole = sorted(took for _empty, ours in measured for took in ours.latencies)
    typical, worst = whole[len(whole) // 2] * 1000, whole[int(len(whole) * 0.99)] * 1000
    of_empty = [ours.per_second * each / empty.per_second for empty, ours in measured]
    return {
        "name": name,
        "database": kind,
        "requests": len(whole),
        "cpu_ms": round(median(ours.cpu_ms / each for _empty, ours in measured), 2),
        "per_second": round(median(ours.per_second * each for _empty, ours in measured)),
        "of_empty": round(median(of_empty), 3),
        "of_empty_least": round(min(of_empty), 3),
        "of_empty_most": round(max(of_empty), 3),
        "p50_ms": round(typical, 1),
        "p99_ms": round(worst, 1),
        "p99_by_p50": round(worst / typical, 1),
        "refused": refused,
        "ratio": round(median(ours.cpu_ms / each / empty.cpu_ms for empty, ours in measured), 2),
    }


def _statuses(measured: Measured) -> Iterator[int]:
    for _empty, ours in measured:
        for status, times in ours.statuses.items():
            yield from [status] * times


@contextmanager
def environment(kind: str, *, filled: int) -> Iterator[None]:
    """This process's settings, and so its children's, point at a database of that kind with so many devices."""
    before = dict(os.environ)
    folder = postgres.new_folder(durable=True) if kind == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="ricochet-bench-") as instance:
        try:
            os.environ["TRACKER_INSTANCE"] = instance
            if folder:
                postgres.start(folder, durable=True, copied=kept.postgresql(filled, ENTRIES))
                os.environ["TRACKER_DATABASE_URL"] = postgres.url(folder, kept.NAME)
            else:
                os.environ["TRACKER_DATABASE_URL"] = f"sqlite:///{instance}/bench.sqlite3"
                shutil.copyfile(kept.sqlite(filled, ENTRIES), Path(instance) / "bench.sqlite3")
            if kind == "sqlite, no WAL":
                _with_the_older_sqlite(Path(instance))
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            if folder:
                postgres.stop(folder)


def _with_the_older_sqlite(folder: Path) -> None:
    """The standard library's, in which the log of changes before writing may lose pages: so it is not used there."""
    (folder / "pysqlite3.py").write_text("raise ImportError\n", encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *([before] if before else [])])


def _journal(address: str) -> str:
    with urllib.request.urlopen(f"{address}/readyz") as answer:
        return str(json.load(answer)["database"]["journal_mode"])


def _person() -> str:
    """Adds a person; returns an API key."""
    kept.command("user", "add", PERSON, "--role", "admin", "--password-stdin", given=PASSWORD + "\n")
    return kept.command("token", "add", PERSON, "--name", "bench").split()[-1]


def _codes(address: str, key: str, wanted: int) -> Iterator[str]:
    """Codes of devices that wait to be wiped."""
    cursor, found = "", 0
    while found < wanted:
        query = urllib.parse.urlencode(
            {"stage": "received", "limit": 200, **({"cursor": cursor} if cursor else {})}
        )
        asked = urllib.request.Request(
            f"{address}/api/v1/devices?{query}", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(asked) as answer:
            page = json.load(answer)
        for item in page["items"]:
            found += 1
            yield item["code"]
        cursor = page["next_cursor"]
        if not cursor:
            raise RuntimeError(f"only {found} devices are at the stage received: {wanted} are needed")


def _any_codes(wanted: int) -> list[str]:
    """Codes of devices drawn at random, whatever their stage; the same ones in every run."""
    with closing(_connected()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT max(id) FROM devices")
        newest = cursor.fetchone()[0]
        drawn = random.Random(1).sample(range(1, newest + 1), min(2 * wanted, newest))
        ids = ", ".join(map(str, drawn))
        cursor.execute(f"SELECT id, code FROM devices WHERE id IN ({ids}) AND merged_into_id IS NULL")
        found = dict(cursor.fetchall())
    return [found[device_id] for device_id in drawn if device_id in found][:wanted]


def _connected() -> Any:
    """By the bare driver: an engine of ours would set the file to the journal mode of this process's SQLite, and the
    server's may be the older one."""
    url = make_url(os.environ["TRACKER_DATABASE_URL"])
    if url.drivername.startswith("sqlite"):
        return sqlite_driver.driver().connect(url.database)
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _scan(codes: Sequence[str], key: str) -> Request:
    scans = [
        {
            "scan_id": str(uuid.uuid4()),
            "code": code,
            "action": "start_wiping",
            "at": datetime.now(UTC).isoformat(),
        }
        for code in codes
    ]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return Request("POST", "/api/v1/scans", json.dumps({"scans": scans}).encode(), headers)


def _refused(measured: Measured, each: int) -> int:
    verdicts = [
        verdict["verdict"]
        for _empty, ours in measured
        for body in ours.bodies
        for verdict in json.loads(body).get("verdicts", [])
    ]
    return sum(len(ours.latencies) for _empty, ours in measured) * each - verdicts.count("done")


def _signed_in(address: str) -> dict[str, str]:
    """The cookie of a person who has gone through /login."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{address}/login") as page:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert found, "the sign-in page has no token"
    form = {"email": PERSON, "password": PASSWORD, "csrf_token": found.group(1)}
    with opener.open(f"{address}/login", urllib.parse.urlencode(form).encode()) as answer:
        assert not answer.url.endswith("/login"), "signing in failed"
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)}
