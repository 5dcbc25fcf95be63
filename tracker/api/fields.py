"""The kinds of values that calls take, each with its own sentences. Messages are said in the caller's language."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import Any

import marshmallow as ma
from flask_babel import gettext
from marshmallow import validate

from tracker.i18n import N_

LONGEST_TEXT = 2_000


class Said(str):
    """A message of the catalogue; marshmallow formats it at the moment it is raised, and so it is translated then."""

    def format(self, *args: object, **values: object) -> str:
        return self.shown(**values)

    def shown(self, **values: object) -> str:
        text: str = gettext(str(self))
        return text % values if values else text


UNKNOWN = Said(N_("This field is not known here. Leave it out, or check its name."))
NO_OBJECT = Said(N_("Send a JSON object here: names and values in braces."))
_EVERY: dict[str, Any] = {
    "required": Said(N_("This field is missing.")),
    "null": Said(N_("This field may not be null: give a value, or leave it out.")),
    "validator_failed": Said(N_("This value is not possible.")),
}
_NUMBER = Said(N_("Write a whole number here."))
_OUT_OF_RANGE = Said(N_("Choose a number from %(min)s to %(max)s."))
_TOO_LONG = Said(N_("This is too long: at most %(max)s signs."))
_BAD_TEXT = Said(N_("Write a text here, without control signs."))
_BAD_FLAG = Said(N_("Write true or false here."))
_UNKEEPABLE = re.compile("[\\0\\ud800-\\udfff]")  # NUL, half letters


class Shape(ma.Schema):
    """What a call takes or answers. Fields that it does not know are refused."""

    error_messages = {"unknown": UNKNOWN, "type": NO_OBJECT}

    class Meta:
        unknown = ma.RAISE


class Text(ma.fields.String):
    """Text that a database can hold: no NUL, no half letters. `most`: how many signs."""

    default_error_messages = {**_EVERY, "invalid": _BAD_TEXT, "invalid_utf8": _BAD_TEXT}

    def __init__(self, *, most: int = LONGEST_TEXT, **values: Any) -> None:
        super().__init__(validate=validate.Length(max=most, error=_TOO_LONG), **values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **values: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **values)
        if _UNKEEPABLE.search(text):
            raise self.make_error("invalid")
        return text


class Whole(ma.fields.Integer):
    """A whole number from `least` to `most`. `strict=False` where it comes as text, in an address."""

    default_error_messages = {**_EVERY, "invalid": _NUMBER, "too_large": _NUMBER}

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, strict: bool = True, **values: Any) -> None:
        super().__init__(strict=strict, validate=validate.Range(least, most, error=_OUT_OF_RANGE), **values)


class YesNo(ma.fields.Boolean):
    """`true` or `false`, and nothing that looks like them; in an address also `1` and `0`."""

    default_error_messages = {**_EVERY, "invalid": _BAD_FLAG}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **values: Any) -> bool:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **values))


class Choice(ma.fields.Enum[Any]):
    """One of the values of an enum."""

    default_error_messages = {**_EVERY, "unknown": Said(N_("Choose one of these: %(choices)s."))}

    def __init__(self, kind: type[enum.Enum], **values: Any) -> None:
        super().__init__(kind, by_value=ma.fields.String, **values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **values: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **values)
        except ma.ValidationError as error:  # also where it is no text at all
            raise self.make_error("unknown", choices=self.choices_text) from error


class Moment(ma.fields.AwareDateTime):
    """A moment in ISO 8601, always with its zone."""

    default_error_messages = {
        **_EVERY,
        "invalid": Said(N_("Write the moment as 2026-11-24T16:08:00+01:00.")),
        "invalid_awareness": Said(N_("Write the moment with its zone, as 2026-11-24T16:08:00+01:00.")),
        "format": Said(N_("Write the moment as 2026-11-24T16:08:00+01:00.")),
    }

    def __init__(self, **values: Any) -> None:
        super().__init__(format="iso", **values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **values: Any) -> dt.datetime:
        moment: dt.datetime = super()._deserialize(value, attr, data, **values)
        try:
            return moment.astimezone(dt.UTC)
        except OverflowError as error:  # the first and the last day of the calendar, seen from another zone
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Day(ma.fields.Date):
    default_error_messages = {
        **_EVERY,
        "invalid": Said(N_("Write the day as 2026-11-24.")),
        "format": Said(N_("Write the day as 2026-11-24.")),
    }


class Uuid(ma.fields.UUID):
    default_error_messages = {
        **_EVERY,
        "invalid_uuid": Said(N_("Give a UUID here, for example 1b4e28ba-2fa1-4d2e-883f-0016d3cca427.")),
    }


class Items(ma.fields.List[Any]):
    """A list of at most `most` values."""

    default_error_messages = {**_EVERY, "invalid": Said(N_("Send a list here, in square brackets."))}

    def __init__(self, inner: Any, *, most: int | None = None, least: int = 0, **values: Any) -> None:
        bounds = validate.Length(
            min=least, max=most, error=Said(N_("Send %(min)s to %(max)s of them at a time."))
        )
        super().__init__(inner, validate=bounds if most else None, **values)


class Inner(ma.fields.Nested):
    default_error_messages = {**_EVERY, "type": NO_OBJECT}


class Table(ma.fields.Dict):
    """An object with names of its own."""

    default_error_messages = {**_EVERY, "invalid": NO_OBJECT}
