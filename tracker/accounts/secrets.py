"""Random secrets, and the hash under which they are kept."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "ric_"  # so that a key found in a file can be told for what it is


def new_secret() -> str:
    """32 random bytes, in letters that fit an address."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    return PREFIX + new_secret()


def hash_of(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for a secret that is random and long."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
