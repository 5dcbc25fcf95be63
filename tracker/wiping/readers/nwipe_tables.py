"""The tables at the end of an nwipe run: errors, bytes erased, and the status of each drive."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from tracker.wiping.readers.source import MOST_DRIVES
from tracker.wiping.readings import Verification

Row = TypeVar("Row")

_TOTAL = re.compile(r"Total Throughput .*?/s, (.*), (\d{1,4})R\+(N?B)\+(NV|VL|VA)\s*$")
_DURATION = re.compile(r"(\d{1,5}):(\d\d):(\d\d)")
_VERIFICATIONS = {"NV": Verification.NONE, "VL": Verification.LAST, "VA": Verification.ALL}
_MOST_ROWS = 4
"""Of one drive in one table: a second one is a doubt already."""
_TITLES = (("Pass Errors", "errors"), ("Bytes Erased", "bytes"), ("Thru-put", "status"))


@dataclass(frozen=True)
class StatusRow:
    """One line of the status table: the word, whether it is flagged `!`, how long it took, "model/serial"."""

    word: str
    flagged: bool
    duration: timedelta | None
    model_and_serial: str


@dataclass
class Tables:
    """What was read of a run's tables so far, rows kept under the device name as printed."""

    errors: dict[str, list[tuple[int | None, ...]]] = field(default_factory=dict)
    bytes: dict[str, list[tuple[int | None, ...]]] = field(default_factory=dict)
    status: dict[str, list[StatusRow]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    method: str | None = None
    rounds: int | None = None
    blanking: bool | None = None
    verification: Verification | None = None
    closed_at: datetime | None = None
    _open: str | None = None

    def take(self, line: str) -> bool:
        """Reads `line` if it belongs to a table; says whether it did."""
        if "Device |" in line:
            self._open = next((table for title, table in _TITLES if title in line), None)
            if self._open:
                self.seen.add(self._open)
            return True
        if line.startswith("****"):
            self._note_title(line)
            return True
        if self._open and "|" in line and not line.startswith("["):
            self._take_row(line)
            return True
        return self._open is not None and line.startswith("----")

    def take_total(self, stamp: datetime | None, message: str) -> None:
        """Reads the line under the status table: method, rounds, blanking and verification."""
        self._open = None
        self.closed_at = stamp
        if found := _TOTAL.match(message):
            self.method = found[1]
            self.rounds = int(found[2])
            self.blanking = found[3] == "B"
            self.verification = _VERIFICATIONS[found[4]]

    def _note_title(self, line: str) -> None:
        self._open = None
        if "Drive Status" in line:
            self.seen.add("title")

    def _take_row(self, line: str) -> None:
        cells = [cell.strip() for cell in line.split("|", 4)]
        name = cells[0].lstrip("!").strip()
        if self._open == "errors":
            _add(self.errors, name, _numbers(cells[1:4], 3))
        elif self._open == "bytes":
            _add(self.bytes, name, _numbers(cells[1:3], 2))
        else:
            row = StatusRow(
                word=cells[1],
                flagged=cells[0].startswith("!"),
                duration=_duration(cells[3]) if len(cells) > 3 else None,
                model_and_serial=cells[4] if len(cells) > 4 else "",
            )
            _add(self.status, name, row)


def _add(rows: dict[str, list[Row]], name: str, row: Row) -> None:
    if len(rows.setdefault(name, [])) < _MOST_ROWS and len(rows) <= 2 * MOST_DRIVES:
        rows[name].append(row)


def _numbers(cells: list[str], count: int) -> tuple[int | None, ...]:
    numbers = [int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 20 else None for cell in cells]
    return tuple(numbers + [None] * (count - len(numbers)))


def _duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    return timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3])) if found else None
