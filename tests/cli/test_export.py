"""Open data count devices and give nobody away."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from tests import make
from tracker import clock
from tracker.cli import group

FILES = {
    "flows.csv",
    "flows.schema.json",
    "stock.csv",
    "stock.schema.json",
    "datapackage.json",
    "signature.json",
}


def exported(runner: FlaskCliRunner, folder: Path) -> Result:
    answer = runner.invoke(group, ["export", str(folder)])
    assert answer.exit_code == 0, answer.output
    return answer


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nobody_and_no_single_thing_is_named(runner: FlaskCliRunner, tmp_path: Path) -> None:
    giver = make.donor("person", name="Zélie Quenaut")
    made = make.ready(serial="SN-8841-XK", in_collection=make.collection(giver))
    make.handover(make.request(of=make.association("Les Amis de Zoé")), made)
    known = [made.code, "SN-8841-XK", "Zélie", "Quenaut", "Zoé", "@example", giver.reference, "bénévole"]
    exported(runner, tmp_path / "open")
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "open").iterdir()}
    assert set(written) == FILES
    for name, text in written.items():
        assert not [word for word in known if word.lower() in text.lower()], name


def test_each_schema_agrees_with_its_table(runner: FlaskCliRunner, tmp_path: Path) -> None:
    exported(runner, tmp_path / "open")
    package = json.loads((tmp_path / "open" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] == "etalab-2.0"
    assert package["created"] and package["sources"]
    for resource in package["resources"]:
        with (tmp_path / "open" / resource["path"]).open(encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        schema = json.loads((tmp_path / "open" / resource["schema"]).read_text(encoding="utf-8"))
        assert [field["name"] for field in schema["fields"]] == header
        assert all(field["title"] and field["description"] and field["type"] for field in schema["fields"])


def test_devices_are_counted_where_they_stand(runner: FlaskCliRunner, tmp_path: Path) -> None:
    make.device("ready")
    make.device("ready")
    make.device("received", "screen")
    exported(runner, tmp_path / "open")
    found = {(row["type"], row["stage"]): int(row["count"]) for row in rows(tmp_path / "open", "stock")}
    assert (found["laptop", "ready"], found["screen", "received"], found["laptop", "received"]) == (2, 1, 0)
    assert sum(found.values()) == 3


def test_only_months_that_no_longer_change_are_published(runner: FlaskCliRunner, tmp_path: Path) -> None:
    today = clock.local(clock.now())
    with clock.at(today - timedelta(days=100)):
        make.device()
    make.device()
    exported(runner, tmp_path / "open")
    found = rows(tmp_path / "open", "flows")
    first = f"{today - timedelta(days=100):%Y-%m}"
    assert [row["collected"] for row in found if (row["month"], row["type"]) == (first, "laptop")] == ["1"]
    assert sum(int(row["collected"]) for row in found) == 1
    assert max(row["month"] for row in found) < f"{today - timedelta(days=30):%Y-%m}"


def test_a_workshop_that_just_began_has_no_month_yet(runner: FlaskCliRunner, tmp_path: Path) -> None:
    make.device()
    exported(runner, tmp_path / "open")
    assert rows(tmp_path / "open", "flows") == []


def test_a_folder_that_holds_something_is_left_as_it_is(runner: FlaskCliRunner, tmp_path: Path) -> None:
    target = tmp_path / "here" / "open"
    target.mkdir(parents=True)
    (target / "mine.txt").write_text("keep", encoding="utf-8")
    answer = runner.invoke(group, ["export", str(target)])
    assert answer.exit_code == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
    assert list(target.parent.iterdir()) == [target]


def test_what_fails_midway_leaves_nothing(
    runner: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        answer = runner.invoke(group, ["export", str(here / "open")])
    assert answer.exit_code == 1 and "No space left" in answer.stderr
    assert list(here.iterdir()) == []


def test_an_empty_folder_is_taken(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    exported(runner, tmp_path / "open")
    assert {path.name for path in (tmp_path / "open").iterdir()} == FILES


def test_an_export_is_genuine_until_a_file_of_it_changes(
    runner: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")
    folder = tmp_path / "open"
    exported(runner, folder)
    for named in (folder, folder / "signature.json"):
        answer = runner.invoke(group, ["verify", str(named)])
        assert answer.exit_code == 0 and "export" in answer.output
    (folder / "more.csv").write_text("x")
    assert "does not belong" in runner.invoke(group, ["verify", str(folder)]).stderr
    (folder / "more.csv").unlink()
    table = folder / "stock.csv"
    table.write_text(table.read_text() + "laptop,ready,1\n")
    assert "was changed" in runner.invoke(group, ["verify", str(folder)]).stderr
    table.unlink()
    answer = runner.invoke(group, ["verify", str(folder)])
    assert answer.exit_code == 1 and "is missing" in answer.stderr
