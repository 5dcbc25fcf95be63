"""A list as a CSV file that a spreadsheet opens as it is meant: its letters, its columns, and no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from flask import Response, send_file

from tracker.web.languages import locale

# A cell that begins so is calculated by a spreadsheet (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ROWS_AT_ONCE = 500
LARGEST_IN_MEMORY = 4 * 1024 * 1024  # bytes; what is longer is written to a file that nobody else sees


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download called `name`.csv. French spreadsheets part columns by `;`."""
    separator = ";" if locale() == "fr" else ","
    file: BinaryIO = io.BytesIO()
    for piece in pieces(chain([header], rows), separator):
        if isinstance(file, io.BytesIO) and file.tell() > LARGEST_IN_MEMORY:
            file = _on_disk(file)
        file.write(piece.encode("utf-8", "replace"))
    file.seek(0)
    return send_file(file, "text/csv", as_attachment=True, download_name=f"{name}.csv")


def _on_disk(short: io.BytesIO) -> BinaryIO:
    """The same file where it may grow. It has no name, and is gone when the answer is sent."""
    long: Any = TemporaryFile()  # noqa: SIM115 (closed with the answer)
    long.write(short.getbuffer())
    file: BinaryIO = long
    return file


def pieces(rows: Iterable[Sequence[Any]], separator: str) -> Iterator[str]:
    """The file bit by bit; the first begins with a byte order mark, by which spreadsheets know UTF-8."""
    bit = io.StringIO("\ufeff")
    bit.seek(1)
    writer = csv.writer(bit, delimiter=separator)
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield bit.getvalue()
            bit.seek(0)
            bit.truncate()
    yield bit.getvalue()


def safe(cell: Any) -> Any:
    """A text that a spreadsheet would calculate gets an apostrophe before it; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return "'" + cell
    return cell
