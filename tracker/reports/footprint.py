"""The footprint of making the devices kept in use, and what giving them avoided: two claims that stay apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tracker.devices.rules import TYPES, DeviceType
from tracker.i18n import N_, Sentence
from tracker.reports import rules
from tracker.reports.flow_queries import delivered_by_type
from tracker.reports.move_queries import Filters
from tracker.reports.people_queries import answers
from tracker.reports.shapes import Indicator, Report, Table

_WITHOUT = N_("devices of a type for which no source gives a figure")


@dataclass(frozen=True)
class Given:
    """Devices handed over, by type, and the shares of them that would otherwise have been bought new."""

    delivered: Mapping[DeviceType, int]
    shares: tuple[Decimal, Decimal, Decimal]  # low, central, high


def given(filters: Filters) -> Given:
    return Given(delivered_by_type(filters), rules.substitution(answers(filters)))


def table(found: Given) -> Table:
    rows, data = [], []
    for kind, count in sorted(found.delivered.items()):
        kept = rules.embodied_kg({kind: count})
        avoided = rules.avoided_kg({kind: count}, found.shares)
        name = Sentence(TYPES[kind])
        known = avoided.counted > 0
        span = [float(rules.significant(value)) for value in (avoided.low, avoided.central, avoided.high)]
        rows.append(
            (name, count, _shown(kept.central) if kept.counted else None, *(span if known else (None,) * 3))
        )
        if known:
            data.append((name, *span))
    return Table(
        (
            N_("Type"),
            N_("Handed over"),
            N_("Embodied, kg CO₂e"),
            N_("Avoided, low"),
            N_("Avoided, central"),
            N_("Avoided, high"),
        ),
        rows,
        chart="ranges",
        data=data,
        unit="kg CO₂e",
    )


def _shown(value: Decimal) -> float:
    return float(rules.significant(value))


def indicators(found: Given) -> list[Indicator]:
    kept = rules.embodied_kg(found.delivered)
    avoided = rules.avoided_kg(found.delivered, found.shares)
    return [
        Indicator(
            "embodied_kg",
            N_("Embodied footprint of the devices kept in use"),
            rules.significant(kept.central),
            unit="kg CO₂e",
            n=kept.counted,
            left_out=kept.left_out,
            why_left_out=Sentence(_WITHOUT) if kept.left_out else None,
            formula=N_(
                "Sum, over the devices handed over and not back within 30 days, of the footprint of making, transporting and disposing of one new device of the type. It is not an avoided emission."
            ),
            source=rules.FACTOR_SET,
            estimate=True,
        ),
        Indicator(
            "avoided_kg",
            N_("Emissions avoided"),
            rules.significant(avoided.central),
            unit="kg CO₂e",
            low=rules.significant(avoided.low),
            high=rules.significant(avoided.high),
            n=avoided.counted,
            left_out=avoided.left_out,
            why_left_out=Sentence(_WITHOUT) if avoided.left_out else None,
            formula=N_(
                "Share of cases in which a new device would have been bought (25 % – 50 % – 100 %, or the answers at the handover once there are 30) × avoided per year of use × years of second life (3 for a laptop, 2 for a phone)."
            ),
            source=rules.FACTOR_SET,
            estimate=True,
        ),
    ]


REPORT = Report(
    "footprint",
    N_("Carbon footprint, estimate"),
    N_(
        "Two separate claims: what the devices kept in use cost to make, and what giving them avoided, always as a range. For people who would have had no device, what is avoided is close to nothing: the gain is social."
    ),
    given,
    table,
    indicators,
)
