"""Passwords: argon2id, with one set of costs for sign-in, commands and the demo."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: m = 46 MiB, t = 1, p = 1.
MEMORY_KIB, ROUNDS, LANES = 47_104, 1, 1

_hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)


def normalised(password: str) -> str:
    """The same letters, however the keyboard composed them (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKD", password)


def hashed(password: str) -> str:
    """`$argon2id$…`, to be kept in place of the password."""
    return _hasher.hash(normalised(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept. Takes the same time when nothing is kept, so that no e-mail is found out."""
    try:
        _hasher.verify(kept or _NOBODY, normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other costs and should be made anew at the next sign-in."""
    return _hasher.check_needs_rehash(kept)


_NOBODY = hashed("nobody has this password")
