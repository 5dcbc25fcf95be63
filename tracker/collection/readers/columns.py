"""What the headings of a list mean, and what a row under them says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.collection.readers.limits import LONGEST_CELL, Rows
from tracker.collection.readers.quantities import gigabytes, grams, inches, megabytes
from tracker.collection.readers.words import HEADINGS, NO, TYPES, UNITS, YES, plain
from tracker.collection.rules import Line
from tracker.devices.imei_rules import read_imei
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_

_FLOATED = re.compile(r"^[0-9]+[.,][0-9]+E\+?[0-9]+$", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """Where each thing stands: name → (column from 0, unit of the heading or ""). `ignored`: headings not read."""

    places: Mapping[str, tuple[int, str]]
    ignored: tuple[str, ...]

    def said(self, row: Sequence[str]) -> str:
        """What a row says in the columns that are read, in one short line."""
        columns = sorted(column for column, _ in self.places.values())
        return " · ".join(row[column][:40] for column in columns if column < len(row) and row[column])[:120]


def meaning(heading: str) -> tuple[str, str] | None:
    """(what a column holds, its unit or "") for its heading; None when unknown."""
    words = plain(heading).split()
    unit = next((UNITS[word] for word in reversed(words[1:]) if word in UNITS), "")
    for candidate in (words, [word for word in words if word not in UNITS and word not in ("en", "in")]):
        name = HEADINGS.get(" ".join(candidate))
        if name:
            return name, unit
    return None


def recognised(cells: Sequence[str]) -> int:
    """How many different things a row of headings names."""
    return len({found[0] for cell in cells[:200] if (found := meaning(cell[:100]))})


def find_heading(rows: Rows, name: str) -> tuple[int, Heading]:
    """(number of the row of headings, from 1; what it says). Titles above it are passed over."""
    first = rows[:20]
    best = max(range(len(first)), key=lambda index: recognised(first[index]), default=None)
    if best is None or recognised(first[best]) == 0:
        raise Malformed(
            N_("No heading of “%(name)s” is understood. Name the columns as in the template: type, manufacturer, "
               "model, serial number, weight (kg), charger."),
            field="file",
            name=name,
        )  # fmt: skip
    places: dict[str, tuple[int, str]] = {}
    ignored = []
    for column, cell in enumerate(first[best]):
        found = meaning(cell)
        if found and found[0] not in places:
            places[found[0]] = (column, found[1])
        elif cell:
            ignored.append(cell[:40])
    return best + 1, Heading(places, tuple(ignored))


def line_of(row: Sequence[str], heading: Heading, default_type: DeviceType | None = None) -> Line:
    """What a row says. Raises `Malformed` with the row's first fault."""

    def cell(name: str) -> str:
        column, _ = heading.places.get(name, (len(row), ""))
        text = row[column] if column < len(row) else ""
        if len(text) > LONGEST_CELL:
            raise Malformed(N_("A cell holds more than 500 characters: shorten it."))
        return text

    def measured(name: str, reads: Callable[[str, str], Any]) -> Any:
        text = cell(name)
        return reads(text, heading.places[name][1]) if text else None

    specification = {
        "cpu": cell("cpu") or None,
        "memory_mb": measured("memory", megabytes),
        "storage_gb": measured("storage", gigabytes),
        "screen_inches": measured("screen", inches),
        "system": cell("system") or None,
    }
    return Line(
        type=_type(cell("type"), default_type),
        manufacturer=cell("manufacturer") or None,
        model=cell("model") or None,
        serial=_serial(cell("serial")),
        imei=_imei(cell("imei")),
        imei2=_imei(cell("imei2")),
        weight_g=measured("weight", grams),
        charger=_yes_or_no(cell("charger")),
        specification={key: value for key, value in specification.items() if value is not None},
    )


def _type(text: str, default: DeviceType | None) -> DeviceType:
    if not text:
        if default is None:
            raise Malformed(
                N_("The type is missing: laptop, desktop, all-in-one, tablet, smartphone, screen or printer.")
            )
        return default
    word = plain(text)
    if word.replace(" ", "_") in set(DeviceType):
        return DeviceType(word.replace(" ", "_"))
    found = TYPES.get(word)
    if found is None:
        raise Malformed(
            N_(
                "“%(type)s” is no type we know: laptop, desktop, all-in-one, tablet, smartphone, screen or printer."
            ),
            type=text[:40],
        )
    return found


def _serial(text: str) -> str | None:
    if _FLOATED.match(text):
        raise Malformed(
            N_(
                "The spreadsheet has turned the serial number into “%(text)s”. Format the column as text and type it again."
            ),
            text=text[:40],
        )
    return text or None


def _imei(text: str) -> str | None:
    if _FLOATED.match(text):
        raise Malformed(
            N_(
                "The spreadsheet has turned the IMEI into “%(text)s”. Format the column as text and type it again."
            ),
            text=text[:40],
        )
    return read_imei(text)


def _yes_or_no(text: str) -> bool | None:
    word = " ".join(text.lower().split())
    if not word:
        return None
    if word in YES:
        return True
    if word in NO:
        return False
    raise Malformed(N_("Charger: write yes or no, not “%(text)s”."), text=text[:40])
