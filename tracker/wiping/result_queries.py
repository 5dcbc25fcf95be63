"""What became of each file of an upload, as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.i18n import Sentence
from tracker.wiping import readers, repeat_queries, report_queries
from tracker.wiping.drive_queries import read_sentences, reasons, shown_word
from tracker.wiping.models import ReportFile, ReportUpload, Wipe
from tracker.wiping.verdicts import Verdict


@dataclass(frozen=True)
class DriveResult:
    """One drive of a file. `wipe_id`: the attempt on record, None for what was only seen; `word`: what is shown of it."""

    serial: str | None
    model: str | None
    verdict: Verdict
    reasons: Sequence[Sentence]
    wipe_id: int | None = None
    word: str = Verdict.INFO.value


@dataclass(frozen=True)
class FileResult:
    """One file of an upload. `warns`: its reason is something to look at. `waits`: a person has to say which device it is about.

    `repeats`: how many of its wipes were on record before and count once.
    """

    report: ReportFile
    name: str
    known: bool
    reason: Sequence[Sentence]
    warns: bool
    notes: Sequence[Sentence]
    choices: Sequence[Device]
    drives: Sequence[DriveResult]
    repeats: int = 0

    @property
    def device(self) -> Device | None:
        return self.report.device

    @property
    def understood(self) -> bool:
        return self.report.kind != readers.UNKNOWN

    @property
    def waits(self) -> bool:
        return self.understood and self.report.device_id is None and self.report.dismissed_at is None


@dataclass(frozen=True)
class RefusedFile:
    """One file of an upload that was not taken, and why."""

    name: str
    reason: Sequence[Sentence]


def refused(upload: ReportUpload) -> list[RefusedFile]:
    """The files that were not taken."""
    return [
        RefusedFile(str(line["name"]), read_sentences(line["reason"]))
        for line in upload.lines
        if line["report"] is None
    ]


def results(upload: ReportUpload) -> list[FileResult]:
    """The files in the order in which they were sent."""
    ids = [line["report"] for line in upload.lines if line["report"] is not None]
    reports, wipes = report_queries.among(ids), report_queries.wipes_of(ids)
    again, counts = repeat_queries.repeated_in(ids), repeat_queries.count_repeats(ids)
    return [
        _result(
            reports[line["report"]],
            line,
            wipes.get(line["report"], []),
            again.get(line["report"], []),
            counts.get(line["report"], 0),
        )
        for line in upload.lines
        if line["report"] in reports
    ]


def _result(
    report: ReportFile, line: dict[str, Any], wipes: Sequence[Wipe], again: Sequence[Wipe], repeats: int
) -> FileResult:
    waiting = report.device_id is None
    return FileResult(
        report,
        str(line["name"]),
        bool(line["known"]),
        read_sentences(line["reason"]),
        bool(line["warns"]),
        read_sentences(line["notes"]),
        [devices.by_code(code) for code in line["choices"][:8]] if waiting else [],
        _drives(line, wipes, again),
        repeats,
    )


def _drives(line: dict[str, Any], wipes: Sequence[Wipe], again: Sequence[Wipe]) -> list[DriveResult]:
    """As judged since for its device; what was only seen, as it was said when the file came."""
    last = [one for one in again if one.drive_id not in {wipe.drive_id for wipe in wipes}]
    judged = [
        DriveResult(one.serial, one.drive.model, one.verdict, reasons(one), one.id, shown_word(one))
        for one in (*wipes, *last)
    ]
    told = {one.serial for one in judged}
    said = [
        DriveResult(serial, model, Verdict(word), read_sentences(why), None, word)
        for serial, model, word, why in line["drives"]
        if not judged or (serial not in told and word == Verdict.INFO)
    ]
    return [*judged, *said]
