"""What came in, what was given, what went to recycling, month by month."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.i18n import N_
from tracker.reports.flow_queries import FLOWS, Flow, flows
from tracker.reports.shapes import Indicator, Report, Table

NAMES = {"collected": N_("Collected"), "delivered": N_("Handed over"), "recycled": N_("Recycled")}
Flows = Mapping[str, Mapping[str, Flow]]  # month → kind → how many
PHASES = {"collected": "collect", "delivered": "hand", "recycled": "exit"}


def table(found: Flows) -> Table:
    rows = [
        [
            month,
            *(
                value
                for name in FLOWS
                for value in (kinds[name].count, round(kinds[name].weight_g / 1000, 1))
            ),
        ]
        for month, kinds in found.items()
    ]
    columns = [N_("Month")]
    for name in FLOWS:
        columns += [NAMES[name], N_("kg")]
    return Table(
        columns,
        rows,
        chart="stacked",
        data=[(month, [kinds[name].count for name in FLOWS]) for month, kinds in found.items()],
        series=[(NAMES[name], PHASES[name]) for name in FLOWS],
    )


def indicators(found: Flows) -> list[Indicator]:
    return [figure for name in FLOWS for figure in _of(name, [kinds[name] for kinds in found.values()])]


def _of(name: str, months: list[Flow]) -> list[Indicator]:
    count = sum(flow.count for flow in months)
    weighed = sum(flow.weighed for flow in months)
    return [
        Indicator(
            name, NAMES[name], count, n=count, formula=FORMULAS[name], source=N_("Journal of this workshop")
        ),
        Indicator(
            f"{name}_kg",
            WEIGHTS[name],
            round(sum(flow.weight_g for flow in months) / 1000, 1),
            unit="kg",
            n=weighed,
            of="weighed",
            formula=N_(
                "Measured weights; where none was measured, the usual weight of the type. The number measured stands beneath."
            ),
            source=N_("Journal of this workshop"),
            estimate=weighed < count,
        ),
    ]


WEIGHTS = {
    "collected": N_("Weight collected"),
    "delivered": N_("Weight handed over"),
    "recycled": N_("Weight recycled"),
}
FORMULAS = {
    "collected": N_("First moves of a device to “collected” or “received” in the period."),
    "delivered": N_("Handovers in the period, without those that came back within 30 days."),
    "recycled": N_("Moves to “recycled” in the period."),
}
REPORT = Report(
    "flows",
    N_("In and out, month by month"),
    N_(
        "Counted on the day it happened. A move that was undone does not count, nor a handover back within 30 days."
    ),
    flows,
    table,
    indicators,
)
