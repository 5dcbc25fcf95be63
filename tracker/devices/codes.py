"""The code on a label: 8 letters that survive a scanner set to any keyboard layout.

The alphabet has the 16 letters that sit on the same key in QWERTY, AZERTY and QWERTZ; no vowels, so no words.
Seven letters are random, the eighth checks them (Luhn's algorithm, ISO/IEC 7812-1 annex B, in base 16 over the
alphabet's order, the rightmost of the seven doubled): every single wrong letter is caught.
"""

from __future__ import annotations

import enum
import re
import secrets

ALPHABET = "BCDFGHJKLNPRSTVX"
LENGTH = 8
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LETTER = "[" + ALPHABET + "]"
_BARE = re.compile(rf"^{_LETTER}{{8}}$")
# After any non-letter, the kind's letter, a non-letter, the code, at the end: what a mis-set scanner leaves of a URL.
# A German layout types "-" for "/", so here the hyphens stay.
_IN_URL = re.compile(rf"[^A-Z]([DLBCP])[^A-Z0-9]({_LETTER}{{4}})[-\s]?({_LETTER}{{4}})$")
_SHAPED = re.compile(r"^[A-Z]{8}$")
_DROPPED = re.compile(r"[\s\-·.\u2010-\u2015]+")


class Kind(enum.StrEnum):
    """What a code names. The value is the letter in the path of its address."""

    DEVICE = "D"
    LOCATION = "L"
    BOX = "B"
    COMMAND = "C"
    PERSON = "P"


class Fault(enum.StrEnum):
    """Why a text is not a code."""

    EMPTY = "empty"
    NOT_A_CODE = "not_a_code"
    WRONG_LETTER = "wrong_letter"  # shaped like a code, but the check letter does not agree


def check_letter(seven: str) -> str:
    """The eighth letter for seven letters of the alphabet; `BCDFGHJ` → `X`. KeyError on any other letter."""
    total = 0
    for place, letter in enumerate(reversed(seven)):
        value = _VALUE[letter] * (2 if place % 2 == 0 else 1)
        total += value // 16 + value % 16
    return ALPHABET[-total % 16]


def is_valid(code: str) -> bool:
    """Whether this is exactly a code: 8 letters in upper case, the last agreeing."""
    return bool(_BARE.match(code)) and check_letter(code[:7]) == code[7]


def new_code() -> str:
    """A random code. Whoever keeps it makes sure that it is new over all kinds."""
    seven = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return seven + check_letter(seven)


def number_of(code: str) -> int:
    """A tag's number in the history: its letters read in base 16."""
    number = 0
    for letter in code:
        number = number * len(ALPHABET) + _VALUE[letter]
    return number


def shown(code: str) -> str:
    """`BCDFGHJX` → `BCDF-GHJX`, in two groups for the eye."""
    return f"{code[:4]}-{code[4:]}"


def read(text: str) -> str | Fault:
    """The code in what a scanner or a person typed, or why there is none.

    Case, spaces and hyphens do not matter; of an address, only its end does, so that a new server name or a
    scanner set to another layout changes nothing.
    """
    typed = text[-2000:].strip().upper()
    plain = _DROPPED.sub("", typed)
    if not plain:
        return Fault.EMPTY
    if _SHAPED.match(plain):
        return plain if is_valid(plain) else Fault.WRONG_LETTER
    found = _IN_URL.search(typed)
    if not found:
        return Fault.NOT_A_CODE
    code = found[2] + found[3]
    return code if is_valid(code) else Fault.WRONG_LETTER


_WORD = re.compile(rf"(?<![A-Z]){_LETTER}{{4}}[-_ ]?{_LETTER}{{4}}(?![A-Z])")


def find(text: str) -> str | None:
    """The first valid code anywhere in a text, such as a folder's or file's name."""
    for match in _WORD.finditer(text.upper()):
        letters = re.sub(r"[^A-Z]", "", match[0])
        if is_valid(letters):
            return letters
    return None
