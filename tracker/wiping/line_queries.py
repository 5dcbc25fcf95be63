"""The drives of a report, one line each, in the words of the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.i18n import N_
from tracker.wiping import drive_queries, repeat_queries, report_queries
from tracker.wiping.models import ReportFile
from tracker.wiping.readings import DriveSeen, ReportReading, say
from tracker.wiping.rules import DriveVerdict, Verdict, seen_verdict, verdicts

_A_STICK = N_("Plugged in from outside, such as the stick itself: no part of the computer.")


@dataclass(frozen=True)
class DriveLine:
    """One drive of a report. `serial`: verbatim, None where the file says nothing.

    `accepted`: whether the attempt counts for its device, None where there is none yet; `shown`: its word on a page.
    """

    serial: str | None
    model: str | None
    verdict: DriveVerdict
    accepted: bool | None = None
    shown: str | None = None

    @property
    def word(self) -> str:
        return self.shown or self.verdict.verdict.value


def lines(report: ReportFile, reading: ReportReading) -> tuple[DriveLine, ...]:
    """Each drive of a report with its verdict: as it was judged for its device, or would be for any."""
    if report.device_id is None:
        return proposed(reading)
    wipes = report_queries.wipes_of([report.id]).get(report.id, [])
    new = {wipe.drive_id for wipe in wipes}
    again = repeat_queries.repeated_in([report.id]).get(report.id, [])
    wipes = [*wipes, *(wipe for wipe in again if wipe.drive_id not in new)]
    judged = [
        DriveLine(
            wipe.serial,
            wipe.drive.model,
            DriveVerdict(wipe.verdict, tuple(drive_queries.reasons(wipe))),
            wipe.accepted,
            drive_queries.shown_word(wipe),
        )
        for wipe in wipes
    ]
    told = {wipe.serial for wipe in wipes}
    return (*judged, *(_seen(one) for one in reading.drives if one.serial not in told))


def proposed(reading: ReportReading) -> tuple[DriveLine, ...]:
    """Each drive with what the report would prove of it for a device that was there all the time."""
    return tuple(
        _seen(one) if isinstance(one, DriveSeen) else DriveLine(one.serial, one.model, verdict)
        for one, verdict in verdicts(reading)
    )


def _seen(drive: DriveSeen) -> DriveLine:
    """A drive that a report lists but did not wipe."""
    verdict = DriveVerdict(Verdict.INFO, (say(_A_STICK),)) if drive.plugged_in else seen_verdict()
    return DriveLine(drive.serial, drive.model, verdict)
