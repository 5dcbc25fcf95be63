"""What associations wait for, and for how long."""

from __future__ import annotations

from tracker.devices.rules import TYPES
from tracker.i18n import N_, Sentence
from tracker.reports.people_queries import Waiting, waiting
from tracker.reports.shapes import Indicator, Report, Table


def table(found: Waiting) -> Table:
    data = [
        (Sentence(TYPES[kind]), count, "hand") for kind, count in sorted(found.unmet_by_type.items()) if count
    ]
    return Table(
        (N_("Type"), N_("Devices still to be found")),
        [(name, count) for name, count, _ in data],
        chart="rows",
        data=data,
    )


def indicators(found: Waiting) -> list[Indicator]:
    journal = N_("Journal of this workshop")
    open_median, served_median = found.median(found.open_days), found.median(found.served_days)
    return [
        Indicator("requests_open", N_("Requests waiting"), found.open, n=found.open, of="requests", source=journal,
                  formula=N_("Requests sent and not yet served, closed or cancelled, today.")),
        Indicator("units_unmet", N_("Devices still to be found"), found.units_unmet, n=found.open, of="requests", source=journal,
                  formula=N_("Devices asked for by those requests and not yet reserved or handed over.")),
        Indicator("waiting_days_open", N_("Waiting so far"), _whole(open_median), unit=N_("days"), n=found.open, of="requests",
                  source=journal, formula=N_("Median age of the requests that wait today; hidden under five.")),
        Indicator("waiting_days_served", N_("Wait of those served"), _whole(served_median), unit=N_("days"),
                  n=found.served, of="requests", source=journal,
                  formula=N_("Median time from sending to the last handover, of the requests served in the period; hidden under five.")),
    ]  # fmt: skip


def _whole(days: float | None) -> int | None:
    return None if days is None else round(days)


REPORT = Report(
    "requests",
    N_("What associations wait for"),
    N_("Devices asked for by requests that are open today and not yet reserved, by type."),
    waiting,
    table,
    indicators,
)
