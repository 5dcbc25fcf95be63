"""A reading as it is kept: one canonical JSON form, so that it outlives the file it was made of.

Fields that say nothing are left out. What is kept holds the allow-list of `readings.py` and no more: the readers'
shapes are the only thing written. Reading it back is strict: a word that this version does not know may be a doubt about
a wipe, and a doubt must never get lost on the way.
"""

from __future__ import annotations

import enum
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from tracker.i18n import N_, Sentence
from tracker.wiping.readings import ReportReading, say

FORM = 1
"""Of the JSON. A reading of another form is not understood: it is made again while its file is there."""

MOST_RUNS = 1_000
"""Attempts kept of one file: a file with more is refused for any device, so that only its notes are kept."""

_TOO_MUCH = N_("This file holds more than %(count)s wipes: what it says of them was not kept.")
_SENTENCE = "sentence"


class Unreadable(ValueError):
    """A kept reading that this version does not understand."""


def kept(reading: ReportReading, readers: str) -> dict[str, Any]:
    """The reading as JSON values. `readers`: the version of the readers that made it."""
    if len(reading.wipes) > MOST_RUNS:
        reading = replace(
            reading, wipes=(), drives=(), notes=(*reading.notes, say(_TOO_MUCH, count=MOST_RUNS))
        )
    return {"form": FORM, "readers": readers, "says": _write(reading)}


def made_by(stored: Mapping[str, Any] | None) -> str | None:
    """The version of the readers that made it; None for what is no reading of this form."""
    if stored is None or stored.get("form") != FORM:
        return None
    version = stored.get("readers")
    return version if isinstance(version, str) else None


def restored(stored: Mapping[str, Any] | None) -> ReportReading:
    """The reading that was kept. Raises `Unreadable`."""
    if stored is None or stored.get("form") != FORM:
        raise Unreadable("no reading of this form")
    try:
        reading = _reader(ReportReading)(stored["says"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(str(error)) from error
    assert isinstance(reading, ReportReading)
    return reading


def _write(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {_SENTENCE: [value.message, {key: _write(one) for key, one in value.details.items()}]}
    if is_dataclass(value) and not isinstance(value, type):
        usual = _defaults(type(value))
        said = ((name, getattr(value, name)) for name in usual)
        return {name: _write(one) for name, one in said if one != usual[name]}
    if isinstance(value, frozenset):
        return sorted(_write(one) for one in value)
    if isinstance(value, tuple | list):
        return [_write(one) for one in value]
    if isinstance(value, Mapping):
        return {_clean(str(key)): _write(one) for key, one in value.items()}
    return _write_plain(value)


def _write_plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _clean(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise TypeError(f"a reading cannot keep {type(value).__name__}")


def _clean(text: str) -> str:
    """Without the signs that no database keeps: NUL and halves of a UTF-16 pair."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


@cache
def _defaults(shape: Any) -> dict[str, Any]:
    """What each field holds when nothing is said; for a field that must be given, what equals nothing."""
    made = {one.name: one.default_factory() for one in fields(shape) if one.default_factory is not MISSING}
    return {one.name: made.get(one.name, one.default) for one in fields(shape)}


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How JSON becomes a value of that type; raises `TypeError` or `ValueError` where it cannot."""
    if kind in (Any, object, Sentence):
        return _read_detail
    if is_dataclass(kind):
        return lambda value: _read_shape(kind, value)
    if get_origin(kind) is not None:
        return _reader_of_many(get_origin(kind), get_args(kind))
    return _reader_of_plain(kind)


def _reader_of_many(origin: Any, inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin in (Union, types.UnionType):
        return _one_of(inner)
    if origin in (tuple, list, frozenset):
        return lambda value: origin(_reader(inner[0])(one) for one in _must(value, list))
    if issubclass(origin, Mapping):
        return lambda value: {key: _reader(inner[1])(one) for key, one in _must(value, dict).items()}
    raise TypeError(f"a reading cannot keep {origin}")


def _reader_of_plain(kind: Any) -> Callable[[Any], Any]:
    if issubclass(kind, enum.Enum):
        return cast("Callable[[Any], Any]", kind)
    if kind in (datetime, date):
        return lambda value: kind.fromisoformat(_must(value, str))
    if kind is float:
        return lambda value: float(_must(value, int | float))
    if kind in (str, int, bool, types.NoneType):
        return lambda value: _must(value, kind)
    raise TypeError(f"a reading cannot keep {kind}")


def _one_of(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    """The first of the types that fits; None comes first."""
    order = [one for one in kinds if one is types.NoneType] + [
        one for one in kinds if one is not types.NoneType
    ]

    def read(value: Any) -> Any:
        for kind in order:
            try:
                return _reader(kind)(value)
            except TypeError:
                continue
        raise ValueError(f"{value!r} is none of {kinds}")

    return read


def _must(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, int | float)):
        raise TypeError(f"{value!r} is no {kind}")
    return value


def _read_shape(shape: Any, value: Any) -> Any:
    hints = _hints(shape)
    given = {name: _reader(hints[name])(one) for name, one in _must(value, dict).items()}
    return shape(**given)


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)


def _read_detail(value: Any) -> Any:
    """A detail of a sentence: a plain value or again a sentence."""
    if isinstance(value, dict) and _SENTENCE in value:
        message, details = value[_SENTENCE]
        return Sentence(message, {key: _read_detail(one) for key, one in details.items()})
    return value
