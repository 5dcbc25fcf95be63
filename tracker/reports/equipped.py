"""The people behind the devices."""

from __future__ import annotations

from tracker.i18n import N_, Sentence
from tracker.reports.people_queries import People, people
from tracker.reports.shapes import Indicator, Report, Table


def table(found: People) -> Table:
    rows = list(found.by_month.items())
    return Table((N_("Month"), N_("People equipped")), rows, chart="bars", data=rows)


def indicators(found: People) -> list[Indicator]:
    return [
        Indicator(
            "people_equipped",
            N_("People equipped"),
            found.people,
            n=found.handovers,
            of="handovers",
            left_out=found.silent,
            why_left_out=Sentence(N_("handovers for which the association gave no number")),
            formula=N_(
                "Sum of the people that associations stated at the handovers of the period that were not all back within 30 days. The number of handovers stands beneath."
            ),
            source=N_("Stated by the associations"),
        )
    ]


REPORT = Report(
    "people",
    N_("People equipped"),
    N_("As stated by the associations at each handover; nothing is estimated where they stated nothing."),
    people,
    table,
    indicators,
)
