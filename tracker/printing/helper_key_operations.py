"""The secrets of helpers: derived from a key file, never stored. Whoever has the database cannot speak for a helper."""

from __future__ import annotations

from pathlib import Path

from tracker.i18n import N_
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import FORMAT
from tracker.signing import secret_operations

KEY_FILE = "helpers.key"
_UNREADABLE = N_(
    "The key of the helpers is not readable in %(file)s: put it back from your copy, or delete the file and "
    "enrol every helper again."
)


def key_file() -> Path:
    """Outside the database and outside its backups."""
    return secret_operations.key_file(KEY_FILE)


def secret_of(helper: PrintHelper) -> bytes:
    """The 32 bytes under which this helper signs. Raises `RuleBroken` without key file."""
    if helper.nonce is None:
        raise ValueError("a helper that is not enrolled has no secret")
    return secret_operations.derived(key_file(), helper.nonce, f"{FORMAT}|{helper.id}", _UNREADABLE)


def make_key() -> None:
    """Make the key file unless it is there."""
    secret_operations.make_key(key_file())
