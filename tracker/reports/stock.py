"""Where devices stand today."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from tracker.database import session
from tracker.devices.lifecycle import MAIN_LINE, STAGES, Stage
from tracker.devices.models import Device
from tracker.i18n import N_, Sentence
from tracker.reports.move_queries import Filters, about
from tracker.reports.shapes import Indicator, Report, Table

IN_STOCK = tuple(stage for stage in MAIN_LINE if stage not in (Stage.ANNOUNCED, Stage.DELIVERED))


def counts(filters: Filters) -> dict[Stage, int]:
    """Devices at each stage today; every stage is present."""
    query = about(select(Device.stage, func.count()).group_by(Device.stage), filters)
    found = {row[0]: row[1] for row in session.execute(query).all()}
    return {stage: found.get(stage, 0) for stage in Stage}


def table(found: Mapping[Stage, int]) -> Table:
    data = [(Sentence(STAGES[stage].name), found[stage], STAGES[stage].phase.value) for stage in Stage]
    return Table(
        (N_("Stage"), N_("Devices")), [(name, count) for name, count, _ in data], chart="rows", data=data
    )


def indicators(found: Mapping[Stage, int]) -> list[Indicator]:
    total = sum(found[stage] for stage in IN_STOCK)
    return [
        Indicator(
            "in_stock",
            N_("Devices in the workshop"),
            total,
            n=total,
            formula=N_(
                "Devices whose last move brought them to a stage between “collected” and “prepared”, today."
            ),
            source=N_("Journal of this workshop"),
        )
    ]


REPORT = Report(
    "stock",
    N_("Where devices stand today"),
    N_("Each device is counted once, at the stage of its last move. The period does not change this report."),
    counts,
    table,
    indicators,
)
