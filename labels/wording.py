"""Texts made fit for a label: characters the faces have, and no more than fits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from labels import scripts
from labels.shortening import ends, is_a_telephone, model_of, shorter, without_hanging
from labels.typefaces import Face

ELLIPSIS = "…"

_SPACES = re.compile(" {2,}")
_STAND_INS = {
    "\u202f": "\u00a0",
    "\u2007": "\u00a0",
    "\u2032": "'",
    "\u2033": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\t": " ",
    "\n": " ",
    "\r": " ",
    "ẞ": "SS",
    "→": "›",
}
_GAPS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LEAST_KEPT = 2
_LONGEST = 300
"""No label shows more letters in a row; what is longer is not worth looking at."""


def printable(text: str, face: Face) -> str:
    """The text in characters that the face or its fallback has, Arabic joined, in the order of reading: accents dropped
    where both lack them, other scripts spelt in Latin letters, pictures and control and direction marks left out."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    return text if text.isascii() and text.isprintable() else _replaced(text, face)


@lru_cache(maxsize=1024)
def _replaced(text: str, face: Face) -> str:
    out, foreign = [], ""
    for character in scripts.joined_up(unicodedata.normalize("NFC", text)):
        wanted = _STAND_INS.get(character, character)
        if unicodedata.category(character) in _GAPS and wanted == character:
            continue
        near = _nearest(wanted, face)
        if near is None or (foreign and unicodedata.combining(character)):
            foreign += character
            continue
        out += [_spelt(foreign, face), near]
        foreign = ""
    found = _SPACES.sub(" ", "".join([*out, _spelt(foreign, face)])).strip()
    return found or ("?" if text.strip() else "")


def _spelt(foreign: str, face: Face) -> str:
    return "".join(part for part in scripts.spelt(foreign) if face.draws(part)) if foreign else ""


def _nearest(character: str, face: Face) -> str | None:
    """The character, or its letter without the accent; empty for a picture; None for a letter to be spelt."""
    if all(map(face.draws, character)):
        return character
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    if plain and all(map(face.draws, plain)):
        return plain
    if unicodedata.combining(character) or not scripts.is_letter(character):
        return ""
    return None


def shortened(text: str, face: Face, size: float, room: float) -> str:
    """The text, made at most `room` wide at this size (same unit): its long words abbreviated first; then the middle
    of a machine's name left out, or its end after a whole word, with an ellipsis. Empty when not even a letter and
    the ellipsis fit."""
    text = printable(text, face)
    return text if face.width(text) * size <= room else _shortened(text, face, room / size)


@lru_cache(maxsize=2048)
def _shortened(text: str, face: Face, room: float) -> str:
    short = text
    for short in shorter(text):
        if face.width(short) <= room:
            return short
    return _without_middle(short, face, room) or _without_end(short, face, room)


def briefly(text: str, face: Face, room: float) -> str:
    """A printable text with as many of its words abbreviated as it takes to be at most `room` ems wide; all of
    them where that is not enough."""
    if face.width(text) <= room:
        return text
    short = text
    for short in shorter(text):
        if face.width(short) <= room:
            break
    return short


def _without_middle(text: str, face: Face, room: float) -> str:
    """`HP EliteBook 840 G6` → `HP… 840 G6`: the number is what tells a machine from its sisters."""
    start, number = model_of(text)
    if not number:
        return ""
    left = room - face.width(f"{ELLIPSIS} {number}")
    kept = next((end for end in ends(f"{start} ") if face.width(end) <= left), "")
    if not kept:
        kept = without_hanging(_letters(start, face, left))
    if len(kept) >= _LEAST_KEPT and kept != start:
        return f"{kept}{ELLIPSIS} {number}"
    if is_a_telephone(number):
        return number if face.width(number) <= room else _without_end(f"{start} ", face, room)
    number = ELLIPSIS + number
    return number if face.width(number) <= room else ""


def _without_end(text: str, face: Face, room: float) -> str:
    """Whole words where they fill half the room; else as many letters as fit."""
    room -= face.width(ELLIPSIS)
    letters = without_hanging(_letters(text, face, room))
    words = next((end for end in ends(text) if face.width(end) <= room), "")
    best = words if face.width(words) >= room * 0.5 else letters
    return best + ELLIPSIS if best else ""


def _letters(text: str, face: Face, room: float) -> str:
    """As many letters as are at most `room` ems wide."""
    kept = 0
    for character in text:
        room -= face.width(character)
        if room < 0:
            break
        kept += 1
    return text[:kept]


def fitted(text: str, face: Face, room: float, largest: float, smallest: float) -> tuple[str, float]:
    """The text and its size: as large as fits between the two sizes, shortened at the smallest."""
    text = printable(text, face)
    width = face.width(text)
    if width * largest <= room:
        return text, largest
    if width * smallest > room:
        text = shortened(text, face, smallest, room)
        width = face.width(text)
    return text, min(largest, max(smallest, room / width * 0.999)) if width else smallest


def fits(text: str, face: Face, room: float, size: float) -> bool:
    """Whether a printable text is at most `room` wide at this size."""
    return face.width(text) * size <= room


def broken(text: str, face: Face, room: float) -> list[str]:
    """A printable text broken between words into rows at most `room` ems wide; a longer word stands alone."""
    if face.width(text) <= room:
        return [text]
    pieces = [""]
    for word in text.split(" "):
        longer = f"{pieces[-1]} {word}" if pieces[-1] else word
        if pieces[-1] and face.width(longer) > room:
            pieces.append(word)
        else:
            pieces[-1] = longer
    return pieces
