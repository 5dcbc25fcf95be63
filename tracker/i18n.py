"""Text: marked where it is written, translated where it is shown.

English is the language of the source and of the message ids. French lives in one catalogue per package,
`tracker/translations/fr/<package>.po`, read when the application starts: there is no compiled file to forget.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parent / "translations"
LOCALES = ("fr", "en")


def N_(message: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Mark a message for the catalogue; it is translated later, when shown."""
    return message


@dataclass(frozen=True)
class Sentence:
    """A message and its values, not yet in any language. A value may itself be a sentence."""

    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.details if self.details else self.message

    def __hash__(self) -> int:
        return hash(str(self))

    def shown_in(self, locale: str) -> str:
        """The sentence in that locale ("fr", "en"); the English text where a translation is missing."""
        text = catalogue(locale).gettext(self.message)
        if not self.details:
            return text
        return text % {key: _shown(value, locale) for key, value in self.details.items()}


def _shown(value: Any, locale: str) -> Any:
    return value.shown_in(locale) if isinstance(value, Sentence) else value


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """All catalogues of a locale in one. English has none: its text is in the source."""
    merged: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted((TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as source:
            entries = read_po(source, locale=locale)
        compiled = io.BytesIO()
        write_mo(compiled, entries)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        translations.add_fallback(merged)
        merged = translations
    return merged
