"""Files as donors send them, and files meant to hurt."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from tracker.collection import readers
from tracker.collection.readers import delimited, spreadsheet
from tracker.collection.readers.limits import LARGEST_FILE, MOST_ROWS
from tracker.collection.readers.template import template
from tracker.errors import Malformed, NotHere

ROWS = [["Type", "Marque", "N° de série"], ["écran", "Dell", "CN0-1234"], ["portable", "HP; Inc, SA", "5CD9"]]


def workbook(write: Any) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        write(book)
    return made.getvalue()


def sheet_of(rows: list[list[Any]]) -> bytes:
    def write(book: Any) -> None:
        book.add_worksheet()  # an empty one before it, as people leave them
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(write)


def text_of(separator: str) -> str:
    quoted = [[f'"{cell}"' if "," in cell else cell for cell in row] for row in ROWS]
    return "\r\n".join(separator.join(row) for row in quoted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_text_is_read_with_any_separator_in_any_usual_encoding(separator: str, encoding: str) -> None:
    table = readers.read(text_of(separator).encode(encoding), "list.csv")
    assert table.rows == ((2, ("écran", "Dell", "CN0-1234")), (3, ("portable", "HP; Inc, SA", "5CD9")))


def test_the_first_line_by_which_excel_names_its_separator_is_obeyed() -> None:
    table = readers.read(b"sep=;\r\nType;S/N\r\nportable;A,B\r\n", "list.csv")
    assert table.rows == ((3, ("portable", "A,B")),)


def test_a_spreadsheet_is_read_from_its_first_sheet_that_holds_something() -> None:
    assert readers.read(sheet_of(ROWS), "list.xlsx").rows[0] == (2, ("écran", "Dell", "CN0-1234"))


def test_a_serial_number_that_is_a_number_keeps_its_digits() -> None:
    data = sheet_of([["Type", "S/N", "Poids (kg)"], ["portable", 123456789012, 1.9]])
    assert readers.read(data, "list.xlsx").rows == ((2, ("portable", "123456789012", "1.9")),)


def test_formulas_are_not_worked_out() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Type", "S/N"])
        sheet.write(1, 0, "portable")
        sheet.write_formula(1, 1, '=WEBSERVICE("http://example.org")', value="SAVED-1")

    assert readers.read(workbook(write), "list.xlsx").rows == ((2, ("portable", "SAVED-1")),)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_is_understood_when_it_comes_back(suffix: str, locale: str) -> None:
    data, _ = template(suffix, locale)
    table = readers.read(data, f"list.{suffix}")
    assert table.heading.ignored == ()
    assert set(table.heading.places) == {
        "type", "manufacturer", "model", "serial", "weight", "charger", "cpu", "memory", "storage"
    }  # fmt: skip
    lines = [readers.columns.line_of(row, table.heading) for _, row in table.rows]
    assert [(line.weight_g, line.charger) for line in lines] == [(1900, True), (5600, False)]


def test_the_template_comes_in_two_formats_only() -> None:
    with pytest.raises(NotHere):
        template("exe", "fr")


# ---- what must be refused with a sentence


def refused(data: bytes, name: str = "list.xlsx") -> str:
    with pytest.raises(Malformed) as refusal:
        readers.read(data, name)
    return str(refusal.value)


def test_an_empty_file_is_refused() -> None:
    assert "is empty" in refused(b" \r\n")


def test_a_file_over_five_megabytes_is_refused() -> None:
    assert "5 MB" in refused(b"Type;S/N\n" + b"x" * LARGEST_FILE)


def test_a_list_of_too_many_rows_is_refused() -> None:
    data = b"Type;S/N\n" + b"".join(b"ecran;SN%06d\n" % n for n in range(MOST_ROWS + 1))
    assert "5,000" in refused(data, "list.csv")
    assert len(readers.read(data[: data.rindex(b"ecran")], "list.csv").rows) == MOST_ROWS


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"%PDF-1.7\x00\x01", b"MZ\x90\x00\x03"])
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    assert "neither a CSV file nor a spreadsheet" in refused(data, "photo.png")


@pytest.mark.parametrize("data", [b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600])
def test_a_damaged_spreadsheet_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)


def test_headings_without_rows_are_refused() -> None:
    assert "no row" in refused(b"Type;Marque\n", "list.csv")


def test_a_quotation_mark_left_open_costs_a_sentence_not_a_fault() -> None:
    data = b'Type;S/N\nportable;"' + b"x" * 200_000
    assert "quotation mark" in refused(data, "list.csv")


def test_a_sheet_that_claims_seventeen_thousand_million_cells_ends_its_reader_not_us() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Type", "S/N"])
        sheet.write(1_048_575, 16_383, "x")

    data = workbook(write)
    assert len(data) < 10_000
    assert "unfolds" in refused(data)


def test_a_spreadsheet_that_unfolds_to_more_than_it_may_ends_its_reader_not_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreadsheet, "MEMORY_MB", 160)
    data = sheet_of(ROWS)
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            body = old.read(item)
            if item == "xl/sharedStrings.xml":
                body = body.replace(b"</sst>", b"<si><t>" + b"A" * 150_000_000 + b"</t></si></sst>")
            new.writestr(item, body)
    assert len(bomb.getvalue()) < LARGEST_FILE
    assert "unfolds" in refused(bomb.getvalue())


def test_a_spreadsheet_with_entities_that_multiply_is_read_without_them_or_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet_of(ROWS))) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.namelist():
            body = old.read(item)
            if item == "xl/sharedStrings.xml":
                body = body.replace(b"?>", b"?>" + doctype, 1).replace(b"<t>Dell</t>", b"<t>&a11;</t>")
            new.writestr(item, body)
    try:
        rows = readers.read(made.getvalue(), "list.xlsx").rows
    except Malformed:
        return
    assert all(len(cell) < 1_000 for _, row in rows for cell in row)


def test_a_name_that_is_a_path_is_shown_without_its_folders() -> None:
    assert readers.short("C:\\Users\\x\\list.csv") == "list.csv"
    assert readers.short("../../etc/passwd") == "passwd"


def test_a_row_of_thousands_of_columns_is_cut() -> None:
    wide = b"Type" + b";x" * 5_000 + b"\nportable" + b";y" * 5_000 + b"\n"
    assert len(delimited.read(wide, "wide.csv")[1]) == 100
