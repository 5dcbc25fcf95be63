"""How values are written on a page: words, dates, numbers, weights, codes, each in the visitor's language."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel import dates, numbers
from flask import Flask
from markupsafe import Markup, escape

from tracker import i18n
from tracker.clock import local, now
from tracker.i18n import NARROW_SPACE, Sentence
from tracker.web.languages import locale

KILOGRAM_G = 1_000
_HOUR_S, _DAY_S = 3_600, 86_400
NO_BREAK_SPACE = "\u00a0"
DIGIT_AND_SPACE = re.compile(r"(?<=\d) ")
# `BCDF-GHJX`, `2026-0010`, `R-2026-0010`, never inside a tag.
NUMBERS = re.compile(r"(?<![\w/-])(?:[A-Z]{4}-[A-Z]{4}|(?:[A-Z]-)?\d{4}-\d{3,6})(?![\w-])(?![^<>]*>)")


def prepare(app: Flask) -> None:
    """Make each of them a filter and a function of the templates."""
    for write in (say, day, moment, ago, number, weight, size, code, mail, grouped, unbroken, euros, percent):
        app.jinja_env.filters[write.__name__] = write
        app.jinja_env.globals[write.__name__] = write
    app.jinja_env.filters["numberformat"] = number
    app.jinja_env.filters["decimalformat"] = number


def say(sentence: Sentence | str) -> str:
    """A sentence, or a marked English word, in the visitor's language."""
    language = locale()
    return sentence.shown_in(language) if isinstance(sentence, Sentence) else i18n.word(sentence, language)


def day(value: date | datetime | None, style: str = "long") -> str:
    """`24 novembre 2026`. `style`: short, medium, long or full."""
    if value is None:
        return ""
    shown = local(value).date() if isinstance(value, datetime) else value
    return i18n.day(shown, style, locale())


def moment(value: datetime | None, style: str = "medium") -> str:
    """`24 nov. 2026, 16:08`, on the workshop's clock."""
    return moment_in(locale(), value, style) if value is not None else ""


def moment_in(language: str, value: datetime, style: str = "medium") -> str:
    """`moment` in that language, for who says many at once."""
    shown = local(value)
    return f"{i18n.day(shown.date(), style, language)}, {_clock(shown.hour, shown.minute, language)}"


@cache
def _clock(hour: int, minute: int, language: str) -> str:
    return str(dates.format_time(time(hour, minute), "short", locale=language))


def ago(value: datetime | None) -> Markup:
    """`il y a 3 jours`, with the exact moment for machines and on hover."""
    if value is None:
        return Markup("")
    words = _ago(_about((value - now()).total_seconds()), locale())
    return Markup(  # noqa: S704 (escaped where it is put in)
        f'<time datetime="{value.isoformat()}" title="{escape(moment(value))}">{escape(words)}</time>'
    )


def _about(seconds: float) -> int:
    """So much that the words are the same, since what is longer ago is said in larger units: so they can be kept."""
    size = abs(seconds)
    step = 1 if size < 2 * _HOUR_S else 60 if size < 2 * _DAY_S else _HOUR_S if size < 30 * _DAY_S else _DAY_S
    return int(seconds / step) * step


@lru_cache(maxsize=5_000)
def _ago(seconds: int, language: str) -> str:
    words = str(dates.format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=language))
    return DIGIT_AND_SPACE.sub(NO_BREAK_SPACE, words)  # "il y a 1" at a line's end, "mois" on the next


def number(value: float | Decimal | None, digits: int | None = None, *, pattern: str | None = None) -> str:
    """`1 234,5`; at most three decimals, or exactly `digits`, or as `pattern` says (Unicode TR 35)."""
    if value is None:
        return ""
    if digits is not None:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _number(value, pattern, locale())


@lru_cache(maxsize=5_000, typed=True)
def _number(value: float | Decimal, pattern: str | None, language: str) -> str:
    return numbers.format_decimal(value, format=pattern, locale=language)


def percent(share: float | Decimal | None, digits: int = 0) -> str:
    """A share between 0 and 1, as `71 %`."""
    if share is None:
        return ""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    sign = f"{NARROW_SPACE}%" if locale() == "fr" else "%"
    return numbers.format_decimal(share * 100, format=pattern, locale=locale()) + sign


def weight(grams: float | None) -> str:
    """`1,9 kg` from a kilogram on, `850 g` below."""
    if grams is None:
        return ""
    if grams < KILOGRAM_G:
        return f"{number(grams)}{NARROW_SPACE}g"
    return f"{number(round(grams / KILOGRAM_G, 1))}{NARROW_SPACE}kg"


def size(count_bytes: int | None) -> str:
    """`1 To`, `512 octets`: as `tracker.i18n.size` writes it in sentences."""
    return "" if count_bytes is None else i18n.size(count_bytes, locale())


def euros(cents: int | None) -> str:
    """`180,00 €` from cents."""
    return "" if cents is None else numbers.format_currency(Decimal(cents) / 100, "EUR", locale=locale())


def code(value: Any) -> Markup:
    """A device's code in its two groups of four: `BCDF-GHJX`."""
    text = str(value or "")
    grouped = f"{text[:4]}-{text[4:]}" if len(text) == 8 else text
    return Markup('<span class="code">{}</span>').format(escape(grouped))


def unbroken(text: str | Markup) -> Markup:
    """The sentence, in which no line ends inside a device's code or the number of a request, handover or collection."""
    held = NUMBERS.sub(r'<span class="nowrap">\g<0></span>', str(escape(text)))
    return Markup(held)  # noqa: S704 (escaped on the line above; the digits and letters found need none)


def grouped(text: str, of: int = 4) -> Markup:
    """Signs that mean nothing alone, such as a fingerprint: a narrow page breaks them between groups of four."""
    return Markup("<wbr>").join(text[at : at + of] for at in range(0, len(text), of))


def mail(address: str | None) -> Markup:
    """An e-mail address that a narrow page breaks before its @ rather than inside a word."""
    before, at, host = (address or "").rpartition("@")
    return Markup("{}<wbr>{}{}").format(before, at, host) if at else Markup("{}").format(host)
