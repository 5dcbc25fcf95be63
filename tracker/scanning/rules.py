"""What a scan asks and what it is answered. Plain values."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.devices import codes
from tracker.devices.lifecycle import Stage
from tracker.errors import Malformed
from tracker.i18n import N_, Sentence

MOST_AT_ONCE = 500
LONGEST_RAW = 500
LONGEST_NOTE = 500
NO_UUID = N_("A scan is named by a UUID, for example 1b4e28ba-2fa1-4d2e-883f-0016d3cca427.")
# A scan made by hand on the page: what it misspells is seen and put right at once.
BY_PAGE = "page"
# What a scan asks that only notes that something stands where it was scanned; its value `check` names the stock check.
STOCK_CHECK = "stock_check"


class Outcome(enum.StrEnum):
    """What became of a scan."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    ELSEWHERE = "other_collection"  # of another collection than its batch, or place than its stock check


@dataclass(frozen=True)
class Asked:
    """One scan as it came. `action` None looks up; `at` is the client's time; `scan_id` names it for ever.

    `batch` is the UUID of its batch, whose action and values hold where it says none of its own; it is the
    `sequence`-th scan of `client`, a UUID; `badge` is the code of who worked at a shared bench.
    """

    raw: str
    scan_id: str
    action: str | None = None
    at: datetime | None = None
    mode: str | None = None
    note: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    batch: str | None = None
    client: str | None = None
    sequence: int | None = None
    badge: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of one scan. `stage` is where the device stands after it; None when there is no device.

    `sentence` says what happened; `address` is the page where a refusal is solved, or a free tag is put to use.
    """

    scan_id: str
    outcome: Outcome
    sentence: Sentence
    code: str | None = None
    action: str | None = None
    stage: Stage | None = None
    address: str | None = None
    device_id: int | None = None
    history_id: int | None = None

    @property
    def message(self) -> Sentence:
        """The sentence, with the address for whoever has no page to click on."""
        if self.address is None:
            return self.sentence
        return Sentence(
            N_("%(sentence)s See %(address)s"), {"sentence": self.sentence, "address": self.address}
        )


def new_scan_id() -> str:
    return str(uuid.uuid4())


def asked(
    raw: str,
    *,
    scan_id: str | uuid.UUID | None = None,
    action: str | None = None,
    at: datetime | None = None,
    mode: str | None = None,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
    batch: str | uuid.UUID | None = None,
    client: str | uuid.UUID | None = None,
    sequence: int | None = None,
    badge: str | None = None,
) -> Asked:
    """A scan with its parts checked and cleaned. `values` may hold `reason`, `slip_number`, `recycler`, `grade`,
    `location` (a place's code), whatever its action asks. Raises `Malformed` for an id that is no UUID or a time
    without zone."""
    if at is not None and at.tzinfo is None:
        raise Malformed(
            N_("The time of a scan needs its zone, for example 2026-11-24T16:08:00+01:00."), field="at"
        )
    return Asked(
        raw=kept(raw)[-LONGEST_RAW:],
        scan_id=new_scan_id() if scan_id is None else canonical(scan_id, "scan_id"),
        action=kept(action)[:40] if action else None,
        at=at,
        mode=kept(mode)[:40] if mode else None,
        note=kept(note).strip()[:LONGEST_NOTE] or None if note else None,
        values=dict(values or {}),
        batch=canonical(batch, "batch") if batch else None,
        client=canonical(client, "client") if client else None,
        sequence=sequence,
        badge=kept(badge)[:8] if badge else None,
    )


def canonical(name: str | uuid.UUID, field: str) -> str:
    """A UUID in its one spelling. Raises `Malformed` about that field."""
    try:
        return str(name if isinstance(name, uuid.UUID) else uuid.UUID(name))
    except (ValueError, AttributeError, TypeError) as error:
        raise Malformed(NO_UUID, field=field) from error


def kept(text: str) -> str:
    """The text without what a database refuses to hold: NUL, halves of letters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def misread(raw: str, fault: codes.Fault) -> Sentence:
    """Why this text is not a code, and what to do."""
    if fault is codes.Fault.EMPTY:
        return Sentence(N_("Nothing was read. Scan a label, or type the 8 letters printed beside it."))
    if fault is codes.Fault.WRONG_LETTER:
        return Sentence(N_("One letter is wrong: %(code)s. Read the label again."), {"code": with_gap(raw)})
    if fault is codes.Fault.LETTERS_MOVED:
        return Sentence(
            N_(
                "The scanner’s letters arrive on other keys: this computer’s keyboard is set to BÉPO, Dvorak or Colemak. "
                "Nothing was done. Set the keyboard to AZERTY while you scan, or type the 8 letters."
            )
        )
    return Sentence(
        N_("“%(text)s” is not one of our codes: they have 8 letters, such as BCDF-GHJX."),
        {"text": _excerpt(raw)},
    )


def with_gap(raw: str) -> str:
    """The code as it was typed, `?` in place of letters that our codes never have: `BCDF-GH?X`."""
    letters = last_letters(raw)
    return codes.shown("".join(one if one in codes.ALPHABET else "?" for one in letters))


def last_letters(raw: str) -> str:
    """The last 8 letters of a text, in upper case."""
    return "".join(one for one in raw.upper() if one.isascii() and one.isalpha())[-codes.LENGTH :]


def one_letter_off(raw: str) -> list[str]:
    """Every valid code that differs from the last 8 letters in one place."""
    letters = last_letters(raw)
    return [
        changed
        for place in range(len(letters))
        for one in codes.ALPHABET
        if one != letters[place] and codes.is_valid(changed := letters[:place] + one + letters[place + 1 :])
    ]


def _excerpt(raw: str) -> str:
    plain = " ".join(raw.split())
    return plain if len(plain) <= 40 else "…" + plain[-39:]
