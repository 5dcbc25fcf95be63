"""What a wipe certificate says, and when it still covers what it was issued for.

Fields follow what NIST SP 800-88 Rev. 2 (September 2025), section on certificates of sanitization, asks for:
maker, model, serial, medium, size; method, level, tool and version, verification; who, when, where.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.history.rules import canonical
from tracker.i18n import N_

PAYLOAD_VERSION = 2


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


class Standing(enum.StrEnum):
    """What may be said of a certificate that was issued here."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"  # of the time before signatures: our word only
    KEY_REVOKED = "key_revoked"  # our record stands, its signature proves nothing any more
    REVOKED = "revoked"
    ALTERED = "altered"


HOLDS = (Standing.GENUINE, Standing.UNSIGNED, Standing.KEY_REVOKED)


class About(enum.StrEnum):
    """What a certificate is about."""

    DEVICE = "device"
    COLLECTION = "collection"


class Covered(enum.StrEnum):
    """What a certificate says of one device. Only the first two say that it holds no data."""

    PROVEN = "proven"  # every drive is accounted for, or a named person declared why there is none
    NO_STORAGE = "no_storage"  # a type without storage
    GIVEN_BACK = "given_back"  # the donor has it again, as it was
    MISSING = "missing"  # not found, its data never proven to be gone


COVERED = {
    Covered.PROVEN: N_("Every drive accounted for"),
    Covered.NO_STORAGE: N_("Without storage by its type"),
    Covered.GIVEN_BACK: N_("NOT COVERED: not taken, or given back to the donor as it was"),
    Covered.MISSING: N_("NOT COVERED: missing, and its data was not proven to be gone"),
}
NOT_COVERED = (Covered.GIVEN_BACK, Covered.MISSING)


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


def devices_of(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The devices a certificate names, in the form of version 2: the first version had one, without its id."""
    if payload["v"] >= 2:
        told: Sequence[Mapping[str, Any]] = payload["devices"]
        return told
    parts = {name: payload[name] for name in ("drives", "declarations")}
    return [{"id": None, "cover": Covered.PROVEN.value, **payload["device"], **parts}]


def cover_of(payload: Mapping[str, Any], issued_at: datetime, device_id: int) -> Cover | None:
    """What it covers of that device; None where it does not say that the device holds no data."""
    for one in devices_of(payload):
        if one["id"] in (device_id, None) and one["cover"] == Covered.PROVEN:
            ends = {int(line["drive"]): (str(line["end"]), line.get("wipe")) for line in one["drives"]}
            return Cover(ends, issued_at)
    return None


def counts(told: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Drives found against how their data ended, over all these devices."""
    ends = [line["end"] for one in told for line in one["drives"]]
    return {"found": len(ends), **{end: ends.count(end) for end in ("wiped", "removed", "destroyed")}}


def runs_of(places: Sequence[int]) -> str:
    """`1–4, 7`: numbers in their order, those that follow one another together."""
    told: list[list[int]] = []
    for one in places:
        if told and one == told[-1][-1] + 1:
            told[-1] = [told[-1][0], one]
        else:
            told.append([one, one])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in told)


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


def password(signature: str) -> str:
    """`K3V7Q-2MWAT`: what stands on the paper and lets its holder fetch the signed file, serial numbers in full.

    50 bits out of the signature, which nobody can guess who has not seen the document.
    """
    letters = base64.b32encode(hashlib.sha256(signature.encode()).digest())[:10].decode()
    return f"{letters[:5]}-{letters[5:]}"


def same_password(typed: str, signature: str) -> bool:
    """Whether that was typed, in any case and with any dashes and spaces."""
    given = re.sub(r"[^A-Z2-7]", "", typed.upper())[:20]
    return hmac.compare_digest(given, password(signature).replace("-", ""))
