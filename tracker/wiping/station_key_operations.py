"""The secrets of stations: derived from a key file, never stored. Whoever has the database cannot sign for a station."""

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
from tracker.wiping.station_models import Station
from tracker.wiping.station_rules import FORMAT

KEY_BYTES = 32


def key_file() -> Path:
    """Beside the key that signs certificates: outside the database and outside its backups."""
    return config.load().signing_key_file.parent / "stations.key"


def secret_of(station: Station) -> bytes:
    """The 32 bytes under which this station signs (HKDF-SHA256, RFC 5869). Raises `RuleBroken` without key file."""
    if station.nonce is None:
        raise ValueError("a station that is not enrolled has no secret")
    derive = HKDF(
        SHA256(), KEY_BYTES, salt=bytes.fromhex(station.nonce), info=f"{FORMAT}|{station.id}".encode()
    )
    return derive.derive(_root())


def make_key() -> None:
    """Make the key file unless it is there. It is never replaced: every enrolled station would be lost."""
    if not key_file().exists():
        _write(key_file())


def _root() -> bytes:
    try:
        kept = bytes.fromhex(key_file().read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise _unreadable() from error
    if len(kept) != KEY_BYTES:
        raise _unreadable()
    return kept


def _unreadable() -> RuleBroken:
    return RuleBroken(
        N_(
            "The key of the stations is not readable in %(file)s: put it back from your copy, or delete the file and "
            "enrol every station again."
        ),
        file=key_file(),
    )


def _write(path: Path) -> None:
    """Whole or not at all; where two processes make it at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, written = tempfile.mkstemp(prefix=".stations-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(KEY_BYTES))
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        Path(written).unlink()
