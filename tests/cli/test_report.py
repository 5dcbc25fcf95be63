"""What report files say, from the command line: nothing is stored, no database is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.wiping.reports import FIXTURES
from tracker.cli import group


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with English as its language."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    return tmp_path


def told(*paths: Path) -> Result:
    return CliRunner().invoke(group, ["report", *map(str, paths)])


def test_a_folder_is_read_and_each_drive_judged(elsewhere: Path) -> None:
    answer = told(FIXTURES)
    assert answer.exit_code == 0, answer.output
    assert "Wiped: RICO SSD 128 RSS42A0001" in answer.output
    assert "Not wiped: RICO HD 250 RHD34B0002" in answer.output and "the wipe failed" in answer.output
    assert "For information: Rico NVMe 512 RNV42B0002" in answer.output
    assert list(elsewhere.iterdir()) == [], "it leaves nothing behind"


def test_a_file_that_is_no_report_ends_with_one_sentence(elsewhere: Path) -> None:
    notes = elsewhere / "notes.txt"
    notes.write_text("buy milk", encoding="utf-8")
    answer = told(FIXTURES / "lshw_laptop.json", notes)
    assert answer.exit_code == 1
    assert "1 of 2 files were not understood" in answer.output and "not of a known format" in answer.output


def test_it_speaks_french_where_the_workshop_does(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "fr")
    assert "Non effacé" in told(FIXTURES).output


def test_a_file_that_is_not_there_is_a_wrong_use(elsewhere: Path) -> None:
    assert told(elsewhere / "nothing.txt").exit_code == 2
