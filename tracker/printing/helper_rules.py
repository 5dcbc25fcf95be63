"""Helpers in workshops: how they prove themselves, what they answer, and what is said of it.

A helper signs each request, and is answered signed, with HMAC-SHA256 (RFC 2104) under its own secret, over these lines:

    ricochet-helper-1\\n<method>\\n<path>\\n<helper>\\n<seconds since 1970>\\n<counter>\\n<SHA-256 of the body>\\n
    ricochet-helper-1\\nanswer\\n<helper>\\n<counter of the request>\\n<status>\\n<SHA-256 of the body>\\n

The counter only grows, so that nothing sent once is taken again; an answer names the counter it answers.
"""

from __future__ import annotations

import enum
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import Conflict, Malformed, NotAllowed
from tracker.i18n import N_
from tracker.signing import enrolment_rules

FORMAT = "ricochet-helper-1"
LONGEST_HELPER_NAME = 60
LONGEST_HOLD_S = 10  # a server that is stopped waits for its answers
MOST_PRINTERS = 50

_FIGURES = re.compile(r"[0-9]{1,16}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


class HelperStanding(enum.StrEnum):
    """How a helper stands."""

    WAITS = "waits"  # its code is not used yet
    ENROLLED = "enrolled"
    REVOKED = "revoked"


class Outcome(enum.StrEnum):
    """What a helper says of a file: printed; not a byte left; nobody can tell from where it stands."""

    DONE = "done"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"


class Reason(enum.StrEnum):
    """Why. With `done`: what the printer, which has the file, lacks to print it."""

    OFF = "off"
    OUT_OF_PAPER = "out_of_paper"
    OUT_OF_INK = "out_of_ink"
    COVER_OPEN = "cover_open"
    PAUSED = "paused"
    NO_QUEUE = "no_queue"
    REFUSED = "refused"
    NO_FOLDER = "no_folder"
    NOT_SET_UP = "not_set_up"
    BROKE_OFF = "broke_off"
    STOPPED = "stopped"


REASONS: dict[Reason, str] = {
    Reason.OFF: N_(
        "The helper cannot reach the printer. Switch it on, and look whether its cable is plugged in."
    ),
    Reason.OUT_OF_PAPER: N_("The printer has no more paper or labels: put some in."),
    Reason.OUT_OF_INK: N_("The printer has no more ink, toner or ribbon: put some in."),
    Reason.COVER_OPEN: N_("The printer’s cover is open: close it."),
    Reason.PAUSED: N_(
        "The printer is paused: press its button, or resume its queue on the helper’s computer."
    ),
    Reason.NO_QUEUE: N_(
        "The helper’s computer has no such queue (%(detail)s): correct the helper’s settings."
    ),
    Reason.REFUSED: N_("The printer refused the file (%(detail)s). Look at the helper’s computer."),
    Reason.NO_FOLDER: N_("The helper cannot write into its folder (%(detail)s): correct its settings."),
    Reason.NOT_SET_UP: N_("The helper does not know this printer: add it to the helper’s settings."),
    Reason.BROKE_OFF: N_(
        "The connection to the printer broke (%(detail)s). Look how many labels came out, then try again or cancel."
    ),
    Reason.STOPPED: N_(
        "The helper was stopped while it printed this. Look at the printer, then try again or cancel."
    ),
}
# What trying again by itself does not cure.
FOR_A_PERSON = frozenset({Reason.NO_QUEUE, Reason.NO_FOLDER, Reason.NOT_SET_UP})


@dataclass(frozen=True)
class Signed:
    """The proof that a request carries. `at` in seconds since 1970 on the helper's clock."""

    helper_id: int
    at: int
    counter: int
    signature: str


def read_signed(helper: str, at: str, counter: str, signature: str) -> Signed:
    """The four headers, as text. Raises `Malformed`."""
    readable = all(_FIGURES.fullmatch(part) for part in (helper, at, counter))
    if not readable or not _SIGNATURE.fullmatch(signature) or int(helper) > 2**31 - 1:
        raise Malformed(
            N_("The signature is missing or not readable. Take the helper anew from the tracker.")
        )
    if int(counter) > enrolment_rules.LARGEST_COUNTER:
        raise Malformed(
            N_("The signature is missing or not readable. Take the helper anew from the tracker.")
        )
    return Signed(int(helper), int(at), int(counter), signature)


def request_text(method: str, path: str, signed: Signed, body: bytes) -> bytes:
    """What a helper signs."""
    digest = hashlib.sha256(body).hexdigest()
    parts = (FORMAT, method, path, signed.helper_id, signed.at, signed.counter, digest)
    return "".join(f"{part}\n" for part in parts).encode()


def answer_text(helper_id: int, counter: int, status: int, body: bytes) -> bytes:
    """What we sign of an answer."""
    parts = (FORMAT, "answer", helper_id, counter, status, hashlib.sha256(body).hexdigest())
    return "".join(f"{part}\n" for part in parts).encode()


def is_signed(signed: Signed, text: bytes, secret: bytes) -> bool:
    """Whether the signature is that secret's, compared in constant time."""
    return enrolment_rules.is_signed(signed.signature, text, secret)


def must_be_of_now(signed: Signed, now: datetime) -> None:
    """Raise `Malformed` where the helper's clock is too far from ours."""
    theirs = enrolment_rules.moment_of(signed.at)
    if not enrolment_rules.is_of_now(theirs, now):
        raise Malformed(
            N_("The clock of the helper’s computer is wrong: here it is %(ours)s (UTC). Set it right."),
            ours=now.strftime("%Y-%m-%d %H:%M"),
        )


def must_be_next(signed: Signed, last: int) -> None:
    """Raise `Conflict` unless the counter grew."""
    if signed.counter <= last:
        raise Conflict(N_("This was sent before: the helper’s counter stands at %(counter)s."), counter=last)


def unknown_helper() -> NotAllowed:
    """One refusal for a helper never heard of and for a wrong signature."""
    return NotAllowed(
        N_("This helper is not known here, or its key is another one. Ask a coordinator to enrol it again.")
    )


def read_helper_name(text: str) -> str:
    """The name as it is kept. Raises `Malformed`."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_HELPER_NAME or not name.isprintable():
        raise Malformed(
            N_("Give the helper a short name: the computer it runs on (%(most)s signs at most)."),
            field="name",
            most=LONGEST_HELPER_NAME,
        )
    return name
