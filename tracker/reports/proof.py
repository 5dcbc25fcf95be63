"""Whether every device handed over was certified wiped before."""

from __future__ import annotations

from tracker.devices.codes import shown
from tracker.i18n import N_
from tracker.reports.people_queries import Coverage, coverage
from tracker.reports.reuse import percent
from tracker.reports.rules import share
from tracker.reports.shapes import Indicator, Report, Table


def table(found: Coverage) -> Table:
    return Table((N_("Handed over without a valid certificate"),), [(shown(code),) for code in found.missed])


def indicators(found: Coverage) -> list[Indicator]:
    return [
        Indicator(
            "wipe_coverage",
            N_("Wipe proven"),
            percent(share(found.certified, found.delivered)),
            unit="%",
            n=found.delivered,
            formula=N_(
                "Devices with storage handed over in the period that had a valid wipe certificate before ÷ devices with storage handed over in the period. Screens are left out."
            ),
            source=N_("Journal and certificates of this workshop"),
        )
    ]


REPORT = Report(
    "proof",
    N_("Wipe proven before the handover"),
    N_("It has to be 100 %: any device that missed is listed here by its code."),
    coverage,
    table,
    indicators,
)
