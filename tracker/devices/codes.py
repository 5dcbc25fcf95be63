"""The code on a label: 8 letters that survive a scanner set to any keyboard layout.

The alphabet has the 16 letters that sit on the same key in QWERTY, AZERTY and QWERTZ; no vowels, so no words.
Seven letters are random, the eighth checks them (Luhn's algorithm, ISO/IEC 7812-1 annex B, in base 16 over the
alphabet's order, the rightmost of the seven doubled): every single wrong letter is caught.
"""

from __future__ import annotations

import enum
import re
import secrets
import unicodedata

ALPHABET = "BCDFGHJKLNPRSTVX"
LENGTH = 8
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LETTER = "[" + ALPHABET + "]"
_BARE = re.compile(rf"^{_LETTER}{{8}}$")
# Said in full, so that scan/codes.js says the same: what a language calls white space differs.
_SPACE = r"\x01-\x20\x7f\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_AROUND = re.compile(rf"^[{_SPACE}]+|[{_SPACE}]+\Z")
_DROPPED = re.compile(rf"[{_SPACE}\-·.\u2010-\u2015]+")
_SHAPED = re.compile(r"^[A-Z]{8}\Z")
_EIGHT = r"([A-Z]{4})[^A-Z]?([A-Z]{4})\Z"
# What a mis-set scanner leaves of an address: the kind's letter between two signs (a digit too where both are the same:
# a German scanner's "/" is a French "7"), then the code at the end, whatever became of the hyphen in its middle.
_IN_URL = re.compile(rf"(?:([^A-Z])[DLBCP]\1|[^A-Z][DLBCP][^A-Z0-9]){_EIGHT}")
# What some scanners send first, the name of the symbology (AIM: "]C0", "]Q3", "]d2"), and what other layouts make of it.
_AIM = r"(?:[^A-Z]{0,2}[CDQAZWY][^A-Z])?"
_ALONE = re.compile(rf"^{_AIM}{_EIGHT}")
# A dead key before a letter: "-" of a Belgian scanner on a German computer makes "Ǵ" of "-G". No cedilla: "ç" is a "9".
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308"
_FOLDED: dict[int, int | str] = {small: small - 32 for small in range(ord("a"), ord("z") + 1)}
for _one in ALPHABET + ALPHABET.lower():
    for _composed in (unicodedata.normalize("NFC", _one + accent) for accent in _ACCENTS):
        if len(_composed) == 1:
            _FOLDED[ord(_composed)] = "´" + _one.upper()
# What the keys of the alphabet's letters type where letters have moved, without and with Shift, in the alphabet's order.
# From xkeyboard-config 2.35: symbols/fr (bepo, dvorak), symbols/us (dvorak, colemak).
_MOVED = (
    ("KXIE,CTSR'JOUÈ.Y", "KXIE;CTSR?JOUÈ:Y", "kxie,ctsr'jouè.y"),
    ("Y,UEBFSTNXKGA.IQ", "Y@UEBFSTNXKGA!IQ", "y,uebfstnxkga.iq"),
    ("XJEUIDHTNBLPOYKQ", "XJEUIDHTNBLPOYKQ", "xjeuidhtnblpoykq"),
    ("BCSTDHNEIK;PRGVX", "BCSTDHNEIK:PRGVX", "bcstdhneik;prgvx"),
)
_KEYS = [{typed: key for row in rows for typed, key in zip(row, ALPHABET, strict=True)} for rows in _MOVED]


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
    LETTERS_MOVED = (
        "letters_moved"  # typed through BÉPO, Dvorak or Colemak, where letters stand on other keys
    )


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
    scanner set to another layout changes nothing. `scan/codes.js` reads the same in the page.
    """
    typed = _AROUND.sub("", text[-2000:]).translate(_FOLDED)
    plain = _DROPPED.sub("", typed)
    if not plain:
        return Fault.EMPTY
    if len(typed) > 2 * LENGTH and any("HTTP" in _by_key(typed[:8], keys) for keys in _KEYS):
        return Fault.LETTERS_MOVED
    if _SHAPED.match(plain):
        return plain if is_valid(plain) else _refused(typed, True)
    found = _IN_URL.search(typed) or _ALONE.match(typed)
    code = found[found.lastindex - 1] + found[found.lastindex] if found and found.lastindex else ""
    if is_valid(code):
        return code
    return _refused(typed, sum(one in _VALUE for one in code) >= LENGTH - 1)


def _refused(typed: str, shaped: bool) -> Fault:
    """Why it is none. Two letters that codes never have are no slip of one finger: perhaps all of them have moved."""
    eight = typed[:4] + typed[5:] if len(typed) == LENGTH + 1 else typed
    strange = len(eight) == LENGTH and sum(one not in _VALUE for one in eight) > 1
    if strange and any(is_valid(_by_key(eight, keys)) for keys in _KEYS):
        return Fault.LETTERS_MOVED
    return Fault.WRONG_LETTER if shaped else Fault.NOT_A_CODE


def _by_key(typed: str, keys: dict[str, str]) -> str:
    return "".join(keys.get(one, "?") for one in typed)


_WORD = re.compile(rf"(?<![A-Z]){_LETTER}{{4}}[-_ ]?{_LETTER}{{4}}(?![A-Z])")


def find(text: str) -> str | None:
    """The first valid code anywhere in a text, such as a folder's or file's name."""
    for match in _WORD.finditer(text.upper()):
        letters = re.sub(r"[^A-Z]", "", match[0])
        if is_valid(letters):
            return letters
    return None
