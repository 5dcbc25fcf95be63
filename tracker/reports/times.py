"""How long devices stay at each stage."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.devices.lifecycle import STAGES, Stage
from tracker.i18n import N_, Sentence
from tracker.reports.flow_queries import Stay, stays
from tracker.reports.shapes import Indicator, Report, Table


def _round(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def table(found: Mapping[Stage, Stay]) -> Table:
    rows = [
        (Sentence(STAGES[stage].name), stay.left, _round(stay.median_days), _round(stay.p90_days))
        for stage, stay in found.items()
    ]
    data = [
        (Sentence(STAGES[stage].name), _round(stay.median_days), STAGES[stage].phase.value)
        for stage, stay in found.items()
        if stay.median_days is not None
    ]
    return Table(
        (N_("Stage"), N_("Left it"), N_("Median, days"), N_("9 in 10 within, days")),
        rows,
        chart="rows",
        data=data,
        unit=N_("days"),
    )


def indicators(found: Mapping[Stage, Stay]) -> list[Indicator]:
    return [
        Indicator(
            f"days_{stage.value}",
            STAGES[stage].name,
            _round(stay.median_days),
            unit=N_("days"),
            n=stay.left,
            formula=N_(
                "Median time between the move to this stage and the next move, of the devices that left it in the period; hidden under five."
            ),
            source=N_("Journal of this workshop"),
        )
        for stage, stay in found.items()
    ]


REPORT = Report(
    "times",
    N_("Time at each stage"),
    N_(
        "Days between two moves, of the devices that left the stage in the period. Under five devices nothing is shown."
    ),
    stays,
    table,
    indicators,
)
