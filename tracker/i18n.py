"""Text: marked where it is written, translated where it is shown.

English is the language of the source and of the message ids. French lives in one catalogue per package,
`tracker/translations/fr/<package>.po`, read when the application starts: there is no compiled file to forget.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parent / "translations"
LOCALES = ("fr", "en")
NO_DETAILS: Mapping[str, Any] = {}


def N_(message: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Mark a message for the catalogue; it is translated later, when shown."""
    return message


@dataclass(frozen=True, init=False)
class Sentence:
    """A message and its values, not yet in any language. A value may itself be a sentence.

    A whole number whose name ends in `_bytes` is shown as a size: `1 To`, `512 octets`.
    """

    message: str
    details: Mapping[str, Any]

    def __init__(self, message: str, details: Mapping[str, Any] = NO_DETAILS) -> None:
        # What `frozen` does for each field costs as much as all else that a page does with a sentence.
        self.__dict__["message"], self.__dict__["details"] = message, details

    def __str__(self) -> str:
        return self.shown_in("en")

    def __hash__(self) -> int:
        return hash(
            self.message
        )  # the details may be a dictionary, which has no hash; equal ones are told apart by `==`

    def shown_in(self, locale: str) -> str:
        """The sentence in that locale ("fr", "en"); the English text where a translation is missing."""
        text = word(self.message, locale)
        if not self.details:
            return text
        return text % {
            key: value if type(value) is str else _shown(key, value, locale)
            for key, value in self.details.items()
        }


def _shown(name: str, value: Any, locale: str) -> Any:
    if isinstance(value, Sentence):
        return value.shown_in(locale)
    if name.endswith("_bytes") and isinstance(value, int):
        return size(value, locale)
    return value


def packed(sentence: Sentence) -> dict[str, Any]:
    """A sentence as JSON: `{"id": …, "with": {…}}`, to be said in any language later."""
    details = {
        name: packed(value)
        if isinstance(value, Sentence)
        else value
        if isinstance(value, int | str)
        else str(value)
        for name, value in sentence.details.items()
    }
    return {"id": sentence.message, "with": details}


def unpacked(stored: Mapping[str, Any]) -> Sentence:
    """The sentence that `packed` wrote."""
    details = {
        name: unpacked(value) if isinstance(value, Mapping) else value
        for name, value in stored.get("with", {}).items()
    }
    return Sentence(str(stored.get("id", "")), details)


NARROW_SPACE = "\u202f"  # no-break, between a number and its unit
# Decimal units, as makers of drives count (IEC 80000-13).
_UNITS = ((10**12, N_("TB")), (10**9, N_("GB")), (10**6, N_("MB")), (10**3, N_("kB")))


def size(count_bytes: int, locale: str) -> str:
    """`1,5 To`, `500 Go`, `512 octets`: a size in the unit people say, with one decimal below ten."""
    for factor, unit in _UNITS:
        if count_bytes >= factor:
            amount = round(count_bytes / factor, 1 if count_bytes < 10 * factor else 0)
            shown = numbers.format_decimal(amount, format="#,##0.#", locale=locale)
            return f"{shown}{NARROW_SPACE}{catalogue(locale).gettext(unit)}"
    word = catalogue(locale).ngettext("byte", "bytes", count_bytes)
    return f"{count_bytes}{NARROW_SPACE}{word}"


@lru_cache(maxsize=5_000)
def day(value: date, style: str, locale: str) -> str:
    """`24 novembre 2026`, `1er décembre 2025`. `style`: short, medium, long or full.

    French writes the first of a month as an ordinal where the month is a word; the pattern of CLDR does not.
    """
    shown = str(dates.format_date(value, style, locale=locale))
    if locale == "fr" and value.day == 1 and style != "short":
        shown = re.sub(r"\b1(?= \D)", "1er", shown, count=1)
    return shown


@lru_cache(maxsize=20_000)
def word(message: str, locale: str) -> str:
    """The message in that locale, found once: a page says some fifty."""
    return catalogue(locale).gettext(message)


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """All catalogues of a locale in one. English has none: its text is in the source."""
    merged = Catalog(locale=locale)
    for path in sorted((TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=locale):
                if message.id:  # not the head of the file
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
