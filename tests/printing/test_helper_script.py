"""The helper as it is shipped, run by a real Python against a real server, with real printers behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests import make
from tests.printing import sockets
from tests.printing.jobs import FILE, job, printer, read, said
from tests.printing.middle import Middle, between, post
from tests.serving import Served
from tracker import clock
from tracker.app import create_app
from tracker.database import db, session, transaction
from tracker.printing import helper_documents, helper_operations, job_queries, job_rules
from tracker.printing.helper_rules import REASONS, Reason
from tracker.printing.models import Printer
from tracker.printing.rules import JobState, Way

# What the script does by itself does not hang on the database behind the server: once is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Workshop:
    """A computer of a workshop, its helper enrolled through a line that may fail."""

    folder: Path
    script: Path
    middle: Middle
    said: str = ""

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.script), "--folder", str(self.folder), *words]

    def run(self, *words: str) -> int:
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=120)
        self.said = done.stdout + done.stderr
        return done.returncode

    def enrol(self, code: str) -> int:
        return self.run("enrol", "--server", self.middle.url, code)

    def settings(self, **changed: str) -> None:
        path = self.folder / "settings.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


def code() -> str:
    """The code of a new helper."""
    with transaction():
        return helper_operations.add("Bench", make.actor("coordinator"))[1]


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The application at a port of its own; starting the whole server for each test would take a minute."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def enrolled(url: str, folder: Path, middle: Middle) -> Workshop:
    script = folder / "ricochet-print.py"
    script.write_bytes(helper_documents.script(url))
    made = Workshop(folder / "kept", script, middle)
    assert made.enrol(code()) == 0, made.said
    return made


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")


@pytest.fixture
def workshop(app: Flask, tmp_path: Path) -> Iterator[Workshop]:
    make.site()
    with listening(app) as url, between(url) as middle:
        yield enrolled(url, tmp_path, middle)


def served_by_helper(name: str = "Labels", **values: object) -> Printer:
    return printer(Way.WEBHOOK, None, name=name, **values)


def grow_old(job_id: int) -> None:
    """The helper took it long ago."""
    with transaction():
        job_queries.job(job_id, 1).taken_at = clock.now() - job_rules.HELPER_LOST - timedelta(seconds=1)


def test_a_helper_prints_by_port_and_folder_and_says_why_where_it_cannot(
    workshop: Workshop, tmp_path: Path
) -> None:
    folder = tmp_path / "hot folder"
    folder.mkdir()
    off = sockets.closed_port()
    targets: dict[Printer, str] = {}
    with (
        sockets.listening(sockets.reads) as reads,
        sockets.listening(sockets.answers, [sockets.PAPER_OUT]) as empty,
    ):
        for name, target, asks in (
            ("Port", f"socket:{reads.address}", False),
            ("Folder", f"folder:{folder}", False),
            ("Off", f"socket:127.0.0.1:{off}", False),
            ("Empty", f"socket:{empty.address}", True),
            ("Missing", f"folder:{tmp_path}/none", False),
            ("Queue", "lp:-o raw", False),
        ):
            targets[served_by_helper(name, asks_status=asks)] = target
        jobs = {one.name: job(one, name=f"../{one.name}; rm") for one in targets}
        for one, target in targets.items():
            assert workshop.run("add", str(one.id), target) == 0
        assert workshop.run("run", "--once") == 0, workshop.said
    states = {name: read(one).state for name, one in jobs.items()}
    assert states == {
        "Port": JobState.SENT,
        "Folder": JobState.SENT,
        "Off": JobState.WAITING,
        "Empty": JobState.WAITING,
        "Missing": JobState.FAILED,
        "Queue": JobState.FAILED,
    }, workshop.said
    assert reads.got == FILE and empty.got == b"~HS"
    (printed,) = folder.iterdir()
    assert printed.read_bytes() == FILE and printed.name.endswith("Folder-rm.zpl")
    assert said(jobs["Off"]) == REASONS[Reason.OFF] and said(jobs["Empty"]) == REASONS[Reason.OUT_OF_PAPER]
    assert "cannot write" in said(jobs["Missing"]) and "-o raw" in said(jobs["Queue"])
    assert (workshop.folder / "settings.json").stat().st_mode & 0o077 == 0


@pytest.mark.long
def test_a_lost_answer_prints_nothing_twice(workshop: Workshop) -> None:
    to = served_by_helper()
    with sockets.listening(sockets.reads) as reads:
        workshop.run("add", str(to.id), f"socket:{reads.address}")
        first = job(to)
        workshop.middle.lose = ["/done"]
        assert workshop.run("run", "--once") == 0, workshop.said
        assert [one.status for one in workshop.middle.of("/done")] == [200, 200], "told again"
        assert reads.calls == 1 and read(first).state is JobState.SENT
        second = job(to)
        workshop.middle.lose = ["/work"]
        assert workshop.run("run", "--once") == 1
        assert reads.calls == 1 and read(second).state is JobState.SENDING
        grow_old(second)
        assert workshop.run("run", "--once") == 0, workshop.said
        assert reads.calls == 2 and read(second).state is JobState.SENT and read(second).attempts == 1
        key = f"{second}-1"
        with transaction():  # as if the server had never heard that it was printed
            again = job_queries.job(second, 1)
            again.state, again.taken_at = JobState.SENDING, clock.now()
        grow_old(second)
        assert workshop.run("run", "--once") == 0, workshop.said
    assert reads.calls == 2 and read(second).state is JobState.SENT
    assert (workshop.folder / "journal").read_text().count(key) == 2


@pytest.mark.long
def test_a_killed_helper_leaves_it_to_a_person(workshop: Workshop) -> None:
    def holds(link: object, heard: sockets.Listening) -> None:
        link.recv(1)  # type: ignore[attr-defined]
        link.recv(100_000_000)  # type: ignore[attr-defined]
        while not (workshop.folder / "over").exists():
            time.sleep(0.02)

    to = served_by_helper()
    with sockets.listening(holds) as held:
        workshop.run("add", str(to.id), f"socket:{held.address}")
        job_id = job(to, b"x" * 20_000_000)
        process = subprocess.Popen(workshop.command("run"), stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not held.calls and time.monotonic() < until:
            time.sleep(0.02)
        assert workshop.run("run", "--once") == 1 and "another ricochet-print" in workshop.said
        process.kill()
        process.wait()
        (workshop.folder / "over").touch()
        grow_old(job_id)
        assert workshop.run("run", "--once") == 0, workshop.said
        assert held.calls == 1, "what is perhaps printed is not printed again by itself"
    assert read(job_id).state is JobState.FAILED and said(job_id) == REASONS[Reason.STOPPED]


def test_who_has_another_key_repeats_or_changes_a_request_gets_nothing(
    workshop: Workshop, tmp_path: Path
) -> None:
    to = served_by_helper()
    workshop.run("add", str(to.id), f"folder:{tmp_path}")
    assert workshop.run("run", "--once") == 0
    job_id = job(to)
    (asked,) = workshop.middle.of("/work")
    for body, headers, status in (
        (asked.body, asked.headers, 409),
        (asked.body.replace(b'"hold_s": 0', b'"hold_s": 1'), asked.headers, 403),
        (asked.body, {**asked.headers, "Ricochet-Counter": "9007199254740991"}, 403),
        (asked.body, {**asked.headers, "Ricochet-Signature": "0" * 64}, 403),
        (asked.body, {**asked.headers, "Ricochet-Helper": "77"}, 403),
        (asked.body, {"Content-Type": "application/json"}, 422),
    ):
        assert post(workshop.middle.server, asked.path, body, headers)[0] == status
    moved = post(workshop.middle.server, asked.path.replace("work", "done"), asked.body, asked.headers)
    assert moved[0] in {403, 422} and read(job_id).state is JobState.WAITING
    kept = (workshop.folder / "settings.json").read_text()
    workshop.settings(secret=os.urandom(32).hex())
    assert workshop.run("run", "--once") == 1 and "enrol it again" in workshop.said
    assert read(job_id).state is JobState.WAITING
    (workshop.folder / "settings.json").write_text(kept)
    assert workshop.run("run", "--once") == 0 and read(job_id).state is JobState.SENT


@pytest.mark.long
def test_a_changed_answer_is_not_printed(workshop: Workshop) -> None:
    to = served_by_helper()
    with sockets.listening(sockets.reads) as reads:
        workshop.run("add", str(to.id), f"socket:{reads.address}")
        job(to)
        workshop.middle.change = lambda answer: answer.replace(b'"attempt":1', b'"attempt":2')
        assert workshop.run("run", "--once") == 1 and "not signed by the server" in workshop.said
        assert reads.calls == 0


@pytest.mark.long
def test_a_code_works_once_and_never_over_an_open_line(workshop: Workshop, tmp_path: Path) -> None:
    other = Workshop(tmp_path / "other", workshop.script, workshop.middle)
    once = code()
    workshop.middle.lose = ["/enrol"]
    assert other.enrol(once) == 1 and other.enrol(once) == 0, "the same computer may ask again"
    third = Workshop(tmp_path / "third", workshop.script, workshop.middle)
    assert third.enrol(once) == 1 and "secret" not in (third.folder / "settings.json").read_text()
    assert third.run("enrol", "--server", "http://tracker.example.org", once) == 1
    assert "not an https address" in third.said
    assert third.run("run", "--once") == 1 and "not enrolled yet" in third.said


@pytest.mark.long
def test_the_server_holds_a_question_open_until_something_waits(served: Served, tmp_path: Path) -> None:
    with create_app().app_context(), between(served.url) as middle:
        make.site()
        workshop = enrolled(served.url, tmp_path, middle)
        to = served_by_helper()
        workshop.run("add", str(to.id), f"folder:{tmp_path}")
        process = subprocess.Popen(workshop.command("run"), stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            job_id = job(to)
            until = time.monotonic() + 30
            while read(job_id).state is not JobState.SENT and time.monotonic() < until:
                time.sleep(0.1)
            assert read(job_id).state is JobState.SENT and len(middle.of("/work")) <= 3
        finally:
            process.kill()
            process.wait()
        session.remove()
        db.engine.dispose()
