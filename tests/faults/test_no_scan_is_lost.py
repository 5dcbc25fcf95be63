"""The server is killed while many hands scan: every scan that was answered is kept, and none is done twice.

Each hand walks its own devices through a circle of moves and sends a scan again, under the same number, until it is
answered: so each must be in the journal once, with the verdict it was given, and be one entry of its device's history.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text

from tests import make, nursery
from tests.serving import Served
from tracker.accounts.operations import add_token
from tracker.app import create_app
from tracker.database import db, is_postgresql, session, transaction
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.scanning.models import Scan

# The first and the third are plain moves, judged without a savepoint; the second has what follows it.
CIRCLE = ("start_wiping", "lose", "find")
PATIENCE_S = 60
EVERY_TENTH = 10  # is sent again although it was answered, as by a phone that lost the answer


@dataclass
class Bench:
    """What the hands share: where the server is, by which key they scan, what they were answered."""

    key: str
    address: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    unlike: list[str] = field(default_factory=list)
    tries: int = 0


@pytest.mark.timeout(300)
def test_no_scan_is_lost_or_done_twice_when_the_server_is_killed(settings: None) -> None:
    _scan_and_kill(scans=60, hands=6, kills=2)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_of_ten_thousand_scans_none_is_lost_or_done_twice(settings: None) -> None:
    _scan_and_kill(scans=10_000, hands=32, kills=16)


def _scan_and_kill(scans: int, hands: int, kills: int) -> None:
    app = create_app()
    with app.app_context():
        codes = [make.device().code for _ in range(hands)]
        with make.written():
            bench = Bench(add_token(make.user("volunteer"), "faults"))
        before = session.query(HistoryEntry).count()
        session.rollback()
        db.session.remove()
        db.engine.dispose()
        each = scans // hands
        _work(bench, codes, each, kills)
        _must_be_whole(bench, before, each * hands)
        db.session.remove()
        db.engine.dispose()


def _work(bench: Bench, codes: list[str], each: int, kills: int) -> None:
    """All hands scan; the server dies `kills` times on the way, spread over the work."""
    with ExitStack() as servers:
        server = servers.enter_context(nursery.served())
        bench.address = server.url
        threads = [threading.Thread(target=_hand, args=(bench, code, each)) for code in codes]
        for thread in threads:
            thread.start()
        for done in range(1, kills + 1):
            _wait_for(bench, each * len(codes) * done // (kills + 1))
            server = _killed(server, servers, bench)
        for thread in threads:
            thread.join()


def _wait_for(bench: Bench, answered: int) -> None:
    until = time.monotonic() + PATIENCE_S * 5
    while len(bench.answers) < answered and time.monotonic() < until:
        time.sleep(0.002)
    assert len(bench.answers) >= answered, "the hands stand still"


def _killed(server: Served, servers: ExitStack, bench: Bench) -> Served:
    server.kill()
    following = servers.enter_context(nursery.served())
    bench.address = following.url
    return following


def _hand(bench: Bench, code: str, scans: int) -> None:
    for number, action in zip(range(scans), _circle(), strict=False):
        asked = {"scan_id": str(uuid.uuid4()), "code": code, "action": action, "note": "counted by a test"}
        verdict = _answer(bench, asked)
        bench.answers[asked["scan_id"]] = verdict
        if number % EVERY_TENTH == 0 and _answer(bench, asked) != verdict:
            bench.unlike.append(asked["scan_id"])


def _circle() -> Iterator[str]:
    while True:
        yield from CIRCLE


def _answer(bench: Bench, asked: dict[str, str]) -> str:
    """The verdict, however often the scan has to be sent for it."""
    until = time.monotonic() + PATIENCE_S
    headers = {"Authorization": f"Bearer {bench.key}", "Content-Type": "application/json"}
    while time.monotonic() < until:
        bench.tries += 1
        parts = urlsplit(bench.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
        try:
            connection.request("POST", "/api/v1/scans", json.dumps({"scans": [asked]}), headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
            if answer.status == http.client.OK:
                return str(said["verdicts"][0]["verdict"])
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.02)  # killed: send it again, under the same number
        finally:
            connection.close()
    return "never answered"


def _must_be_whole(bench: Bench, before: int, expected: int) -> None:
    kept = session.execute(select(Scan.scan_id, Scan.verdict, Scan.history_id)).all()
    assert len(bench.answers) == expected
    assert Counter(bench.answers.values()) == {"done": expected}
    assert {row.scan_id: row.verdict.value for row in kept} == bench.answers, "lost, or answered otherwise"
    assert len(kept) == expected, "doubled"
    assert bench.unlike == [], "the same scan was answered otherwise when it was sent again"
    assert len({row.history_id for row in kept}) == expected, "two scans share one entry"
    moves = select(HistoryEntry.id).where(HistoryEntry.action.in_(CIRCLE))
    assert set(session.scalars(moves)) == {row.history_id for row in kept}, "moved without a scan"
    assert session.query(HistoryEntry).count() == before + expected
    assert past.chain_faults() == []


def test_nothing_of_ours_lets_a_commit_end_before_it_is_on_the_disk(settings: None) -> None:
    """Of a process that is killed the system still writes what it has; of a power cut only what was flushed is left."""
    app = create_app()
    with app.app_context():
        with transaction():
            if is_postgresql():  # as the server's own settings say, and no connection of ours says otherwise
                source = text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
                assert session.scalar(source) in ("default", "configuration file", "command line")
            else:
                full = 2
                assert session.scalar(text("PRAGMA synchronous")) == full
        db.session.remove()
        db.engine.dispose()
