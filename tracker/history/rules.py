"""The chain: what an entry says, in one canonical form, and its hash over the entry before.

An entry's hash is SHA-256 over canonical JSON: keys sorted, no white space, UTF-8, with a version so that the
form can change without making old entries unverifiable (the idea of RFC 8785, over integers and strings only).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tracker.i18n import N_, Sentence

VERSION = 1
GENESIS = "0" * 64


class Subject:
    """What an entry is about. Values are part of the hash: never rename one."""

    DEVICE = "device"
    DRIVE = "drive"
    REPORT = "report"
    CERTIFICATE = "certificate"
    COLLECTION = "collection"
    REQUEST = "request"
    HANDOVER = "handover"
    LOCATION = "location"
    TAG = "tag"
    USER = "user"
    ASSOCIATION = "association"
    POLICY = "policy"
    DONOR = "donor"
    CONTACT = "contact"
    KEY = "key"
    STATION = "station"
    LOGO = "logo"
    ROLL = "roll"
    PRINT_JOB = "print_job"
    PRINT_HELPER = "print_helper"
    PRINTER = "printer"
    MEDIUM = "medium"
    PRINT_RUN = "print_run"
    LABEL_HABIT = "label_habit"
    BATCH = "batch"
    BENCH = "bench"
    BENCH_HABITS = "bench_habits"


@dataclass(frozen=True)
class Written:
    """One entry as it is hashed. `facts` hold codes, ids and numbers, never sentences."""

    site_id: int
    sequence: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    subject_kind: str
    subject_id: int
    action: str
    from_stage: str | None
    to_stage: str | None
    facts: Mapping[str, Any]
    note_hash: str | None
    previous: str
    version: int = VERSION


def moment_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: the same text from both databases."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """Canonical JSON. Raises ValueError on a float that is no number."""
    return _CANONICAL.encode(value)


def entry_text(entry: Written) -> str:
    """The canonical JSON of an entry with the hash before it: what is hashed."""
    fields = {
        "v": entry.version,
        "site": entry.site_id,
        "sequence": entry.sequence,
        "at": moment_text(entry.at),
        "actor": [entry.actor_kind, entry.actor_id],
        "subject": [entry.subject_kind, entry.subject_id],
        "action": entry.action,
        "from": entry.from_stage,
        "to": entry.to_stage,
        "facts": entry.facts,
        "note": entry.note_hash,
        "previous": entry.previous,
    }
    return canonical(fields)


def text_hash(text: str) -> str:
    """64 hexadecimal digits over what `entry_text` gives."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(entry: Written) -> str:
    """64 hexadecimal digits over the whole entry and the hash before it."""
    return text_hash(entry_text(entry))


def new_salt() -> str:
    return secrets.token_hex(16)


def note_hash(salt: str, text: str) -> str:
    """A salted hash: once salt and text are erased, nothing of the note can be guessed from it."""
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class ChainFault:
    """A place where the chain does not hold."""

    site_id: int
    sequence: int
    sentence: Sentence


class ChainCheck:
    """Fed entries in order, tells every fault; the expected head is compared at the end."""

    def __init__(self, site_id: int) -> None:
        self.site_id = site_id
        self.sequence = 0
        self.head = GENESIS
        self.faults: list[ChainFault] = []

    def feed(self, entry: Written, stored_hash: str) -> None:
        if entry.sequence != self.sequence + 1:
            self._fault(entry.sequence, N_("Entry %(sequence)s follows %(before)s: one is missing."))
        if entry.previous != self.head:
            self._fault(entry.sequence, N_("Entry %(sequence)s does not name the hash of the one before it."))
        if entry_hash(entry) != stored_hash:
            self._fault(entry.sequence, N_("Entry %(sequence)s was changed after it was written."))
        self.sequence, self.head = entry.sequence, stored_hash

    def close(self, head_sequence: int, head_hash: str) -> None:
        if (head_sequence, head_hash) != (self.sequence, self.head):
            self._fault(head_sequence, N_("The chain ends at %(before)s, but its head says %(sequence)s."))

    def _fault(self, sequence: int, message: str) -> None:
        details = {"sequence": sequence, "before": self.sequence}
        self.faults.append(ChainFault(self.site_id, sequence, Sentence(message, details)))
