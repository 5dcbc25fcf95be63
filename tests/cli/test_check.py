"""`tracker check` sees what somebody did to the database behind the application's back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from tests import make
from tests.printing.jobs import job, printer
from tests.wiping.test_certificates import certificate, unsealed, wiped
from tracker.cli import group
from tracker.database import db, is_postgresql, session, transaction
from tracker.labelling import operations as labelling
from tracker.wiping import certificate_queries


def journal_unsealed() -> None:
    """Take the trigger away that refuses a change, as somebody with the whole database could."""
    name = "history_entries_no_change ON history_entries" if is_postgresql() else "history_entries_no_update"
    session.rollback()  # a transaction that has read the table would keep the trigger
    behind_the_back(f"DROP TRIGGER {name}")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")


def behind_the_back(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))
    session.rollback()  # what was read before is read anew


def test_check_passes_on_an_honest_database(runner: FlaskCliRunner) -> None:
    make.device()
    make.device("ready")
    answer = runner.invoke(group, ["check"])
    assert answer.exit_code == 0, answer.output


def test_a_stage_that_history_does_not_know_is_named(runner: FlaskCliRunner) -> None:
    code = make.device().code
    behind_the_back("UPDATE devices SET stage = 'ready'")
    answer = runner.invoke(group, ["check"])
    assert answer.exit_code == 1
    assert code in answer.stderr


def test_a_journal_that_was_rewritten_does_not_agree_with_the_certificates(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    """The thief mends the chain itself, so that it holds: what donors keep still names the old entry."""
    device = wiped()
    made = certificate(device)
    kept = tmp_path / "certificate.json"
    kept.write_bytes(certificate_queries.envelope(made).written())  # type: ignore[union-attr]
    assert runner.invoke(group, ["check"]).exit_code == 0
    assert "journal" not in runner.invoke(group, ["verify", str(kept)]).output
    number, journal = made.number, made.payload["journal"]
    journal_unsealed()
    behind_the_back(
        f"UPDATE history_entries SET hash = '{'0' * 64}' WHERE site_id = {journal['site']} AND sequence = {journal['sequence']}"
    )
    answer = runner.invoke(group, ["check"])
    assert (
        answer.exit_code == 1
        and f"Certificate no. {number} names entry {journal['sequence']}" in answer.stderr
    )
    answer = runner.invoke(group, ["verify", str(kept)])
    assert answer.exit_code == 0 and "was rewritten, or put back" in answer.stderr


def test_a_certificate_that_was_altered_is_named(app: Flask, runner: FlaskCliRunner) -> None:
    number = certificate(wiped()).number
    unsealed("certificates")
    behind_the_back(f"UPDATE certificates SET sha256 = '{'0' * 64}'")
    answer = runner.invoke(group, ["check"])
    assert answer.exit_code == 1 and f"Certificate no. {number} no longer agrees" in answer.stderr


def test_a_device_without_any_history_is_named(runner: FlaskCliRunner) -> None:
    first, second = make.device(), make.device()
    codes = first.code, second.code
    behind_the_back(
        "INSERT INTO devices (code, site_id, type, stage, stage_since, specification, created_at, version) "
        "SELECT 'STRANGER', site_id, type, stage, stage_since, specification, created_at, version FROM devices "
        f"WHERE code = '{codes[0]}'"
    )
    answer = runner.invoke(group, ["check"])
    assert answer.exit_code == 1
    assert "STRANGER" in answer.stderr
    assert not any(code in answer.stderr for code in codes)


def test_sheets_and_files_of_labels_that_cannot_be_are_named(app: Flask, runner: FlaskCliRunner) -> None:
    by = make.actor("coordinator")
    codes = [make.device("received").code for _ in range(3)]
    with transaction():
        labelling.print_labels(codes, None, "avery-l7160", "pdf", None, by)
    to = printer(name="Door")
    number = job(to)
    assert runner.invoke(group, ["check"]).exit_code == 0
    for statement, words in (
        ("UPDATE label_sheets SET cells = cells || '.'", "is no sheet of “avery-l7160”"),
        ("UPDATE label_sheets SET cells = 'pppppppppppppppppppppp'", "is no sheet of"),
        ("UPDATE label_sheets SET cells = 'ppppppppppppppppppppp'", "has no free label"),
        ("UPDATE label_sheets SET cells = '.pp..................'", "Place 1 of sheet 1 bears 1 labels, the sheet says “.”"),
        ("UPDATE label_sheets SET cells = 'ppp..................'", None),
        ("UPDATE prints SET cell = 2 WHERE cell = 3", "Place 2 of sheet 1 bears 2 labels"),
        ("UPDATE prints SET cell = 22 WHERE id = (SELECT max(id) FROM prints)", "place 22 of “avery-l7160”, which has 21"),
        ("UPDATE prints SET cell = 3 WHERE cell = 22", None),
        (f"UPDATE printers SET retired_at = created_at WHERE id = {to.id}", f"File {number} waits for printer {to.id}"),
    ):  # fmt: skip
        behind_the_back(statement)
        answer = runner.invoke(group, ["check"])
        assert answer.exit_code == (1 if words else 0), statement
        assert not words or words in answer.stderr, (statement, answer.stderr)
