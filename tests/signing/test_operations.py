"""The key: in a file of its own, made once, replaced, revoked; a database or a backup without it cannot sign."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from tests import make
from tracker import config
from tracker.cli import group
from tracker.database import db, session, transaction
from tracker.errors import Conflict, NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.signing import operations, queries
from tracker.signing.key_rules import KeyLoss
from tracker.signing.models import SigningKey
from tracker.signing.rules import Signer
from tracker.wiping import station_key_operations, station_operations

ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def file() -> Path:
    return config.load().signing_key_file


def signer() -> Signer:
    make.site()
    with transaction():
        return operations.signer(make.system())


def test_the_key_is_made_on_first_use_for_its_owner_only(app: Flask) -> None:
    assert not file().exists()
    made = signer()
    assert stat.S_IMODE(file().stat().st_mode) == 0o600
    at_hand = operations.signer_at_hand()
    assert signer().key == made.key and at_hand is not None and at_hand.key == made.key
    assert [row.key for row in queries.all_keys()] == [made.key]
    assert not list(file().parent.glob(".signing-*"))


def test_publishing_a_key_is_part_of_the_history(app: Flask) -> None:
    made = signer()
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "key_published")).one()
    assert entry.facts == {"key": made.key}


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    line = (
        "import sys; from pathlib import Path; from tracker.signing import operations as o; p = Path(sys.argv[1])\n"
        "if not p.exists(): o._write_first(p)\n"
        "print(o.load(p).key)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", line, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({one.communicate()[0] for one in started}) == 1
    assert [one.name for one in path.parent.iterdir()] == ["signing.pem"]


def test_rotation_leaves_what_was_signed_genuine(app: Flask) -> None:
    first = signer()
    with transaction():
        second = operations.rotate(make.system())
    assert signer().key == second != first.key
    old, new = queries.all_keys()
    assert old.retired_at == new.made_at and new.retired_at is None
    assert operations.load(file()).key == second, "the old private key is gone"


def test_a_rotation_that_fails_changes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = signer()
    shutil.rmtree(file().parent)
    file().parent.write_text("no folder")
    with pytest.raises(RuleBroken, match="TRACKER_SIGNING_KEY_FILE"), transaction():
        operations.rotate(make.system())
    assert [row.key for row in queries.all_keys()] == [first.key]
    assert queries.in_use() is not None


def test_only_administrators_replace_and_revoke_keys(app: Flask) -> None:
    made, who = signer(), make.actor("coordinator")
    with pytest.raises(NotAllowed), transaction():
        operations.rotate(who)
    with pytest.raises(NotAllowed), transaction():
        operations.revoke(made.key, KeyLoss.STOLEN, who)


def test_a_lost_key_file_is_not_replaced_in_silence(app: Flask) -> None:
    signer()
    file().unlink()
    assert operations.signer_at_hand() is None
    with pytest.raises(RuleBroken, match="tracker keys rotate"):
        signer()
    assert not file().exists()


def test_an_old_key_put_back_signs_no_more(app: Flask, tmp_path: Path) -> None:
    signer()
    shutil.copy(file(), tmp_path / "old.pem")
    with transaction():
        operations.rotate(make.system())
    shutil.copy(tmp_path / "old.pem", file())
    assert operations.signer_at_hand() is None
    with pytest.raises(RuleBroken, match="signs no more"):
        signer()


def test_a_key_file_that_all_may_read_is_refused(app: Flask) -> None:
    signer()
    file().chmod(0o644)
    with pytest.raises(RuleBroken, match="chmod 600"):
        signer()


@pytest.mark.parametrize(
    "content", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_key_file_is_said_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "signing.pem"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(RuleBroken, match="cannot be read"):
        operations.load(path)


def test_a_key_cannot_be_changed_or_removed_in_the_database(app: Flask) -> None:
    made = signer()
    for change in ("UPDATE signing_keys SET public_key = 'x'", "DELETE FROM signing_keys"):
        with pytest.raises((Conflict, DBAPIError)), transaction():
            session.execute(text(change))
    assert list(queries.published_keys()) == [made.key]


def test_the_database_holds_no_private_key(app: Flask) -> None:
    """Every value of every table is looked through, as raw bytes and as text."""
    made = signer()
    secret = made.private.private_bytes_raw()
    kept = "".join(
        repr(row)
        for name in inspect(db.engine).get_table_names()
        for row in session.execute(text(f"SELECT * FROM {name}")).all()
    )
    from tracker.signing.rules import encoded

    assert encoded(made.public) in kept, "the public half is there, so the search would find it"
    for form in (encoded(secret), secret.hex(), repr(secret)[2:-1], "PRIVATE KEY"):
        assert form not in kept


def _station_keys() -> list[bytes]:
    """The key file of the stations, and the secret of one that is enrolled, in hexadecimal."""
    by = make.actor("coordinator")
    with transaction():
        code = station_operations.add("Stick 1", by)[1]
        secret = station_operations.enrol(code, "a random text of the stick")[1]
    session.rollback()
    return [station_key_operations.key_file().read_bytes().strip(), secret.encode()]


@ALONE
def test_a_stolen_backup_cannot_sign(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    """No key is inside; and on the thief's machine a new key is another key, which no published list holds."""
    made, stations = signer(), _station_keys()
    target = tmp_path / "stolen.zip"
    assert runner.invoke(group, ["backup", str(target)]).exit_code == 0
    with zipfile.ZipFile(target) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert made.private.private_bytes_raw() not in inside and b"PRIVATE KEY" not in inside
    assert file().read_bytes() not in inside and b"signing.pem" not in inside
    assert not [one for one in stations if one in inside or bytes.fromhex(one.decode()) in inside]
    file().unlink()  # the thief has the database alone
    with pytest.raises(RuleBroken):
        signer()
    with transaction():
        forged = operations.rotate(make.system())
    assert forged != made.key


def test_a_revoked_key_is_shown_and_signs_no_more(app: Flask, runner: FlaskCliRunner) -> None:
    made = signer()
    answer = runner.invoke(group, ["keys", "revoke", made.key, "--reason", "stolen"])
    assert answer.exit_code == 0, answer.output
    listed = runner.invoke(group, ["keys", "list"]).output
    assert f"{made.key}" in listed and "REVOKED" in listed and "in use" in listed
    assert signer().key != made.key
    session.expire_all()
    assert (
        session.scalars(select(SigningKey).where(SigningKey.key == made.key)).one().revoked_for
        is KeyLoss.STOLEN
    )
    again = runner.invoke(group, ["keys", "revoke", made.key, "--reason", "stolen"])
    assert again.exit_code == 1
