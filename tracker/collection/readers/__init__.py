"""Donors' lists as they come: text with any separator, or a spreadsheet; French or English headings.

To add a format: one file here, one line in `READERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from tracker.collection.readers import delimited, spreadsheet
from tracker.collection.readers.columns import Heading, find_heading
from tracker.collection.readers.limits import LARGEST_FILE, MOST_ROWS, Rows
from tracker.errors import Malformed
from tracker.i18n import N_

# The beginning of the file's bytes → who reads it; the last one takes what no other has claimed.
READERS = (
    (spreadsheet.is_one, spreadsheet.read),
    (delimited.is_one, delimited.read),
)


@dataclass(frozen=True)
class Table:
    """A list's heading and its rows, each with its number in the file, from 1. Cells are text, stripped."""

    heading: Heading
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(data: bytes, name: str) -> Table:
    """The table in a file of at most 5 MB and 5,000 rows. Raises `Malformed` with what to do."""
    if not data.strip():
        raise Malformed(
            N_("“%(name)s” is empty. Choose the file with the list."), field="file", name=short(name)
        )
    if len(data) > LARGEST_FILE:
        raise Malformed(
            N_("“%(name)s” is larger than 5 MB. Keep only the columns of the template, or split the list."),
            field="file",
            name=short(name),
        )
    for claims, reads in READERS:
        if claims(data):
            return _table(reads(data, short(name)), short(name))
    raise Malformed(
        N_("“%(name)s” is neither a CSV file nor a spreadsheet (xlsx, ods). Save it as one of these."),
        field="file",
        name=short(name),
    )


def _table(cells: Rows, name: str) -> Table:
    place, heading = find_heading(cells, name)
    rows = tuple((number, row) for number, row in enumerate(cells, 1) if number > place and any(row))
    if len(rows) > MOST_ROWS:
        raise Malformed(
            N_("“%(name)s” has more than 5,000 rows. Split it, and import one part after the other."),
            field="file",
            name=name,
        )
    if not rows:
        raise Malformed(N_("“%(name)s” has headings, but no row under them."), field="file", name=name)
    return Table(heading, rows)


def short(name: str) -> str:
    """The file's name without its folders, shortened for a sentence."""
    bare = PurePath(name.replace("\\", "/")).name
    return bare if len(bare) <= 60 else bare[:57] + "…"
