"""How facts are written on a label: short, in one language, without a request being at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel import numbers

from tracker import i18n
from tracker.clock import local
from tracker.i18n import N_, Sentence

NARROW_SPACE = "\u202f"
KILOGRAM_G = 1_000
MB_PER_GB = 1_024


@dataclass(frozen=True)
class Voice:
    """Speaks one language ("fr", "en"). Every method answers an empty text for what is not known."""

    locale: str

    def say(self, text: str | Sentence, **details: object) -> str:
        """A marked English text with its values, or a sentence."""
        spoken = text if isinstance(text, Sentence) else Sentence(text, details)
        return spoken.shown_in(self.locale)

    def day(self, moment: datetime | date | None) -> str:
        """`24 nov. 2026`, on the workshop's calendar."""
        if moment is None:
            return ""
        shown = local(moment).date() if isinstance(moment, datetime) else moment
        return i18n.day(shown, "medium", self.locale)

    def number(self, value: float) -> str:
        return numbers.format_decimal(value, locale=self.locale)

    def weight(self, grams: int | None) -> str:
        """`1,9 kg`, `850 g`."""
        if grams is None:
            return ""
        if grams < KILOGRAM_G:
            return f"{self.number(grams)}{NARROW_SPACE}g"
        return f"{self.number(round(grams / KILOGRAM_G, 1))}{NARROW_SPACE}kg"

    def machine(self, specification: dict[str, object]) -> str:
        """Processor, memory and storage in one line."""
        memory, storage = specification.get("memory_mb"), specification.get("storage_gb")
        inches = specification.get("screen_inches")
        parts = [str(specification.get("cpu") or "")]
        if isinstance(memory, int | float):
            parts.append(self.say(N_("%(value)s GB RAM"), value=self.number(round(memory / MB_PER_GB))))
        if isinstance(storage, int | float):
            parts.append(self.say(N_("%(value)s GB"), value=self.number(round(storage))))
        if isinstance(inches, int | float):
            parts.append(f"{self.number(inches)}″")
        return joined(*parts)


def joined(*parts: str, by: str = " · ") -> str:
    """What is known of these, in one line."""
    return by.join(part for part in parts if part)
