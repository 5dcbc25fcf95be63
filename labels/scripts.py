"""Writing systems beyond the Latin of the faces: joined, put into the order of the eye, or spelt in Latin letters.

Arabic letters take the forms they have inside a word (arabic-reshaper), lines that mix directions are ordered by the
Unicode bidirectional algorithm (python-bidi), and what no face here can draw is spelt in Latin letters (anyascii): an
empty box helps nobody who looks for a device. Loaded only when a text asks for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from labels.drawing import Words
from labels.typefaces import face, fallback_of

_ARABIC = ("\u0600", "\u06ff")


def joined_up(text: str) -> str:
    """Arabic letters in the forms they take beside one another; everything else as it is. Order unchanged."""
    first, last = _ARABIC
    if not any(first <= character <= last for character in text):
        return text
    shaped: str = _reshaper().reshape(text)
    return shaped


def spelt(text: str) -> str:
    """Letters of a script that no face here has, in Latin letters."""
    from anyascii import anyascii

    return "".join(character for character in anyascii(text) if character.isprintable())


def is_letter(character: str) -> bool:
    """Whether a character is worth spelling: a letter, a digit, or a mark on one; not a symbol or a picture."""
    return unicodedata.category(character)[0] in "LNM"


def laid(mark: Words) -> Iterator[Words]:
    """A printable text as it is set: in one piece where its own face has all of it, else a piece for each face, in the
    order of the eye."""
    if mark.text.isascii() or _whole(mark.face, mark.text):
        yield mark
        return
    x = mark.x
    for name, text in _pieces(mark.face, mark.text):
        yield mark._replace(x=x, face=name, text=text)
        x += face(name).width(text) * mark.size


@lru_cache(maxsize=2048)
def _whole(name: str, text: str) -> bool:
    return face(name).glyphs.keys() >= set(text)


@lru_cache(maxsize=1024)
def _pieces(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """Face and text of each piece, from the left."""
    from bidi import get_display

    other, glyphs = fallback_of(name), face(name).glyphs
    seen: str = str(get_display(text))
    return tuple(
        (name if own else other, "".join(part))
        for own, part in groupby(seen, key=lambda character: character in glyphs)
    )


@cache
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper(
        configuration={"delete_harakat": True, "support_ligatures": True, "ARABIC LIGATURE ALLAH": False}
    )
