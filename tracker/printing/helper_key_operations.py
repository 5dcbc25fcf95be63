"""The secrets of helpers: derived from a key file, never stored. Whoever has the database cannot speak for a helper."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker import config
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import FORMAT

KEY_BYTES = 32


def key_file() -> Path:
    """Beside the key that signs certificates: outside the database and outside its backups."""
    return config.load().signing_key_file.parent / "helpers.key"


def secret_of(helper: PrintHelper) -> bytes:
    """The 32 bytes under which this helper signs (HKDF-SHA256, RFC 5869). Raises `RuleBroken` without key file."""
    if helper.nonce is None:
        raise ValueError("a helper that is not enrolled has no secret")
    salt = bytes.fromhex(helper.nonce)
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=f"{FORMAT}|{helper.id}".encode()).derive(_root())


def make_key() -> None:
    """Make the key file unless it is there; whole or not at all, and the first one's where two make it at once."""
    path = key_file()
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, written = tempfile.mkstemp(prefix=".helpers-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(KEY_BYTES))
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        Path(written).unlink()


def _root() -> bytes:
    try:
        kept = bytes.fromhex(key_file().read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        kept = b""
    if len(kept) != KEY_BYTES:
        raise RuleBroken(
            N_(
                "The key of the helpers is not readable in %(file)s: put it back from your copy, or delete the file and "
                "enrol every helper again."
            ),
            file=key_file(),
        )
    return kept
