"""Spreadsheets (xlsx, xlsm, xls, ods), read in a process of its own.

A file of a few kilobytes can claim a sheet of a million rows by sixteen thousand columns, or unfold to gigabytes; the
library then ends the whole process. So it reads in a child whose memory and time are bounded: at worst, the child dies.
Formulas are never worked out: the value that was saved with them is taken.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tracker.collection.readers.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Rows
from tracker.errors import Malformed
from tracker.i18n import N_

MEMORY_MB = 512
TIME_S = 20
_CHILD = Path(__file__).with_name("spreadsheet_child.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_one(data: bytes) -> bool:
    return data.startswith((_ZIP, _OLE))


def read(data: bytes, name: str) -> Rows:
    """The rows of the first sheet that has any, whose cells are text."""
    limits = [str(number) for number in (MEMORY_MB, TIME_S, MOST_ROWS + 50, MOST_COLUMNS, LONGEST_CELL + 1)]
    try:
        done = subprocess.run(  # noqa: S603 (our own file, no shell)
            [sys.executable, "-P", str(_CHILD), *limits],
            input=data,
            capture_output=True,
            timeout=TIME_S * 2,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(name) from error
    answer = _answer(done.stdout)
    if done.returncode == 0 and answer is not None:
        return answer
    if done.returncode == 3:
        raise Malformed(
            N_("“%(name)s” is protected by a password. Save it without one, then send it again."),
            field="file",
            name=name,
        )
    if done.returncode == 2:
        raise Malformed(
            N_(
                "“%(name)s” is damaged, or not really a spreadsheet. Open it, save it as xlsx or CSV, and send it again."
            ),
            field="file",
            name=name,
        )
    raise _too_much(name)


def _answer(written: bytes) -> Rows | None:
    try:
        return [tuple(row) for row in json.loads(written)]
    except ValueError:
        return None


def _too_much(name: str) -> Malformed:
    return Malformed(
        N_(
            "“%(name)s” unfolds to more than can be read. Copy the rows into a new sheet, save it, and send that."
        ),
        field="file",
        name=name,
    )
