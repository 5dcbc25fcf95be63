"""How a device of a workshop, such as a boot stick or a print helper, comes by a secret of its own, and signs with it.

A person carries a one-time code to it; from then on it signs with HMAC-SHA256 (RFC 2104). What it signs, each domain says.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

# Letters that stand on the same keys of French, English and German keyboards, as a scanner types them.
LETTERS = "BCDFGHJKLNPRSTVX"
CODE_LENGTH = 12
CODE_LIFE = timedelta(hours=24)
CLOCK_TOLERANCE = timedelta(minutes=15)
LARGEST_COUNTER = 2**53


def new_code() -> str:
    """A one-time code of 12 letters (48 bits)."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """The code in what a person or a scanner typed: the last twelve of its letters; None where there are fewer."""
    letters = [sign for sign in typed.upper() if sign in LETTERS]
    return "".join(letters[-CODE_LENGTH:]) if len(letters) >= CODE_LENGTH else None


def shown_code(code: str) -> str:
    """In groups of four, as it is read aloud."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def hash_of(text: str) -> str:
    """What is kept of a code or a mark."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def sign(secret: bytes, text: bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def is_signed(signature: str, text: bytes, secret: bytes) -> bool:
    """Whether the signature is that secret's, compared in constant time."""
    return hmac.compare_digest(sign(secret, text), signature)


def moment_of(seconds: int) -> datetime:
    """Seconds since 1970 by whatever clock; the last moment there is where they are none."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def is_of_now(theirs: datetime, ours: datetime) -> bool:
    """Whether a clock is near enough to ours."""
    return abs(theirs - ours) <= CLOCK_TOLERANCE
