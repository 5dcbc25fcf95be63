"""Filled databases, kept in bench/work/databases from run to run: filling takes longer than what is measured.

One is kept for each schema, size, and way of filling; `rm -r bench/work/databases` frees the room. Each was analysed
and cleaned after filling, as an operator's has been in time. What is measured runs on a copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tracker import sqlite_driver

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "bench" / "work" / "databases"
NAME = "bench"


def sqlite(devices: int, entries: int) -> Path:
    """The file of a SQLite database with so many devices, each with so many entries; filled if there is none."""
    path = FOLDER / f"{_key(devices, entries)}.sqlite3"
    if not path.exists():
        with tempfile.TemporaryDirectory(prefix="filling-", dir=_made(FOLDER)) as work:
            filling = Path(work) / "bench.sqlite3"
            with _settings(f"sqlite:///{filling}", work):
                _fill(devices, entries)
            # As the tracker leaves it, which asks SQLite for no statistics: with those of its newest versions (STAT4) a
            # statement is prepared anew for each value it is asked with, which costs six times the answer.
            connection = sqlite_driver.driver().connect(filling)
            connection.execute(
                "PRAGMA journal_mode=DELETE"
            )  # folds the log into the file, which is then all there is
            connection.close()
            filling.rename(path)
    return path


def postgresql(devices: int, entries: int) -> Path:
    """The data folder, its server stopped, of a PostgreSQL whose database `NAME` holds the same."""
    path = FOLDER / f"{_key(devices, entries)}.postgresql"
    if not path.exists():
        folder = postgres.new_folder(durable=True)
        try:
            postgres.start(folder, durable=True)
            postgres.create(folder, NAME)
            with _settings(postgres.url(folder, NAME), str(folder)):
                _fill(devices, entries)
            with postgres.connected(folder, NAME) as connection:
                connection.execute("VACUUM (ANALYZE)")
                connection.execute("CHECKPOINT")
            postgres.pause(folder)
            half = _made(FOLDER) / f"{path.name}.half"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(folder / "data", half)
            half.rename(path)
        finally:
            postgres.stop(folder)
    return path


def command(*arguments: str, given: str | None = None) -> str:
    """What `tracker` with these arguments prints."""
    whole = [sys.executable, "-m", "tracker.cli", *arguments]
    return subprocess.run(whole, check=True, stdout=subprocess.PIPE, text=True, input=given).stdout


def _fill(devices: int, entries: int) -> None:
    command("db", "upgrade")
    command("demo", "--devices", str(devices), "--entries", str(entries), "--seed", "1")


def _key(devices: int, entries: int) -> str:
    """Of everything that a filled database depends on."""
    made_by = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    made_by += sorted((ROOT / "tracker" / "demo").glob("*.py"))
    digest = hashlib.sha256()
    for path in made_by:
        digest.update(path.name.encode() + path.read_bytes())
    return f"{devices}-{entries}-{digest.hexdigest()[:12]}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _settings(url: str, instance: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(TRACKER_DATABASE_URL=url, TRACKER_INSTANCE=instance)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
