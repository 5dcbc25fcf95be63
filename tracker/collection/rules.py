"""What a donor is, what a collection is called, and what becomes of one line of a donor's list."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from tracker.accounts.rules import Actor
from tracker.devices import codes
from tracker.devices.lifecycle import MOVES, Action, Move, Stage
from tracker.devices.rules import DeviceType
from tracker.errors import Conflict, Malformed
from tracker.i18n import N_, Sentence


class DonorKind(enum.StrEnum):
    """Who gives. What a public body gives may only go where the law says (CG3P, L3212-2 and L3212-3)."""

    COMPANY = "company"
    PUBLIC_BODY = "public_body"
    PERSON = "person"


DONOR_KINDS: dict[DonorKind, str] = {
    DonorKind.COMPANY: N_("Company"),
    DonorKind.PUBLIC_BODY: N_("Public body"),
    DonorKind.PERSON: N_("Private person"),
}


class TakenAs(enum.StrEnum):
    """In what quality somebody takes a device back. A recycler is none of them: see `Action.RECYCLE`."""

    DONOR = "donor"
    STAFF = "staff"
    CARRIER = "carrier"


TAKEN_AS: dict[TakenAs, str] = {
    TakenAs.DONOR: N_("The donor"),
    TakenAs.STAFF: N_("Someone of the donor's staff"),
    TakenAs.CARRIER: N_("A carrier sent by the donor"),
}

# How a device may begin in a collection, in the order of the journey.
BEGINNINGS = (Action.ANNOUNCE, Action.COLLECT, Action.RECEIVE)


def beginnings_for(by: Actor) -> tuple[Move, ...]:
    """The moves with which this person may add a device."""
    return tuple(MOVES[action] for action in BEGINNINGS if by.is_at_least(MOVES[action].role))


def leads_on(stage: Stage, action: Action) -> bool:
    """Whether `action` takes a device at `stage` further on its way in."""
    return action in BEGINNINGS and MOVES[action].starts_from(stage)


def clean_siret(text: str | None) -> str | None:
    """14 digits without spaces, or None for an empty text.

    Checked by the Luhn formula, La Poste's establishments by their own rule (the sum of the digits is a multiple
    of 5). Raises `Malformed`.
    """
    typed = (text or "").strip()
    if not typed:
        return None
    digits = siret.compact(typed)
    try:
        return str(siret.validate(digits))
    except ValidationError as error:
        if len(digits) == 9 and siren.is_valid(digits):
            raise Malformed(
                N_(
                    "%(number)s is a SIREN (9 digits): add the 5 digits of the establishment to make its SIRET."
                ),
                field="siret",
                number=digits,
            ) from error
        raise Malformed(
            N_(
                "%(number)s is not a SIRET: it has 14 digits, the last of which checks the others. Copy it again."
            ),
            field="siret",
            number=typed[:40],
        ) from error


def must_be_a_reference(text: str) -> str:
    """A reference given by hand: 1 to 24 letters, digits, hyphens. Raises `Malformed`."""
    reference = text.strip().upper()
    if not 1 <= len(reference) <= 24 or not all(c.isascii() and (c.isalnum() or c == "-") for c in reference):
        raise Malformed(
            N_("A reference has 1 to 24 letters, digits or hyphens. Leave it empty to have one made."),
            field="reference",
        )
    return reference


@dataclass(frozen=True)
class Line:
    """One device as a list describes it. `weight_g` in grams; `charger` None where the list says nothing."""

    type: DeviceType
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    imei: str | None = None
    imei2: str | None = None
    weight_g: int | None = None
    charger: bool | None = None
    specification: dict[str, Any] = field(default_factory=dict)


class SameSerial(Conflict):
    """Devices on record have the serial number, or the IMEI, of the one being added: a person says whether it is one of them."""

    def __init__(self, known: Sequence[str], *, imei: bool = False) -> None:
        self.codes = tuple(known)
        super().__init__(
            N_("%(code)s has the same IMEI. Say whether this is the same phone or another one.")
            if imei
            else N_(
                "%(code)s has the same serial number. Say whether this is the same device or another one."
            ),
            code=codes.shown(known[0]),
        )


class RowVerdict(enum.StrEnum):
    """What becomes of a row of a list."""

    NEW = "new"
    ALREADY = "already"  # this very row, or this serial, is in the collection
    DOUBLE = "double"  # another device, or another row, has the same serial: a person decides
    LOOKALIKE = "lookalike"  # no serial, and a row of another list of this collection says the same
    FAULT = "fault"


ROW_VERDICTS: dict[RowVerdict, str] = {
    RowVerdict.NEW: N_("New"),
    RowVerdict.ALREADY: N_("Already there"),
    RowVerdict.DOUBLE: N_("Double"),
    RowVerdict.LOOKALIKE: N_("Looks the same"),
    RowVerdict.FAULT: N_("Fault"),
}


@dataclass(frozen=True)
class RowOutcome:
    """One row of a list, judged. `number` is the row's number in the file, from 1; `code` names the device meant."""

    number: int
    verdict: RowVerdict
    sentence: Sentence
    code: str | None = None
    line: Line | None = None
    text: str = ""  # what a row that was not understood says, for who looks for it in the file
    likeness: str | None = None  # for a row without serial number: the same for the n-th row of one content


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did, or in a dry run would do. `ignored` are the headings of columns that were not read."""

    rows: tuple[RowOutcome, ...]
    dry_run: bool
    ignored: tuple[str, ...] = ()

    def count(self, verdict: RowVerdict) -> int:
        return sum(row.verdict is verdict for row in self.rows)

    @property
    def counts(self) -> dict[RowVerdict, int]:
        return {verdict: self.count(verdict) for verdict in RowVerdict}


@dataclass(frozen=True)
class Reachable:
    """How to reach a donor: personal data, kept in `contacts` alone."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    city: str | None = None


def must_be_named(kind: DonorKind, name: str | None, reachable: Reachable) -> None:
    """An organisation has a name; a person's is in the contact. Raises `Malformed`."""
    if kind is DonorKind.PERSON and not reachable.name:
        raise Malformed(N_("Write the person's name."), field="contact_name")
    if kind is not DonorKind.PERSON and not name:
        raise Malformed(N_("Write the organisation's name."), field="name")
