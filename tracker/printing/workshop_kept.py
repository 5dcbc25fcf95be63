"""What the helper in a workshop keeps on its computer: settings, a counter, and a journal of what it printed.

Stands inside the one script that is taken away (`helper_documents`), so it knows nothing of the rest of the application.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

KEPT_LINES = 2000


class Folder:
    """Settings, counter and journal, readable by nobody else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def settings(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads((self.path / "settings.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            kept = {}
        return kept

    def keep(self, settings: dict[str, Any]) -> None:
        """Whole or not at all."""
        self.replace("settings.json", json.dumps(settings, indent=1))

    def replace(self, name: str, text: str) -> None:
        written = self.path / (name + ".new")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            target.write(text)
            target.flush()
            os.fsync(target.fileno())
        written.replace(self.path / name)

    def next_counter(self) -> int:
        """Grows with each request, whatever the clock does."""
        try:
            last = int((self.path / "counter").read_text(encoding="ascii"))
        except (OSError, ValueError):
            last = 0
        counter = max(last + 1, int(time.time() * 1000))
        self.replace("counter", str(counter))
        return counter

    def note(self, key: str, told: dict[str, Any]) -> None:
        """A line of the journal, on the disk before anything else happens."""
        with (self.path / "journal").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps({"key": key, **told}) + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def known(self, key: str) -> dict[str, Any] | None:
        """The last line about this file."""
        found = None
        for line in self._lines():
            with contextlib.suppress(ValueError):  # cut off by a power failure
                one = json.loads(line)
                if isinstance(one, dict) and one.get("key") == key:
                    found = one
        return found

    def shorten(self) -> None:
        lines = self._lines()
        if len(lines) > KEPT_LINES:
            self.replace("journal", "\n".join(lines[-KEPT_LINES // 2 :]) + "\n")

    def _lines(self) -> list[str]:
        try:
            return (self.path / "journal").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
