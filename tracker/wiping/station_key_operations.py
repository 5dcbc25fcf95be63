"""The secrets of stations: derived from a key file, never stored. Whoever has the database cannot sign for a station."""

from __future__ import annotations

from pathlib import Path

from tracker.i18n import N_
from tracker.signing import secret_operations
from tracker.wiping.station_models import Station
from tracker.wiping.station_rules import FORMAT

KEY_FILE = "stations.key"
_UNREADABLE = N_(
    "The key of the stations is not readable in %(file)s: put it back from your copy, or delete the file and "
    "enrol every station again."
)


def key_file() -> Path:
    """Outside the database and outside its backups."""
    return secret_operations.key_file(KEY_FILE)


def secret_of(station: Station) -> bytes:
    """The 32 bytes under which this station signs. Raises `RuleBroken` without key file."""
    if station.nonce is None:
        raise ValueError("a station that is not enrolled has no secret")
    return secret_operations.derived(key_file(), station.nonce, f"{FORMAT}|{station.id}", _UNREADABLE)


def make_key() -> None:
    """Make the key file unless it is there."""
    secret_operations.make_key(key_file())
