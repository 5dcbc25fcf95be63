"""The arithmetic of the figures. Decimal throughout, rounded half up, two significant figures where it is a model.

Sources: embodied footprint (making, transport, end of life) and life: ADEME numérique 2.2.0 (Base Empreinte,
NegaOctet 2022, updated 2025). Material mobilised: ADEME Base IMPACTS / NegaOctet. Avoided per year of use: ADEME,
« Évaluation de l’impact environnemental d’un ensemble de produits reconditionnés », 2022, known through the press.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from tracker.devices.rules import DeviceType

FACTOR_SET = "ADEME numérique 2.2.0, NegaOctet, ADEME 2022"
FEWEST = 5  # a percentile of fewer says nothing and may name somebody
RETURN_DAYS = 30  # a device back within these was not kept in use
ENOUGH_ANSWERS = 30


@dataclass(frozen=True)
class Factor:
    """What one device of a type stands for. kg CO2e, kg of material, years; None where no source gives it."""

    embodied_kg: Decimal | None
    life_years: Decimal | None
    avoided_kg_year: Decimal | None
    material_kg: Decimal | None
    material_avoided_kg_year: Decimal | None
    second_life_years: Decimal | None

    @property
    def avoided_kg(self) -> Decimal | None:
        """Over its second life, if every one replaced the purchase of a new device."""
        if self.avoided_kg_year is None or self.second_life_years is None:
            return None
        return self.avoided_kg_year * self.second_life_years


@cache
def factors() -> dict[DeviceType, Factor]:
    with (Path(__file__).parent / "factors.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return {
        DeviceType(row["type"]): Factor(
            **{key: _number(value) for key, value in row.items() if key != "type"}
        )
        for row in rows
    }


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@dataclass(frozen=True)
class Range:
    """Low, central, high, in one unit, with how many devices are in and how many are left out."""

    low: Decimal
    central: Decimal
    high: Decimal
    counted: int
    left_out: int


# The share of cases in which a new device would have been bought: a choice, shown as one.
SUBSTITUTION = (Decimal("0.25"), Decimal("0.5"), Decimal(1))


def substitution(answers: Mapping[str, int]) -> tuple[Decimal, Decimal, Decimal]:
    """The share of "bought new" once 30 people were asked at the handover, with Wilson's 95 % interval; until then
    the choice above. Wilson, E. B. (1927), "Probable Inference", JASA 22."""
    total = sum(answers.values())
    if total < ENOUGH_ANSWERS:
        return SUBSTITUTION
    share = Decimal(answers.get("bought_new", 0)) / total
    z = Decimal("1.96")
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total * total)).sqrt()
    return max(Decimal(0), middle - half), share, min(Decimal(1), middle + half)


def embodied_kg(delivered: Mapping[DeviceType, int]) -> Range:
    """Embodied footprint kept in use: the sum of the factor of each device given. Not "avoided"."""
    known = {kind: count for kind, count in delivered.items() if factors()[kind].embodied_kg is not None}
    total = sum((factors()[kind].embodied_kg or Decimal(0)) * count for kind, count in known.items())
    value = Decimal(total)
    return Range(value, value, value, sum(known.values()), sum(delivered.values()) - sum(known.values()))


def avoided_kg(
    delivered: Mapping[DeviceType, int], shares: tuple[Decimal, Decimal, Decimal] = SUBSTITUTION
) -> Range:
    """Emissions avoided: share of purchases replaced × avoided per year × years of second life."""
    known = {kind: count for kind, count in delivered.items() if factors()[kind].avoided_kg is not None}
    whole = sum((factors()[kind].avoided_kg or Decimal(0)) * count for kind, count in known.items())
    low, central, high = (Decimal(whole) * share for share in shares)
    return Range(low, central, high, sum(known.values()), sum(delivered.values()) - sum(known.values()))


def material_avoided_kg(delivered: Mapping[DeviceType, int], share: Decimal = SUBSTITUTION[1]) -> Decimal:
    """Material not mobilised, by the same formula."""
    total = Decimal(0)
    for kind, count in delivered.items():
        factor = factors()[kind]
        if factor.material_avoided_kg_year is not None and factor.second_life_years is not None:
            total += factor.material_avoided_kg_year * factor.second_life_years * count
    return total * share


def significant(value: Decimal, figures: int = 2) -> Decimal:
    """Two significant figures, half up: 4,050 → 4,100."""
    if value == 0:
        return Decimal(0)
    place = value.adjusted() - figures + 1
    return value.quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_UP) + 0


def percentile(ordered: Sequence[float], part: float) -> float | None:
    """By linear interpolation between the closest ranks; None under five values."""
    if len(ordered) < FEWEST:
        return None
    position = (len(ordered) - 1) * part
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def share(part: int, whole: int) -> Decimal | None:
    """Part of a whole, 0 to 1; None where the whole is empty: shown as “–”, never as 0."""
    return Decimal(part) / whole if whole else None


# What a device of a type usually weighs, in grams, where nobody weighed it: the middle of makers' data sheets for the
# models met most. Used for weights only, and always beside the share that was measured.
USUAL_WEIGHT_G: dict[DeviceType, int] = {
    DeviceType.LAPTOP: 1_900,
    DeviceType.DESKTOP: 5_500,
    DeviceType.ALL_IN_ONE: 6_500,
    DeviceType.TABLET: 500,
    DeviceType.SMARTPHONE: 190,
    DeviceType.SCREEN: 5_000,
    DeviceType.PRINTER: 7_500,
}


def reuse_rate(delivered: int, recycled: int, parts: int, lost: int) -> Decimal | None:
    """Given ÷ closed, of one cohort; closed = given + recycled + for parts + not found."""
    return share(delivered, delivered + recycled + parts + lost)
