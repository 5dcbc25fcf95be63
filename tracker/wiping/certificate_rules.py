"""What a wipe certificate says, and when it still covers what it was issued for.

Fields follow what NIST SP 800-88 Rev. 2 (September 2025), section on certificates of sanitization, asks for:
maker, model, serial, medium, size; method, level, tool and version, verification; who, when, where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.history.rules import canonical

PAYLOAD_VERSION = 1


@dataclass(frozen=True)
class Cover:
    """Which drives a certificate names, and how each one's data ended: {drive id: "wiped"…}."""

    drives: Mapping[int, str]
    issued_at: datetime

    def covers(self, now_on_record: Mapping[int, str | None], arrived_at: datetime | None) -> bool:
        """Whether it names exactly the drives on record today, each ended as it says, since the last arrival."""
        if arrived_at is not None and self.issued_at < arrived_at:
            return False
        return dict(self.drives) == dict(now_on_record)


def cover_of(payload: Mapping[str, Any], issued_at: datetime) -> Cover:
    return Cover({int(line["drive"]): str(line["end"]) for line in payload["drives"]}, issued_at)


def payload_hash(payload: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the payload; printed on the document, shown by the public page."""
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def next_number(year: int, taken: Collection[str]) -> str:
    """`2026-00412` follows `2026-00411`."""
    last = max((int(number.rsplit("-", 1)[1]) for number in taken), default=0)
    return f"{year}-{last + 1:05d}"


def masked(serial: str | None) -> str:
    """All but the last four signs hidden, for a page anybody can open."""
    text = serial or ""
    return "…" + text[-4:] if len(text) > 4 else "…"
