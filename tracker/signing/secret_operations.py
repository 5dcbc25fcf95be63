"""Secrets that are derived from a key file and stored nowhere: whoever has the database cannot sign for anybody."""

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

KEY_BYTES = 32


def key_file(name: str) -> Path:
    """Beside the key that signs certificates: outside the database and outside its backups."""
    return config.load().signing_key_file.parent / name


def derived(path: Path, nonce: str, purpose: str, unreadable: str) -> bytes:
    """32 bytes by HKDF-SHA256 (RFC 5869) from the key file, salted with the nonce (hexadecimal). Raises `RuleBroken` with
    the sentence `unreadable` (of `%(file)s`) where the file is not there or not whole."""
    try:
        root = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        root = b""
    if len(root) != KEY_BYTES:
        raise RuleBroken(unreadable, file=path)
    return HKDF(SHA256(), KEY_BYTES, salt=bytes.fromhex(nonce), info=purpose.encode()).derive(root)


def make_key(path: Path) -> None:
    """Make the key file unless it is there: it is never replaced, for everything enrolled would be lost. Whole or not at
    all; where two processes make it at once, the first one's stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, written = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(KEY_BYTES))
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        Path(written).unlink()
