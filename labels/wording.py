"""Texts made fit for a label: characters the faces have, and no more than fits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from labels.typefaces import Face

ELLIPSIS = "…"

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
_GAPS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_UNKNOWN = re.compile(r"\?(?:\s*\?)+")


def printable(text: str, face: Face) -> str:
    """The text in characters of the face: accents dropped where the face lacks them, a run of letters of
    another script becomes one question mark, control and direction marks disappear."""
    return text if text.isascii() and text.isprintable() else _replaced(text, face)


@lru_cache(maxsize=1024)
def _replaced(text: str, face: Face) -> str:
    out = []
    for character in unicodedata.normalize("NFC", text):
        wanted = _STAND_INS.get(character, character)
        if not _GAPS.match(wanted):
            out.append(_nearest(wanted, face))
    return _UNKNOWN.sub("?", "".join(out)).strip()


def _nearest(character: str, face: Face) -> str:
    if all(part in face.glyphs for part in character):
        return character
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    if plain and all(part in face.glyphs for part in plain):
        return plain
    return "" if unicodedata.combining(character) else "?"


def shortened(text: str, face: Face, size: float, room: float) -> str:
    """The longest beginning of the text, with an ellipsis, that is at most `room` wide at this size (same unit);
    empty when not even a letter and the ellipsis fit."""
    text = printable(text, face)
    if face.width(text) * size <= room:
        return text
    room -= face.width(ELLIPSIS) * size
    kept = 0
    for character in text:
        room -= face.width(character) * size
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip(" -·,;/(\u00a0") + ELLIPSIS if kept else ""


def fitted(text: str, face: Face, room: float, largest: float, smallest: float) -> tuple[str, float]:
    """The text and its size: as large as fits between the two sizes, shortened at the smallest."""
    text = printable(text, face)
    width = face.width(text)
    size = largest if width * largest <= room else max(smallest, room / width * 0.999)
    return (text if width * size <= room else shortened(text, face, size, room)), size


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
