"""A whole database into a file and back: SQLite's online backup, PostgreSQL's own pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from psycopg.conninfo import make_conninfo

from tracker import sqlite_driver
from tracker.cli.db import alembic_config, current_revision
from tracker.database import db, session
from tracker.errors import RuleBroken
from tracker.i18n import N_


def leave_the_database() -> None:
    """Nobody of this process holds a connection: an open read would stop PostgreSQL from dropping a table."""
    session.remove()
    db.engine.dispose()


def dump(target: Path) -> None:
    """Write all that is committed into `target`, whoever writes meanwhile."""
    if db.engine.dialect.name == "postgresql":
        _run_postgresql("pg_dump", "--format=custom", f"--file={target}")
        return
    with closing(db.engine.raw_connection()) as ours, closing(sqlite_driver.driver().connect(target)) as copy:
        driver: Any = ours.driver_connection
        driver.backup(copy)


def load(source: Path, revision: str) -> None:
    """Put what `dump` wrote in the place of the empty database; `revision` is that of its tables."""
    if db.engine.dialect.name == "postgresql":
        if current_revision() not in (
            None,
            revision,
        ):  # tables that the backup does not know stay in the way else
            command.downgrade(alembic_config(), "base")
        leave_the_database()
        _run_postgresql("pg_restore", "--clean", "--if-exists", "--single-transaction", str(source))
        return
    place = Path(str(db.engine.url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    for log in ("-wal", "-shm", "-journal"):  # of the empty database: SQLite would read it into the new one
        place.with_name(place.name + log).unlink(missing_ok=True)
    beside = place.with_name(f".{place.name}.restored")
    shutil.move(source, beside)
    beside.chmod(0o600)
    beside.replace(place)


def _run_postgresql(name: str, *arguments: str) -> None:
    """Run PostgreSQL's own program on the database. The password goes by the environment, where `ps` shows none."""
    program = shutil.which(name)
    if program is None:
        raise RuleBroken(N_("%(program)s is missing. Install PostgreSQL's client programs."), program=name)
    _, given = db.engine.dialect.create_connect_args(db.engine.url)
    password = given.pop("password", None)
    given.pop("context", None)  # psycopg's own
    address = make_conninfo(**given)
    done = subprocess.run(  # noqa: S603 (found on PATH, no shell, nothing that a visitor sent)
        [program, "--no-password", "--no-owner", "--no-privileges", f"--dbname={address}", *arguments],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["?"])[0]
        raise RuleBroken(N_("%(program)s stopped, and nothing was kept: %(why)s"), program=name, why=why)
