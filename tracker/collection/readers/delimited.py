"""Text with separators: CSV as spreadsheets write it in France (`;`, cp1252) and elsewhere (`,`, UTF-8), or tabs."""

from __future__ import annotations

import csv
import io
import re

from tracker.collection.readers.columns import recognised
from tracker.collection.readers.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Rows
from tracker.errors import Malformed
from tracker.i18n import N_

SEPARATORS = ";,\t|"
_HINT = re.compile(r"^sep=(.)\r?\n")  # Excel's own first line
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")


def is_one(data: bytes) -> bool:
    """Text of any encoding read here."""
    return _text(data) is not None


def read(data: bytes, name: str) -> Rows:
    """The rows, with the separator under which most headings make sense. A cell that begins with `=` stays text."""
    text = _text(data) or ""
    hint = _HINT.match(text)
    if hint:
        return _rows(text[hint.end() :], hint[1], name, skipped=1)
    best = max(SEPARATORS, key=lambda separator: _sense(text, separator))
    return _rows(text, best, name)


def _text(data: bytes) -> str | None:
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _BINARY.search(text) else text
    return None


def _sense(text: str, separator: str) -> int:
    """How many headings are understood in the first lines, cut at this separator."""
    lines = text[:20_000].splitlines()[:20]
    return max((recognised([cell.strip('"') for cell in line.split(separator)]) for line in lines), default=0)


def _rows(text: str, separator: str, name: str, *, skipped: int = 0) -> Rows:
    rows: Rows = [()] * skipped
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(tuple(cell.strip()[: LONGEST_CELL + 1] for cell in row[:MOST_COLUMNS]))
            if len(rows) > MOST_ROWS + 50:
                break
    except csv.Error as error:
        raise Malformed(
            N_(
                "“%(name)s” cannot be read from its row %(number)s on: look for a quotation mark that is not closed."
            ),
            field="file",
            name=name,
            number=len(rows) + 1,
        ) from error
    return rows
