"""How much of a list is read. A donor's list is small; what is not is a mistake, or meant to hurt."""

from __future__ import annotations

LARGEST_FILE = 5 * 1024 * 1024  # bytes
MOST_ROWS = 5_000
MOST_COLUMNS = 100
LONGEST_CELL = 500  # characters

Rows = list[tuple[str, ...]]
