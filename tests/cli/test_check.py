"""`tracker check` sees what somebody did to the database behind the application's back."""

from __future__ import annotations

from flask.testing import FlaskCliRunner
from sqlalchemy import text

from tests import make
from tracker.cli import group
from tracker.database import db, session


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
