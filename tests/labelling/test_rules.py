"""Which design is due, what is read from a list of codes, and what is refused."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import labels
from labels.designs import DESIGNS
from labels.errors import LabelError
from labels.formats import FORMATS
from labels.media import MEDIA, Medium
from tests.house.code import ROOT
from tracker.devices.lifecycle import Stage
from tracker.errors import Malformed
from tracker.i18n import Sentence
from tracker.labelling import rules, sheet_rules
from tracker.labelling.refusal_rules import SENTENCES, refused


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_design_and_a_word(stage: Stage) -> None:
    assert rules.design_for(stage) in rules.DESIGN_NAMES
    assert rules.band_word(stage)


@pytest.mark.parametrize("start", [0, -1, 22, "22", "0", "x", "1.5", 1.5, True, "9" * 400, "१", [], {"a": 1}])
def test_a_start_that_is_not_on_the_sheet_is_refused_and_named(start: object) -> None:
    with pytest.raises(Malformed) as refusal:
        rules.order("avery-l7160", "pdf", start)
    assert refusal.value.field == "start"
    assert "1 to 21" in str(refusal.value)


@pytest.mark.parametrize("start", [None, "", 1, "1", " 7 ", 21, "21"])
def test_a_start_on_the_sheet_is_taken_however_it_is_written(start: object) -> None:
    assert 1 <= rules.order("avery-l7160", "pdf", start).start <= 21


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("avery-l9999", "pdf"), "medium"),
        ((None, "pdf"), "medium"),
        (("../../etc/passwd", "pdf"), "medium"),
        (("%(known)s", "pdf"), "medium"),
        (("avery-l7160", "docx"), "format"),
        (("avery-l7160", None), "format"),
        (("avery-l7160", ["pdf"]), "format"),
        (("avery-l7160", "pdf", 1, "because"), "reason"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(given: tuple[object, ...], field: str) -> None:
    with pytest.raises(Malformed) as refusal:
        rules.order(*given)
    assert refusal.value.field == field
    assert refusal.value.status == 422
    assert any(name in str(refusal.value) for name in ("avery-l7160", "pdf", "damaged"))
    assert "«" in refusal.value.sentence.shown_in("fr")


def test_codes_are_read_as_they_are_typed_or_scanned_each_once() -> None:
    text = "bcdf-ghjx, HTTPS://X.EXAMPLE/D/BCDFGHJX\nBCDF GHJX;LNPR-STVF\r\n\n lnprstvf bcdfghjx "
    found = rules.read_codes(text)
    assert found[0] == "BCDFGHJX"
    assert len(found) == len(set(found)) == 2


def test_what_is_no_code_is_named_and_the_rest_counted() -> None:
    with pytest.raises(Malformed, match=r"nonsense, BCDFGHJK, x1.*\+2") as refusal:
        rules.read_codes("nonsense\nBCDFGHJK\nx1\nx2\nx3\nx4\nx5\nBCDFGHJX")
    assert refusal.value.field == "codes"


def sentences_of_labels() -> set[str]:
    """Every sentence that `labels` refuses with, read from its source."""
    found = set()
    for path in sorted(Path(labels.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "LabelError":
                found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_sentence_of_the_drawing_is_in_the_catalogue() -> None:
    assert sentences_of_labels() == set(SENTENCES)
    assert all(Sentence(one, {}).shown_in("fr") != one for one in SENTENCES)


def test_a_percent_sign_is_shown_once() -> None:
    (said,) = [one for one in SENTENCES if "10 %%" in one]
    error = LabelError(said)
    assert "10 % au plus".replace(" %", "\u202f%") in refused(error).sentence.shown_in("fr")
    assert "10 %;" in str(refused(error))


def test_every_design_and_format_can_be_chosen_by_words() -> None:
    assert set(rules.DESIGN_NAMES) == set(DESIGNS)
    assert set(rules.FORMAT_NAMES) == set(FORMATS)
    assert rules.format_words("a-new-one") == "A-NEW-ONE"


def test_the_look_has_a_grid_for_every_sheet() -> None:
    look = (ROOT / "tracker" / "static" / "css" / "labelling.css").read_text(encoding="utf-8")
    assert all(f".columns-{one.columns} {{" in look for one in MEDIA)


@pytest.mark.parametrize("one", MEDIA, ids=lambda one: one.name)
def test_sheets_are_counted_with_the_part_used_one(one: Medium) -> None:
    cells = one.cells
    assert sheet_rules.sheets_needed(0, cells, cells) == 1
    assert sheet_rules.sheets_needed(0, cells, cells + 1) == 2
    assert sheet_rules.sheets_needed(cells, cells, cells + 1) == 2
    assert sheet_rules.sheets_needed(3, 21, 3) == 1 and sheet_rules.sheets_needed(3, 21, 25) == 3


def test_a_roll_has_no_cells_to_remember() -> None:
    assert rules.order("zebra-57x32", "zpl", 99).start == 1
    assert not rules.order("zebra-57x32", "zpl", 99, sheet="new").chosen


def test_cells_that_are_not_free_are_passed_over() -> None:
    marks = "ppx.x..."
    assert sheet_rules.next_free(marks) == 4
    assert sheet_rules.taken(marks, 4, 3) == ("ppxpxpp.", [4, 6, 7])
    assert sheet_rules.taken(marks, 7, 9) == ("ppxxxxpp", [7, 8])
    assert sheet_rules.skipped([4, 6, 7], 8) == {5}
    assert sheet_rules.skipped([4, 6, 1, 2], 8) == {5, 7, 8}
    assert sheet_rules.skipped([None, None], 1) == frozenset()


def test_pages_are_counted_by_their_cells() -> None:
    assert sheet_rules.pages_of([4, 6, 1, 2]) == 2
    assert sheet_rules.pages_of([None, None, None]) == 3
    assert sheet_rules.pages_of([1, 2, 1]) == 2 and sheet_rules.pages_of([1, 1]) == 2
