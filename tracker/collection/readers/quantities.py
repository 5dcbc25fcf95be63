"""Weights and sizes as people write them: "1,9 kg", "8 Go", "15,6″"."""

from __future__ import annotations

import re

from tracker.collection.readers.words import UNITS, plain
from tracker.errors import Malformed
from tracker.i18n import N_

_NUMBER = re.compile(
    r"^([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]{1,12})(?:[.,]([0-9]{1,6}))?\s*([a-z\"″”]{0,12})$"
)


def quantity(text: str) -> tuple[float, str] | None:
    """(number, unit or "") of one text; None when it is something else."""
    match = _NUMBER.match(text.strip().lower())
    if not match:
        return None
    whole = re.sub(r"\s", "", match[1])
    unit = "inch" if match[3] in ('"', "″", "”", "''") else UNITS.get(plain(match[3]), match[3])
    return float(f"{whole}.{match[2] or 0}"), unit


def grams(text: str, unit: str) -> int:
    """A weight in grams; `unit` is the heading's. Raises `Malformed` where no unit is written: 2 could be both."""
    found = quantity(text)
    if found is None:
        raise Malformed(N_("“%(text)s” is no weight. Write for example “1.9 kg”."), text=text[:40])
    unit = found[1] or unit
    if unit not in ("kg", "g"):
        raise Malformed(
            N_(
                "The weight “%(text)s” has no unit: write kg or g beside it, or name the column “weight (kg)”."
            ),
            text=text[:40],
        )
    mass = round(found[0] * (1_000 if unit == "kg" else 1))
    if not 1 <= mass <= 200_000:
        raise Malformed(
            N_("A weight is between 1 gram and 200 kilograms; “%(text)s” is not."), text=text[:40]
        )
    return mass


def megabytes(text: str, unit: str) -> int | None:
    """Memory in MB. A number alone is gigabytes up to 512. What is not understood is left out: it is only a hint."""
    found = quantity(text)
    if found is None:
        return None
    unit = found[1] or unit or ("gb" if found[0] <= 512 else "mb")
    factor = {"gb": 1_024, "mb": 1, "tb": 1_048_576}.get(unit)
    return round(found[0] * factor) if factor and 0 < found[0] < 1e7 else None


def gigabytes(text: str, unit: str) -> int | None:
    """Storage in GB, decimal as makers count. A number alone is gigabytes."""
    found = quantity(text)
    if found is None:
        return None
    factor = {"gb": 1.0, "mb": 0.001, "tb": 1_000.0}.get(found[1] or unit or "gb")
    return round(found[0] * factor) if factor and 0 < found[0] < 1e7 else None


def inches(text: str, unit: str) -> float | None:
    """A screen's diagonal in inches, 3 to 120."""
    found = quantity(text)
    return found[0] if found and found[1] in ("", "inch") and 3 <= found[0] <= 120 else None
