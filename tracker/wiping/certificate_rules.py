"""What a wipe certificate says, and when it still covers what it was issued for.

Fields follow what NIST SP 800-88 Rev. 2 (September 2025), section on certificates of sanitization, asks for:
maker, model, serial, medium, size; method, level, tool and version, verification; who, when, where.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.history.rules import canonical
from tracker.i18n import N_

PAYLOAD_VERSION = 1


class Revocation(enum.StrEnum):
    """Why a certificate holds no more, as everyone may read it. The person's own words stay in the history."""

    WRONG_DEVICE = "wrong_device"
    NOT_WIPED = "not_wiped"
    WRONG_DATA = "wrong_data"
    OTHER = "other"


REVOCATIONS = {
    Revocation.WRONG_DEVICE: N_("The report was about another device"),
    Revocation.NOT_WIPED: N_("A drive turned out not to be wiped"),
    Revocation.WRONG_DATA: N_("Something on it is wrong"),
    Revocation.OTHER: N_("Another reason"),
}
_NUMBER = re.compile(r"(\d{4})[\s\-–.]?(\d{1,9})")

End = tuple[str | None, int | None]
"""How a drive's data ended, and by which attempt where it was wiped."""


@dataclass(frozen=True)
class Cover:
    """Which drives a certificate names, and how each one's data ended: {drive id: ("wiped", wipe id)}."""

    drives: Mapping[int, End]
    issued_at: datetime

    def covers(self, now_on_record: Mapping[int, End], arrived_at: datetime | None) -> bool:
        """Whether it names exactly the drives on record today, each ended as it says, since the last arrival."""
        if arrived_at is not None and self.issued_at < arrived_at:
            return False
        return dict(self.drives) == dict(now_on_record)


def cover_of(payload: Mapping[str, Any], issued_at: datetime) -> Cover:
    return Cover(
        {int(line["drive"]): (str(line["end"]), line.get("wipe")) for line in payload["drives"]}, issued_at
    )


def payload_hash(payload: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the payload; printed on the document, shown by the public page."""
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def number(year: int, place: int) -> str:
    """`2026-00412`."""
    return f"{year}-{place:05d}"


def read_number(text: str) -> str | None:
    """The number in what a person typed: `2026 412`, `2026-00412`. None where it cannot be one."""
    found = _NUMBER.fullmatch(text.strip())
    return number(int(found[1]), int(found[2])) if found else None


def masked(serial: str | None) -> str:
    """All but the last four signs hidden, for a page anybody can open; shorter ones are hidden whole."""
    text = (serial or "").strip()
    return "…" + text[-4:] if len(text) > 6 else "…"
