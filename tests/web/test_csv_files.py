"""A list for a spreadsheet: whole, readable, and never calculated."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from tracker.web import csv_files


@pytest.mark.parametrize("cell", ["=1+1", " =1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_is_calculated(cell: str) -> None:
    assert csv_files.safe(cell) == "'" + cell


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert [csv_files.safe(cell) for cell in (-3, 2.5, None, "a")] == [-3, 2.5, "", "a"]


def test_a_list_too_long_for_memory_arrives_whole(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "LARGEST_IN_MEMORY", 1_000)
    rows = [[number, f"é; {number}\n"] for number in range(2_000)]
    with app.test_request_context("/"):
        answer = csv_files.answer("list", ["number", "text"], rows)
        answer.direct_passthrough = False
        text = answer.get_data(as_text=True)
        answer.close()
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert text.startswith("\ufeff") and len(read) == 2_001 and read[-1] == ["1999", "é; 1999\n"]
