"""What becomes of the devices received in a month."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.i18n import N_
from tracker.reports.flow_queries import Cohort, cohorts
from tracker.reports.rules import reuse_rate
from tracker.reports.shapes import Indicator, Report, Table


def table(found: Mapping[str, Cohort]) -> Table:
    rows = [
        (
            month,
            one.received,
            one.delivered,
            one.recycled,
            one.parts,
            one.lost,
            one.declined,
            one.open,
            percent(one.rate),
        )
        for month, one in found.items()
    ]
    return Table(
        (
            N_("Received in"),
            N_("Received"),
            N_("Handed over"),
            N_("Recycled"),
            N_("For parts"),
            N_("Not found"),
            N_("Given back"),
            N_("Still open"),
            N_("Reuse rate, %"),
        ),
        rows,
        chart="bars",
        data=[(month, percent(one.rate)) for month, one in found.items()],
        unit="%",
    )


def percent(rate: object) -> float | None:
    return None if rate is None else round(float(str(rate)) * 100, 1)


def indicators(by_month: Mapping[str, Cohort]) -> list[Indicator]:
    found = by_month.values()
    closed = [sum(getattr(one, name) for one in found) for name in ("delivered", "recycled", "parts", "lost")]
    received, still_open = sum(one.received for one in found), sum(one.open for one in found)
    return [
        Indicator(
            "reuse_rate",
            N_("Reuse rate"),
            percent(reuse_rate(*closed)),
            unit="%",
            n=sum(closed),
            left_out=still_open,
            formula=N_(
                "Of the devices first received in the period: handed over ÷ (handed over + recycled + for parts + not found)."
            ),
            source=N_("Journal of this workshop"),
        ),
        Indicator(
            "open_share",
            N_("Share still on its way"),
            percent(still_open / received if received else None),
            unit="%",
            n=received,
            formula=N_(
                "Of the devices first received in the period, those that have neither left nor been lost."
            ),
            source=N_("Journal of this workshop"),
        ),
    ]


REPORT = Report(
    "reuse",
    N_("Reuse rate by month of reception"),
    N_(
        "A cohort is the devices first received in a month, followed until today; so the rate cannot pass 100 %. Those still open are shown beside it."
    ),
    cohorts,
    table,
    indicators,
)
