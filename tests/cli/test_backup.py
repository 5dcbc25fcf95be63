"""What was backed up comes back whole or not at all, and no key leaves the house."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask.testing import FlaskCliRunner

from tests import make, postgres
from tests.conftest import missing
from tests.nursery import command
from tracker import sqlite_driver
from tracker.cli import archive, group
from tracker.database import session
from tracker.errors import Malformed
from tracker.https import authority
from tracker.https.rules import names
from tracker.web.health import backup_age_s

ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HISTORY = "SELECT sequence, action, hash FROM history_entries ORDER BY id"
DEVICES = "SELECT code, stage, serial FROM devices ORDER BY id"


@pytest.fixture(autouse=True)
def _in_english_with_programs(
    database_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    if database_url.startswith("postgresql"):
        programs = postgres.programs()
        if not (programs / "pg_dump").exists():
            missing("pg_dump is not installed (on Debian: apt-get install postgresql-client)")
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def another(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., dict[str, str]]]:
    """`another(tables=True)`: the settings of a second place, whose database is empty."""
    names: list[str] = []

    def place(tables: bool) -> dict[str, str]:
        second = tmp_path / "second"
        second.mkdir()
        if database_url.startswith("sqlite"):
            url = f"sqlite:///{second / 'tracker.sqlite3'}"
            if tables:
                shutil.copyfile(request.getfixturevalue("sqlite_template"), second / "tracker.sqlite3")
        else:
            folder = request.getfixturevalue("postgres_folder")
            names.append(f"test_{uuid.uuid4().hex}")
            postgres.create(
                folder, names[0], request.getfixturevalue("postgres_template") if tables else None
            )
            url = postgres.url(folder, names[0])
        return {"TRACKER_DATABASE_URL": url, "TRACKER_INSTANCE": str(second / "instance")}

    yield place
    for name in names:
        postgres.drop(request.getfixturevalue("postgres_folder"), name)


def rows(url: str, query: str) -> list[Any]:
    module = {"module": sqlite_driver.driver()} if url.startswith("sqlite") else {}
    engine = sa.create_engine(url, **module)
    with engine.connect() as connection:
        found = list(connection.execute(sa.text(query)))
    engine.dispose()
    return found


def backed_up(runner: FlaskCliRunner, file: Path) -> Result:
    session.rollback()
    answer = runner.invoke(group, ["backup", str(file)])
    assert answer.exit_code == 0, answer.output
    return answer


@pytest.mark.parametrize("tables", [True, False])
def test_a_device_comes_back_with_its_history(
    runner: FlaskCliRunner, database_url: str, another: Any, tmp_path: Path, tables: bool
) -> None:
    make.device(serial="R2-D2")
    make.device("ready")
    uploaded = tmp_path / "instance" / "uploads" / "2026" / "report.json"
    uploaded.parent.mkdir(parents=True)
    uploaded.write_text("{}", encoding="utf-8")
    authority.make(tmp_path / "instance" / "https", names("ricochet.local", ["192.168.1.10"]), "Atelier")
    file = tmp_path / "backup.zip"
    assert "Only those of HTTPS are" in backed_up(runner, file).stdout
    place = another(tables)

    answer = command("restore", str(file), **place)

    assert answer.returncode == 0, answer.stderr
    assert "ok    The chain of the history" in answer.stdout
    for query in (DEVICES, HISTORY):
        assert rows(place["TRACKER_DATABASE_URL"], query) == rows(database_url, query) != []
    assert (tmp_path / "second" / "instance" / "uploads" / "2026" / "report.json").read_text() == "{}"
    own = tmp_path / "second" / "instance" / "https"
    assert authority.stands(own) == authority.stands(tmp_path / "instance" / "https")
    assert {stat.S_IMODE(one.stat().st_mode) for one in own.iterdir()} == {0o600}
    authority.renew(own)  # by the root that phones know


def test_restoring_over_a_filled_database_changes_nothing(
    runner: FlaskCliRunner, database_url: str, tmp_path: Path
) -> None:
    make.device()
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    make.device()
    session.rollback()
    before = rows(database_url, DEVICES), rows(database_url, HISTORY)

    answer = runner.invoke(group, ["restore", str(file)])

    assert answer.exit_code == 1
    assert "empty database" in answer.stderr
    assert (rows(database_url, DEVICES), rows(database_url, HISTORY)) == before
    assert len(before[0]) == 2


@ALONE
def test_no_key_is_inside_and_only_the_owner_reads_it(runner: FlaskCliRunner, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    (instance / "keys").mkdir(exist_ok=True)
    (instance / "keys" / "signing.pem").write_text("never-to-leave", encoding="utf-8")
    (instance / "uploads").mkdir()
    (instance / "uploads" / "link").symlink_to(instance / "keys" / "signing.pem")
    assert backup_age_s() is None
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == ["database", "manifest.json"]
        assert not any(b"never-to-leave" in archive.read(name) for name in archive.namelist())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert backup_age_s() is not None


@ALONE
def test_an_existing_file_is_not_overwritten(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("mine", encoding="utf-8")
    answer = runner.invoke(group, ["backup", str(file)])
    assert answer.exit_code == 1
    assert "exists already" in answer.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    assert backup_age_s() is None


@ALONE
def test_a_backup_into_no_folder_says_so(runner: FlaskCliRunner, tmp_path: Path) -> None:
    answer = runner.invoke(group, ["backup", str(tmp_path / "nowhere" / "backup.zip")])
    assert answer.exit_code == 1
    assert "nowhere" in answer.stderr


@ALONE
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_changed_byte_is_refused(runner: FlaskCliRunner, tmp_path: Path, where: float) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    content = bytearray(file.read_bytes())
    content[int(len(content) * where)] ^= 1
    file.write_bytes(content)
    assert_refused(runner, file)


@ALONE
@pytest.mark.parametrize("content", [b"", b"not a backup", b"PK\x05\x06" + bytes(18)])
def test_a_foreign_file_is_refused(runner: FlaskCliRunner, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "backup.zip"
    file.write_bytes(content)
    assert_refused(runner, file)


@ALONE
def test_a_member_that_is_not_what_the_manifest_says_is_refused(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    rewrite(file, "database", b"another database")
    assert_refused(runner, file)


@ALONE
@pytest.mark.parametrize("name", ["uploads/../../../outside", "../outside", "{folder}/outside", "keys/x"])
def test_a_member_that_leads_elsewhere_is_refused(runner: FlaskCliRunner, tmp_path: Path, name: str) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    rewrite(file, name.format(folder=tmp_path), b"x", listed=True)
    assert_refused(runner, file)
    assert not list(tmp_path.rglob("outside"))


@ALONE
def test_a_member_that_is_a_link_is_never_written_as_one(runner: FlaskCliRunner, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("uploads/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    target = tmp_path / "outside"
    manifest = asdict(
        archive.Manifest("", "sqlite", "", {name: _sha256(b"") for name in ("database", "uploads/link/x")})
    )
    manifest["members"]["uploads/link"] = _sha256(bytes(target))
    file, folder = tmp_path / "backup.zip", tmp_path / "unpacked"
    folder.mkdir()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link, bytes(target))
        for name in ("database", "uploads/link/x"):
            made.writestr(name, b"")
        made.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises((Malformed, OSError)):
        archive.unpack(file, folder)
    assert not target.exists()
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@ALONE
def test_a_backup_larger_than_the_free_space_is_refused_before_anything_is_written(
    runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file, folder = tmp_path / "backup.zip", tmp_path / "unpacked"
    folder.mkdir()
    manifest = asdict(archive.Manifest("", "sqlite", "", {"database": _sha256(b"")}))
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("database", b"")
        made.writestr("manifest.json", json.dumps(manifest))
        made.getinfo("database").file_size = 1 << 60
    with pytest.raises(Malformed, match="Make room"):
        archive.unpack(file, folder)
    assert not list(folder.iterdir())
    answer = runner.invoke(group, ["restore", str(file)])
    assert answer.exit_code == 1 and "Make room" in answer.stderr


@ALONE
def test_more_members_than_a_backup_has_are_refused(
    runner: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    assert_refused(runner, file)


@ALONE
def test_a_member_packed_in_a_greedy_way_is_refused(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    rewrite(file, "", b"", packing=zipfile.ZIP_LZMA)
    assert_refused(runner, file)


@ALONE
def test_a_backup_of_newer_tables_is_refused(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    rewrite(file, "", b"", revision="9999")
    answer = runner.invoke(group, ["restore", str(file)])
    assert answer.exit_code == 1
    assert "9999" in answer.stderr


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def rewrite(
    file: Path,
    name: str,
    content: bytes,
    listed: bool = False,
    packing: int = zipfile.ZIP_STORED,
    **said: str,
) -> None:
    """Put another member into the file (and into its manifest when `listed`), or say another thing of it."""
    with zipfile.ZipFile(file) as opened:
        members = {each: opened.read(each) for each in opened.namelist()}
    manifest = {**json.loads(members.pop("manifest.json")), **said}
    if name:
        members[name] = content
    if listed:
        manifest["members"][name] = _sha256(content)
    with zipfile.ZipFile(file, "w", packing) as made:
        for each, held in {**members, "manifest.json": json.dumps(manifest).encode()}.items():
            made.writestr(each, held)


def assert_refused(runner: FlaskCliRunner, file: Path) -> None:
    answer = runner.invoke(group, ["restore", str(file)])
    assert answer.exit_code == 1
    assert "is damaged, or no backup" in answer.stderr, answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_backup_of_older_tables_is_brought_up_to_date(
    runner: FlaskCliRunner, database_url: str, another: Any, tmp_path: Path
) -> None:
    make.device()
    session.rollback()
    assert runner.invoke(group, ["db", "downgrade"]).exit_code == 0
    file = tmp_path / "backup.zip"
    backed_up(runner, file)
    place = another(tables=True)

    answer = command("restore", str(file), **place)

    assert answer.returncode == 0, answer.stderr
    assert rows(place["TRACKER_DATABASE_URL"], DEVICES) == rows(database_url, DEVICES) != []
    assert "(newest)" in command("db", "current", **place).stdout
