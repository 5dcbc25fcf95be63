"""`tracker labels` from a terminal."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from labels.media import medium
from tests import make
from tests.labelling.reading import read_back
from tracker.cli import group
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.labelling.models import Print


def test_labels_are_written_to_a_file_and_to_the_register(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    one, two = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED)
    target = tmp_path / "labels.pdf"
    given = [one.code, two.code.lower(), "--design", "intake", "--medium", "avery-l7163", "--start", "14"]
    answer = runner.invoke(group, ["labels", *given, "--format", "pdf", "-o", str(target)])
    assert answer.exit_code == 0, answer.output
    cells, _ = read_back(target.read_bytes(), medium("avery-l7163"))
    base = app.config["SETTINGS"].qr_base
    assert cells == {14: f"{base}/D/{one.code}", 15: f"{base}/D/{two.code}"}
    assert {row.code for row in session.scalars(select(Print))} == {one.code, two.code}


def test_options_may_stand_before_the_codes(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    target = tmp_path / "labels.zpl"
    given = ["--medium", "zebra-57x32", "--format", "zpl", "-o", str(target), make.device().code]
    assert runner.invoke(group, ["labels", *given]).exit_code == 0
    assert target.read_bytes().startswith(b"^XA")


def test_a_refusal_is_one_sentence_and_leaves_neither_file_nor_line(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    device, target = make.device(), tmp_path / "labels.pdf"
    for wrong in (
        ["BCDFGHJX"],
        [device.code, "--start", "99"],
        [device.code, "--medium", "none"],
        [device.code, "--design", "x"],
    ):
        answer = runner.invoke(group, ["labels", *wrong, "-o", str(target)])
        assert answer.exit_code == 1 and "Traceback" not in answer.output
        assert len(answer.stderr.strip().splitlines()) == 1
    assert not target.exists() and not session.scalars(select(Print)).all()


def test_what_cannot_be_written_was_not_printed(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    answer = runner.invoke(group, ["labels", make.device().code, "-o", str(tmp_path / "nowhere" / "x.pdf")])
    assert answer.exit_code == 1 and "cannot be written" in answer.stderr
    assert not session.scalars(select(Print)).all()


def test_tags_are_minted_and_said_one_a_line(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    make.site()
    said = runner.invoke(group, ["labels", "mint", "4"]).output.split()
    assert sorted(said) == sorted(session.scalars(select(Tag.code).where(Tag.state == TagState.MINTED)))
    target = tmp_path / "tags.pdf"
    printed = runner.invoke(group, ["labels", "mint", "3", "-o", str(target)]).output.split()
    session.expire_all()
    assert sorted(printed) == sorted(session.scalars(select(Tag.code).where(Tag.state == TagState.PRINTED)))
    assert len(read_back(target.read_bytes(), medium("avery-l7160"))[0]) == 3
    assert runner.invoke(group, ["labels", "mint", "0"]).exit_code != 0


def test_help_names_both_ways(runner: FlaskCliRunner) -> None:
    said = runner.invoke(group, ["labels", "--help"]).output
    assert "mint" in said and "CODE" in said
