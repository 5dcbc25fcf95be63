"""Every command explains itself, and says in one sentence why it could not."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskCliRunner

from tests import make
from tests.nursery import command
from tracker.accounts import queries
from tracker.cli import COMMANDS, group
from tracker.database import session

ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    from click.testing import CliRunner

    answer = CliRunner().invoke(group, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


@ALONE
def test_all_faults_of_the_settings_are_listed_at_once(settings: None) -> None:
    answer = command(
        "db", "current", TRACKER_SITE_URL="nonsense", TRACKER_LOCALE="xx", TRACKER_DATABASE_URL="mysql:x"
    )
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) >= 3
    assert "Traceback" not in answer.stderr
    for setting in ("TRACKER_SITE_URL", "TRACKER_LOCALE", "TRACKER_DATABASE_URL"):
        assert setting in answer.stderr


def test_serve_without_tables_says_what_to_run(tmp_path: Path) -> None:
    answer = command("serve", TRACKER_INSTANCE=str(tmp_path), PORT="0")
    assert answer.returncode == 1
    assert "tracker db upgrade" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_serve_refuses_a_port_that_is_none(tmp_path: Path) -> None:
    answer = command("serve", TRACKER_INSTANCE=str(tmp_path), PORT="eighty")
    assert answer.returncode == 1
    assert "PORT" in answer.stderr


def test_a_database_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"
    answer = command("db", "upgrade", TRACKER_INSTANCE=str(tmp_path), TRACKER_DATABASE_URL=address)
    assert answer.returncode == 1
    assert "TRACKER_DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_upgrade_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    first = command("db", "upgrade", TRACKER_INSTANCE=str(tmp_path))
    second = command("db", "upgrade", TRACKER_INSTANCE=str(tmp_path))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "nothing to do" in second.stdout
    assert "newest" in command("db", "current", TRACKER_INSTANCE=str(tmp_path)).stdout


def test_a_person_added_with_a_password_can_sign_in(runner: FlaskCliRunner) -> None:
    answer = runner.invoke(
        group,
        ["user", "add", "nour@example.org", "--role", "quality", "--password-stdin"],
        input=make.PASSWORD + "\n",
    )
    assert answer.exit_code == 0, answer.output
    session.rollback()
    from flask import current_app

    client = current_app.test_client()
    page = client.get("/login")
    token = make.csrf_token(page.text)
    data = {"email": "nour@example.org", "password": make.PASSWORD, "csrf_token": token}
    assert client.post("/login", data=data).status_code in (302, 303)


def test_the_association_of_a_person_is_made_when_missing(runner: FlaskCliRunner) -> None:
    arguments = ["user", "add", "sam@example.org", "--role", "association", "--association", "Le Pont"]
    assert runner.invoke(group, [*arguments, "--password-stdin"], input=make.PASSWORD + "\n").exit_code == 0
    session.rollback()
    added = queries.user_by_email("sam@example.org")
    association = queries.association_by_name("le pont")
    assert added is not None
    assert association is not None
    assert added.association_id == association.id


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["user", "add", "no-address", "--role", "admin", "--password-stdin"], "no-address"),
        (["user", "add", "a@example.org", "--role", "association", "--password-stdin"], "association"),
        (["token", "add", "nobody@example.org", "--name", "x"], "nobody@example.org"),
    ],
)
def test_a_refusal_is_one_sentence_and_leaves_nothing(
    runner: FlaskCliRunner, arguments: list[str], said: str
) -> None:
    answer = runner.invoke(group, arguments, input=make.PASSWORD + "\n")
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    session.rollback()
    assert queries.user_by_email("a@example.org") is None


def test_a_token_is_the_last_word_and_is_not_kept_as_it_is(runner: FlaskCliRunner) -> None:
    person = make.user("coordinator")
    answer = runner.invoke(group, ["token", "add", person.email, "--name", "The shop"])
    assert answer.exit_code == 0, answer.output
    key = answer.output.split()[-1]
    session.rollback()
    from tracker.accounts.models import ApiToken

    stored = session.query(ApiToken).one()
    assert key not in (stored.token_hash, stored.name)


def test_the_lifecycle_is_printed_from_the_table(runner: FlaskCliRunner) -> None:
    from tracker.devices.lifecycle import MOVES

    told = runner.invoke(group, ["lifecycle"]).output
    assert all(f"{move.action}:" in told for move in MOVES.values())
    assert runner.invoke(group, ["lifecycle", "--mermaid"]).output.startswith("stateDiagram-v2")


def test_a_person_added_without_a_password_chooses_it_by_the_printed_link(runner: FlaskCliRunner) -> None:
    from flask import current_app

    answer = runner.invoke(group, ["user", "add", "Lou@Example.org", "--role", "volunteer"])
    assert answer.exit_code == 0, answer.output
    session.rollback()
    page = current_app.test_client().get(urlsplit(answer.output.split()[-1]).path)
    assert page.status_code == 200
    assert 'type="password"' in page.text


def test_a_token_is_given_however_the_address_is_written(runner: FlaskCliRunner) -> None:
    person = make.user("coordinator")
    assert runner.invoke(group, ["token", "add", person.email.upper(), "--name", "x"]).exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["-1"], ["0001"], ["base"]])
def test_a_downgrade_takes_one_step_or_goes_where_it_is_told(
    runner: FlaskCliRunner, arguments: list[str]
) -> None:
    from tracker.cli.db import current_revision

    newest = current_revision()
    assert newest is not None
    session.rollback()
    answer = runner.invoke(group, ["db", "downgrade", *arguments])
    assert answer.exit_code == 0, answer.output
    goal = {"0001": "0001", "base": None}.get("".join(arguments), f"{int(newest) - 1:04}")
    assert current_revision() == goal


@pytest.mark.parametrize(
    "arguments", [["downgrade", "nowhere"], ["downgrade", "-99"], ["upgrade", "nowhere"]]
)
def test_a_revision_that_is_not_there_is_one_sentence(runner: FlaskCliRunner, arguments: list[str]) -> None:
    session.rollback()
    answer = runner.invoke(group, ["db", *arguments])
    assert answer.exit_code == 1
    assert arguments[1] in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "Traceback" not in answer.stderr


def test_an_empty_database_cannot_go_back_a_step(tmp_path: Path) -> None:
    answer = command("db", "downgrade", TRACKER_INSTANCE=str(tmp_path))
    assert answer.returncode == 1
    assert "no step to go back" in answer.stderr
