"""Run by `spreadsheet.py` in a process of its own: a workbook on standard input, rows as JSON on standard output.

Imports nothing of ours, so that it starts fast. Ends with 0, 2 (damaged), 3 (password), or is killed by its limits.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime
from itertools import islice


def main() -> int:
    memory_mb, time_s, rows, columns, longest = (int(text) for text in sys.argv[1:6])
    _bound(memory_mb, time_s)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for number in range(len(book.sheet_names)):
            found = [
                [_text(cell)[:longest] for cell in row[:columns]]
                for row in islice(book.get_sheet_by_index(number).iter_rows(), rows)
            ]
            if any(any(row) for row in found):
                break
        else:
            found = []
    except PasswordError:
        return 3
    except (CalamineError, ValueError, OSError):
        return 2
    json.dump(found, sys.stdout)
    return 0


def _bound(memory_mb: int, time_s: int) -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system: the time limit of the parent is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (time_s, time_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(cell: object) -> str:
    """A number without the `.0` that spreadsheets give serial numbers."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return str(cell).strip()


if __name__ == "__main__":
    sys.exit(main())
