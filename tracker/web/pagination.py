"""Pages by key: the next page begins after the last row of this one, however many rows came in between.

page = page_of(select(Device), [Key(Device.stage_since, descending=True), Key(Device.id)], request.args.get("cursor"))
page.items, page.next_cursor, page.previous_cursor
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from tracker.database import session
from tracker.errors import Malformed
from tracker.i18n import N_

ROWS = 50
MOST_ROWS = 200


@dataclass(frozen=True)
class Key:
    """One column of the order; never empty. The last one must be unique."""

    column: InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """`items` are rows, or what the row holds where it is one thing. A cursor is None where there is no more."""

    items: list[Any]
    next_cursor: str | None
    previous_cursor: str | None


def page_of(chosen: Select[Any], keys: Sequence[Key], cursor: str | None, limit: int = ROWS) -> Page:
    """The page of `chosen` after (or before) `cursor`. Raises `Malformed` for a cursor that is not ours."""
    limit = max(1, min(limit, MOST_ROWS))
    values, backwards = _read(cursor, keys) if cursor else (None, False)
    if values is not None:
        chosen = chosen.where(_beyond(keys, values, backwards))
    order = [key.column.desc() if key.descending != backwards else key.column.asc() for key in keys]
    asked = chosen.add_columns(*(key.column for key in keys)).order_by(None).order_by(*order).limit(limit + 1)
    rows = list(session.execute(asked))
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    width = len(keys)
    items = [row[0] if len(row) == width + 1 else row for row in rows]
    after = rows and (more or backwards)
    before = rows and values is not None and (more or not backwards)
    return Page(
        items,
        _written(rows[-1][-width:], backwards=False) if after else None,
        _written(rows[0][-width:], backwards=True) if before else None,
    )


def _beyond(keys: Sequence[Key], values: Sequence[Any], backwards: bool) -> Any:
    """Rows after `values` in the order: the first column differs, or it is equal and the second differs …"""
    steps = []
    for n, key in enumerate(keys):
        same = [earlier.column == value for earlier, value in zip(keys[:n], values[:n], strict=True)]
        further = key.column < values[n] if key.descending != backwards else key.column > values[n]
        steps.append(and_(*same, further))
    return or_(*steps)


def _written(values: Sequence[Any], *, backwards: bool) -> str:
    plain = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    text = json.dumps([int(backwards), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[Key]) -> tuple[list[Any], bool]:
    try:
        backwards, *plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [datetime.fromisoformat(one["t"]) if isinstance(one, dict) else one for one in plain]
        fits = len(values) == len(keys) and all(map(_fits, values, keys))
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error, RecursionError):
        fits = False
    if not fits:
        raise Malformed(
            N_("This page of the list is not to be found. Begin again at its first page."), field="cursor"
        )
    return values, backwards == 1


def _fits(value: Any, key: Key) -> bool:
    """Whether the column can be compared with it: a text without NUL, a moment with its zone, a number of 64 bits."""
    kind = key.column.type
    if type(value) is not getattr(kind, "impl_instance", kind).python_type:
        return False
    if isinstance(value, datetime):
        return (
            value.tzinfo is not None and value.astimezone(UTC) is not None
        )  # raises where the year leaves the calendar
    if isinstance(value, str):
        return "\0" not in value and value.isprintable()
    return bool(abs(value) < 2**63)
