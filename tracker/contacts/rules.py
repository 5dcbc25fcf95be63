"""What a contact is, and what its fields may hold. Plain values."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from tracker.errors import Malformed
from tracker.i18n import N_


class ContactKind(enum.StrEnum):
    PERSON = "person"
    BODY = "body"


class Purpose(enum.StrEnum):
    """What a contact is kept for, where it is kept for that alone."""

    FOUND = "found"  # somebody found a device or a label of ours and may be answered


# The personal fields, each with the most signs it takes.
LENGTHS = {"name": 200, "email": 254, "phone": 40, "address": 500, "postcode": 10, "city": 120}
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"]+@[^@\s\x00-\x1f<>\".]+(\.[^@\s\x00-\x1f<>\".]+)+")
_PHONE = re.compile(r"[+0-9 ().\-/]{6,40}")


def checked(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """The fields without spare spaces, empty ones None. Raises `Malformed` with the field that is wrong."""
    clean = {field: " ".join((values.get(field) or "").split()) or None for field in LENGTHS}
    if not clean["name"]:
        raise Malformed(N_("Give a name."), field="name")
    for field, most in LENGTHS.items():
        if len(clean[field] or "") > most:
            raise Malformed(N_("This is too long: %(most)s signs at most."), field=field, most=most)
    if clean["email"]:
        clean["email"] = clean["email"].lower()
        if not _EMAIL.fullmatch(clean["email"]):
            raise Malformed(N_("This is not an e-mail address: write it as name@example.org."), field="email")
    if clean["phone"] and not _PHONE.fullmatch(clean["phone"]):
        raise Malformed(N_("This is not a telephone number: digits, spaces and + only."), field="phone")
    return clean
