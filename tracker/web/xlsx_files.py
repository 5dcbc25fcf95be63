"""A list as a workbook: texts stay texts, numbers numbers, moments moments on the workshop's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from flask import Response, send_file

from tracker.clock import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Row by row to the disk; and no text of ours is ever calculated or made a link.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download called `name`.xlsx."""
    file: Any = TemporaryFile()  # noqa: SIM115 (closed with the answer)
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        sheet = book.add_worksheet()
        moment, bold = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_format({"bold": True})
        sheet.set_column(0, len(header) - 1, 18)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, local(cell).replace(tzinfo=None), moment)
                else:
                    sheet.write(number, column, cell)
    file.seek(0)
    return send_file(file, XLSX, as_attachment=True, download_name=f"{name}.xlsx")
