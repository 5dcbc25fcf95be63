"""The list to fill in: headings that are understood, and two rows that show how."""

from __future__ import annotations

import csv
import io

from tracker.errors import NotHere
from tracker.i18n import N_, Sentence

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = (
    N_("Type"),
    N_("Manufacturer"),
    N_("Model"),
    N_("Serial number"),
    N_("Weight (kg)"),
    N_("Charger"),
    N_("Processor"),
    N_("Memory (GB)"),
    N_("Storage (GB)"),
)
EXAMPLES = (
    (N_("Laptop"), "HP", "ProBook 450 G6", "5CD9123ABC", "1.9", N_("Yes"), "Core i5-8265U", "8", "256"),
    (N_("Screen"), "Dell", "P2419H", "CN0KGX1274", "5.6", N_("No"), "", "", ""),
)


def template(suffix: str, locale: str) -> tuple[bytes, str]:
    """(file, its media type) for "csv" or "xlsx", headings in that locale. Raises `NotHere` for another suffix."""
    rows = [
        [Sentence(text).shown_in(locale) if text else "" for text in row] for row in (HEADINGS, *EXAMPLES)
    ]
    if suffix == "csv":
        return _csv(rows, french=locale == "fr"), CSV
    if suffix == "xlsx":
        return _xlsx(rows), XLSX
    raise NotHere(N_("The template comes as csv or xlsx."))


def _csv(rows: list[list[str]], *, french: bool) -> bytes:
    """As the country's spreadsheets open it by a double click: with a mark of UTF-8, `;` and `,` in France."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerows(
        [cell.replace(".", ",") if french and cell[:1].isdigit() else cell for cell in row] for row in rows
    )
    return written.getvalue().encode("utf-8-sig")


def _xlsx(rows: list[list[str]]) -> bytes:
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_column(0, len(HEADINGS) - 1, 18, book.add_format({"num_format": "@"}))
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
    return written.getvalue()
