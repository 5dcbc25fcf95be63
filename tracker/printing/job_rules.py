"""Files on their way to a printer: what is handed to a way out, what it may answer, when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.errors import Malformed
from tracker.i18n import N_, Sentence
from tracker.printing.rules import Way

MOST_BYTES = 32 * 1024 * 1024
LONGEST_JOB_NAME = 120
# Between one try and the next. After the last one a person decides.
PAUSES = tuple(timedelta(seconds=wait) for wait in (10, 30, 120, 300, 900))
# A sender answers or gives up well before; whoever took a file longer ago died over it.
SENDER_LOST = timedelta(minutes=5)
# A helper that has not answered is given the same file again: its journal knows whether it is printed.
HELPER_LOST = timedelta(minutes=2)

PERHAPS_PRINTED = N_(
    "The server stopped while it was sending this. Perhaps it is printed, or a part of it: look at the printer, "
    "then try again or cancel."
)
UNFORESEEN = N_(
    "Sending broke off for a reason nobody foresaw (%(what)s). Look at the printer, then try again or cancel; "
    "the server’s log says more."
)
RETIRED = N_("“%(printer)s” is no longer in use. Save the file, or cancel it and print its labels elsewhere.")
MADE_FOR_ANOTHER = N_(
    "“%(printer)s” was changed since: this file was made for what it was. Cancel it, and print its labels again."
)
EMPTIED = N_("The file of this job was deleted in the meantime. Print its labels again from the register.")


@dataclass(frozen=True)
class Parcel:
    """What a way out is given. `key` names this try: whoever printed it once does not print it again."""

    job_id: int
    printer_id: int
    attempt: int
    way: Way
    address: str
    format: str
    asks_status: bool
    name: str
    mimetype: str
    data: bytes

    @property
    def key(self) -> str:
        return f"{self.job_id}-{self.attempt}"

    @property
    def title(self) -> str:
        """What a printer's own list calls it. Never begins with a sign that a program could take for an option."""
        return f"Ricochet {self.job_id}: {self.name}"


class NotSent(Exception):
    """Nothing reached the printer. `again`: it is worth trying by itself in a while."""

    def __init__(self, message: str, *, again: bool = True, **details: object) -> None:
        self.sentence = Sentence(message, details)
        self.again = again
        super().__init__(str(self.sentence))


class Unclear(Exception):
    """Something may have reached the printer: only a person who looks at it can tell."""

    def __init__(self, message: str, **details: object) -> None:
        self.sentence = Sentence(message, details)
        super().__init__(str(self.sentence))


def next_try(tries: int, now: datetime) -> datetime | None:
    """When it is tried again after `tries` tries in a row; None when a person has to look."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def read_job_name(text: str) -> str:
    """The name in one line, as a printer's list can show it."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:LONGEST_JOB_NAME] or "labels"


def must_be_a_file(data: bytes) -> None:
    """Raise `Malformed` for nothing, or for more than a printer is sent at once."""
    if not data:
        raise Malformed(N_("There is nothing to print in this file. Choose the labels again."))
    if len(data) > MOST_BYTES:
        raise Malformed(
            N_("This file is larger than %(most_bytes)s: print fewer labels at once."), most_bytes=MOST_BYTES
        )
