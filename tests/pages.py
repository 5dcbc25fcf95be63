"""Pages compiled once for a whole run: to compile them takes longer than most of what is asked of a server or an application.

Jinja writes what it has compiled into the run's folder, and knows it again by the page's name and text.
"""

from __future__ import annotations

import os
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

# So that the workers of a run and the servers they start find the same folder.
NAME = "TRACKER_TEST_PAGES"


def kept_in(folder: Path) -> None:
    """Say where, to this process and its children."""
    folder.mkdir(exist_ok=True)
    os.environ[NAME] = str(folder)


def keep() -> None:
    """Applications that this process makes from now on look there first."""
    from tracker.web.templates import Application

    if folder := os.environ.get(NAME):
        options = Application.jinja_options
        Application.jinja_options = {**options, "bytecode_cache": FileSystemBytecodeCache(folder)}
