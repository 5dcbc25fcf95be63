"""The number of a phone: 15 digits, the last of which checks the others (3GPP TS 23.003, 6.2.1 and annex B)."""

from __future__ import annotations

import re

from stdnum import luhn

from tracker.errors import Malformed
from tracker.i18n import N_

DIGITS = 15
_SEPARATORS = re.compile(r"[\s./\-–_]+")


def digits_of(text: str | None) -> str | None:
    """The 15 digits of a valid IMEI, however it was typed; None for anything else, so that a search can ask."""
    plain = _SEPARATORS.sub("", text or "")
    if not re.fullmatch(r"[0-9]{15}", plain) or len(set(plain)) == 1 or not luhn.is_valid(plain):
        return None
    return plain


def read_imei(text: str | None, field: str = "imei") -> str | None:
    """The 15 digits, or None where nothing was typed. Raises `Malformed`, which says what is wrong with it."""
    plain = _SEPARATORS.sub("", text or "")
    if not plain:
        return None
    found = digits_of(plain)
    if found is not None:
        return found
    if re.fullmatch(r"[0-9]{16,17}", plain):
        raise Malformed(
            N_(
                "This is an IMEI with its software version (%(number)s digits): dial *#06# and copy the IMEI of 15 digits."
            ),
            field=field,
            number=len(plain),
        )
    if not re.fullmatch(r"[0-9]{15}", plain):
        raise Malformed(
            N_("An IMEI has 15 digits; “%(text)s” does not. Dial *#06# to see it."),
            field=field,
            text=plain[:40],
        )
    raise Malformed(
        N_(
            "A digit of this IMEI is wrong: its last digit does not fit the others. Dial *#06# and copy it again."
        ),
        field=field,
    )
