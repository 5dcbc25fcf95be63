"""The recipes of the README hold: what is said to be one line in a list is one line in a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from labels import media
from labels.formats import render
from labels.label import Label
from tracker.devices.diagram import mermaid
from tracker.devices.lifecycle import STAGES, Stage
from tracker.reports import queries as reports
from tracker.reports.shapes import Indicator, Report, Table
from tracker.wiping import readers
from tracker.wiping.readers.source import Source
from tracker.wiping.readings import ReportReading

README = Path(__file__).parents[2] / "README.md"


def test_the_diagram_of_the_readme_is_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in README.read_text(encoding="utf-8")


def test_every_stage_has_a_word_a_colour_and_a_pictogram() -> None:
    assert set(STAGES) == set(Stage)
    assert all(sign.name and sign.phase and sign.pictogram for sign in STAGES.values())


def test_a_size_of_label_is_one_line() -> None:
    ours = media.roll("ours-50x30", 50.0, 30.0)
    made = render([Label("BCDFGHJX", "HTTPS://LCT.EXAMPLE/D/BCDFGHJX")], ours, "pdf")
    assert b"".join(made.chunks).startswith(b"%PDF")


def test_a_report_is_one_line(monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., FlaskClient]) -> None:
    ours = Report(
        "ours",
        "Devices that sing",
        "Counted by ear.",
        lambda _: [("La Marseillaise", 3)],
        lambda heard: Table(("Song", "Devices"), heard, chart="bars", data=heard),
        lambda heard: [Indicator("singing", "Singing", len(heard), formula="By ear.", source="Ears")],
    )
    monkeypatch.setattr(reports, "REPORTS", (*reports.REPORTS, ours))
    client = signed_in("volunteer")
    assert "Devices that sing" in client.get("/reports").text
    assert "Singing" in client.get("/reports/method").text
    with client.get("/reports/ours.csv") as answer:
        assert "La Marseillaise" in answer.get_data(as_text=True)


def test_a_kind_of_report_file_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Singing:
        KIND = "singing"

        def recognises(self, source: Source) -> bool:
            return source.data.startswith(b"la la")

        def read(self, source: Source) -> ReportReading:
            return ReportReading(self.KIND)

    monkeypatch.setattr(readers, "READERS", (*readers.READERS, Singing()))
    assert readers.read(b"la la la", "song.txt").kind == "singing"
