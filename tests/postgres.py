"""A PostgreSQL of the tests' own: made in a folder, reached by a socket in it, gone at the end.

The pytest process that starts the others owns the folder; whichever process needs a database first starts the
server under a lock, and the owner stops it. Nothing on this machine's own PostgreSQL is touched.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SUPERUSER = "ricochet"
PREFIX = "ricochet-pg-"
SETTINGS = {  # a test's data need not outlive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "shared_buffers": "64MB",
    "listen_addresses": "''",
}
DURABLE = {"listen_addresses": "''"}  # all else as PostgreSQL comes
SERVER_WAIT_S = 60
ROOM_BYTES = 2 * 1024**3


class Missing(Exception):
    """PostgreSQL's server programs are not on this machine; the message says what to install."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`, newest version first. Raises `Missing`."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for found in sorted(versions, key=lambda path: int(path.parts[-3].split(".")[0]), reverse=True):
        return found.parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise Missing("PostgreSQL is not installed (on Debian: apt-get install postgresql)")


def new_folder(*, durable: bool = False) -> Path:
    """A folder for one run, short enough for a socket's address; clears what killed runs left. `durable`: on a disk."""
    for place in {roomy(), Path(tempfile.gettempdir())}:
        for left in place.glob(f"{PREFIX}*"):
            owner = left.name.removeprefix(PREFIX).split("-")[0]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                stop(left)
    home = Path(tempfile.gettempdir()) if durable else roomy()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=home))
    folder.chmod(0o711)
    return folder


def roomy() -> Path:
    """Memory if there is room for a run, else the folder for temporary files."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM_BYTES:
        return memory
    return Path(tempfile.gettempdir())


def start(folder: Path, *, durable: bool = False, copied: Path | None = None) -> None:
    """Make and start the server, once, however many processes ask for it; `durable` as in a workshop. `copied`: the
    data folder of one that was stopped, instead of a new one."""
    with _locked(folder):
        if (folder / "started").exists():
            return
        where = programs()
        data = folder / "data"
        data.mkdir()
        _give_to_server(data)
        if copied:
            _copy(copied, data)
        else:
            locale = ["-E", "UTF8", "--locale=C.UTF-8"]
            _run([where / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust", *locale, "-N"])
        settings = {**(DURABLE if durable else SETTINGS), "unix_socket_directories": f"'{data}'"}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as target:
            target.writelines(f"{key} = {value}\n" for key, value in settings.items())
        (data / "server.log").touch()
        _give_to_server(data / "server.log")
        _run(
            [where / "pg_ctl", "-D", data, "-l", data / "server.log", "-w", "-t", str(SERVER_WAIT_S), "start"]
        )
        (folder / "started").touch()


def restart(folder: Path) -> None:
    """Let the server fall over without a word to its connections or its files, and start it again."""
    data = folder / "data"
    _run([programs() / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    _run(
        [
            programs() / "pg_ctl",
            "-D",
            data,
            "-l",
            data / "server.log",
            "-w",
            "-t",
            str(SERVER_WAIT_S),
            "start",
        ]
    )


def pause(folder: Path) -> None:
    """Stop the server with all it holds written to its data folder, which can then be copied."""
    _run([programs() / "pg_ctl", "-D", folder / "data", "-m", "fast", "-w", "-t", "600", "stop"])


def _copy(source: Path, data: Path) -> None:
    shutil.copytree(source, data, dirs_exist_ok=True)
    data.chmod(0o700)
    for path in [data, *data.rglob("*")]:
        _give_to_server(path)


def stop(folder: Path) -> None:
    """Stop the server if it runs and remove the folder."""
    if (folder / "data" / "postmaster.pid").exists():
        try:
            _run([programs() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"])
        except (subprocess.CalledProcessError, Missing):
            time.sleep(0)  # it has gone by itself
    shutil.rmtree(folder, ignore_errors=True)


def url(folder: Path, name: str) -> str:
    """The address of a database as `TRACKER_DATABASE_URL` wants it."""
    return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={folder / 'data'}"


def create(folder: Path, name: str, template: str | None = None) -> None:
    """Make a database, as a copy of `template` if one is named."""
    with connected(folder) as connection:
        clause = f" TEMPLATE {template}" if template else ""
        if template and connection.info.server_version >= 150000:
            clause += " STRATEGY FILE_COPY"  # twice as fast as the log where nothing is synced
        connection.execute(f"CREATE DATABASE {name}{clause}")


def drop(folder: Path, name: str) -> None:
    with connected(folder) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def connected(folder: Path, name: str = "postgres") -> Iterator[psycopg.Connection]:
    """A connection of the server's own superuser; each statement stands for itself."""
    address = f"postgresql://{SUPERUSER}@/{name}?host={folder / 'data'}"
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _give_to_server(path: Path) -> None:
    if user := _server_user():
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def _run(command: list[str | Path]) -> None:
    user = _server_user()
    group = pwd.getpwnam(user).pw_gid if user else None
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a pipe would stay open in the server
        stderr=subprocess.DEVNULL,
    )
