"""Fields that several forms share: a code, a text without traps, a whole number, a decimal, a weight, a price."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import ValidationError

from tracker.i18n import N_
from tracker.web.shown import number, say

LARGEST = 2_147_483_647  # what an integer column holds on PostgreSQL
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd]"
)


def plain(text: str | None) -> str | None:
    """The text as a person meant it: without invisible signs, with single spaces; None when nothing is left."""
    cleaned = " ".join(_INVISIBLE.sub("", text or "").split())
    return cleaned or None


class PlainField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """One line of text; `data` is None when it is empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = plain(valuelist[0]) if valuelist else None


class CodeField(StringField):  # type: ignore[misc]
    """A scanned or typed code, as it came but for spaces. What it means is judged by `tracker.devices.codes`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(*args, render_kw={**given, **(kwargs.pop("render_kw", None) or {})}, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = plain(valuelist[0]) if valuelist else None


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number that a column can hold; `1 234` is read as well."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = re.sub(r"\s", "", str(valuelist[0])) if valuelist else ""
        if not text:
            self.data = None
            return
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", text) or abs(int(text)) > LARGEST:
            self.data = None
            raise ValueError(say(N_("Write a whole number, for example 12.")))
        self.data = int(text)


class DecimalField(StringField):  # type: ignore[misc]
    """A decimal of 0 or more, typed with a comma or a point and shown as the visitor's language writes it; `data` is
    a `Decimal`."""

    data: Any
    unit = ""  # may stand behind the number
    wrong = N_("Write a number, for example 15.6.")
    pattern = (
        "0.######"  # without separators of thousands, which another language would read as the decimal sign
    )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else number(self._read_back(self.data), pattern=self.pattern)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = re.sub(rf"\s|{self.unit}", "", str(valuelist[0]) if valuelist else "", flags=re.I)
        self.data = None
        if not text:
            return
        try:
            typed = Decimal(text.replace(",", ".")) if len(text) <= 12 else None
        except InvalidOperation:
            typed = None
        if typed is None or not typed.is_finite() or not 0 <= self._kept(typed) <= LARGEST:
            raise ValueError(say(self.wrong))
        self.data = self._kept(typed)

    def _kept(self, typed: Decimal) -> Decimal | int:
        return typed

    def _read_back(self, data: Any) -> Decimal:
        return Decimal(str(data))


class _AmountField(DecimalField):
    """Kept as a whole number of a small unit."""

    factor = 100

    def _kept(self, typed: Decimal) -> int:
        return int((typed * self.factor).to_integral_value())

    def _read_back(self, data: Any) -> Decimal:
        return Decimal(data) / self.factor


class EurosField(_AmountField):
    """A price; `data` in cents."""

    unit = "€"
    wrong = N_("Write the price in euros, for example 12.50.")
    pattern = "0.00"


class KilogramsField(_AmountField):
    """A weight typed in kilograms; `data` in grams."""

    factor = 1_000
    unit = "kg"
    wrong = N_("Write the weight in kilograms, for example 1.9.")
    pattern = "0.###"


def readable(form: Any, field: Any) -> None:
    """Validator: no bytes that are no text, as when a binary file is pasted."""
    if field.data and "\ufffd" in str(field.data):
        raise ValidationError(say(N_("Some signs here cannot be read. Type the text again.")))
