"""What one run proves about its drive: every reason to doubt is collected, the gravest decides.

The rules follow what nwipe 0.30 to 0.42 was seen to print in real runs: a failed drive can also carry
`[SUCCESS]` lines, a check that writes nothing prints `Erased`, a power cut leaves a log without tables.
A run is believed when no rule has anything to say against it, never because a word says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from tracker.i18n import N_, Sentence
from tracker.wiping.methods import Deed, deed
from tracker.wiping.readings import DriveSeen, Oddity, ReportReading, Verification, WipeRun, say


class Verdict(StrEnum):
    """What a report proves about one drive."""

    WIPED = "wiped"
    UNVERIFIED = "unverified"
    INFO = "info"
    REVIEW = "review"
    FAILED = "failed"


VERDICT_NAMES = {
    Verdict.WIPED: N_("Wiped"),
    Verdict.UNVERIFIED: N_("Wiped, not verified"),
    Verdict.INFO: N_("For information"),
    Verdict.REVIEW: N_("To be reviewed by a person"),
    Verdict.FAILED: N_("Not wiped"),
}
"""What people read for each verdict."""

_GRAVITY = (Verdict.WIPED, Verdict.UNVERIFIED, Verdict.INFO, Verdict.REVIEW, Verdict.FAILED)


PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class StickClock:
    """How the clocks of a workshop's boot sticks are read: their zone, and how slow one may run."""

    zone: tzinfo = PARIS
    slack: timedelta = timedelta(minutes=10)
    # Ahead of us by more than any zone explains: it says nothing of the order of things.
    ahead: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class DriveVerdict:
    """A verdict with its reasons, the gravest first; never without a reason."""

    verdict: Verdict
    reasons: tuple[Sentence, ...]


Finding: TypeAlias = tuple[Verdict, Sentence]

_WIPED = N_("Erased with “%(method)s”, without error, and verified.")
_CHECK_ONLY = N_("“%(method)s” only reads: nothing was erased. Wipe the drive.")
_CHECK_FAILED = N_(
    "A check did not find this drive blank: it may hold data. Wipe it, even if it was wiped before."
)
_NO_RESULT = N_("The log stops before its result: the wipe was cut off. Wipe the drive again.")
_FAILED = N_("The tool says the wipe failed. Try again, or destroy the drive.")
_ABORTED = N_("The wipe was stopped before its end. Wipe the drive again.")
_INSANE = N_("The tool lost track of this wipe. Wipe the drive again.")
_STRANGE_STATUS = N_("The result “%(status)s” is not known. Someone must read the report.")
_ERRORS = N_(
    "The tool counted errors (writing: %(pass_errors)s, checking: %(verify_errors)s, "
    "flushing: %(sync_errors)s). Wipe the drive again, or destroy it."
)
_TOO_SHORT = N_("%(left_bytes)s of %(whole_bytes)s were not erased. Wipe the drive again.")
_COUNTS_DISAGREE = N_("The table of erased bytes does not agree with itself. Someone must read the report.")
_NO_SERIAL = N_(
    "The report gives no usable serial number for this drive (“%(serial)s”). "
    "Read it on the drive and say which one it is."
)
_STRANGE_METHOD = N_("The method “%(method)s” is not known. Someone must read the report.")
_DRIVE_COMMAND = N_(
    "“%(method)s” prints the same result when the drive did not answer. Check the drive, or overwrite it."
)
_NOT_VERIFIED = N_("The drive was erased but not verified.")
_NOT_SHOWN = N_("The report does not show that the drive was verified.")
_TOO_OLD = N_("The report says %(finished)s, before the device arrived. Check the clock of the boot stick.")
_TOO_NEW = N_(
    "The report says %(finished)s, a time that had not come when it was sent: the clock of the boot stick is wrong, and "
    "the wipe may be older than the device's arrival."
)
_NO_TIME = N_("The report gives no time for this wipe: it may be older than the device's arrival.")
_SEEN = N_("Seen in this report, not wiped by it.")

_ODDITIES: dict[Oddity, Finding] = {
    Oddity.NO_START: (Verdict.REVIEW, say(N_("The log does not show that the wipe of this drive began."))),
    Oddity.NO_IDENTITY_LINE: (Verdict.REVIEW, say(N_("The log does not say which drive this is."))),
    Oddity.SERIAL_DIFFERS: (
        Verdict.REVIEW,
        say(N_("The log gives two different serial numbers for this drive.")),
    ),
    Oddity.SERIAL_SHARED: (
        Verdict.REVIEW,
        say(N_("Two drives of this computer show the same serial number.")),
    ),
    Oddity.TWO_ROWS: (Verdict.REVIEW, say(N_("The log gives more than one result for this drive."))),
    Oddity.MIXED_RUNS: (Verdict.REVIEW, say(N_("Several runs are mixed up in this log."))),
    Oddity.ROW_MISSING: (Verdict.REVIEW, say(N_("A table of the log has no line for this drive."))),
    Oddity.OLD_WITHOUT_PROOF: (
        Verdict.REVIEW,
        say(
            N_(
                "This old version can show a drive that stopped answering as erased, "
                "and the log does not prove more."
            )
        ),
    ),
    Oddity.ROUND_UNFINISHED: (Verdict.REVIEW, say(N_("The log does not show the end of the wipe."))),
    Oddity.SHORT_WRITE: (
        Verdict.FAILED,
        say(N_("A pass wrote less than the whole drive. Wipe the drive again.")),
    ),
    Oddity.ERROR_LINES: (Verdict.REVIEW, say(N_("The log shows errors of this drive during the wipe."))),
    Oddity.FAILURE_LINES: (
        Verdict.FAILED,
        say(N_("The log says that erasing or checking this drive failed.")),
    ),
    Oddity.VERIFICATION_NOT_SHOWN: (Verdict.UNVERIFIED, say(_NOT_SHOWN)),
    Oddity.HIDDEN_SECTORS: (
        Verdict.REVIEW,
        say(N_("The drive has hidden sectors that the wipe did not reach.")),
    ),
    Oddity.HIDDEN_UNKNOWN: (
        Verdict.REVIEW,
        say(N_("The tool could not tell whether the drive has hidden sectors.")),
    ),
    Oddity.STEPS_NOT_SHOWN: (
        Verdict.REVIEW,
        say(N_("The report does not show every step of the wipe as done.")),
    ),
    Oddity.OTHER_TOOL: (
        Verdict.REVIEW,
        say(N_("Reports of this tool are read by a person before they count.")),
    ),
}


def verdict(
    run: WipeRun,
    clock: StickClock | None = None,
    arrived_at: datetime | None = None,
    received_at: datetime | None = None,
) -> DriveVerdict:
    """What `run` proves, whoever reads it.

    `arrived_at` (aware): when the device came in; an older run is for review, and so is one that its clock puts after
    `received_at`, when the report came.
    """
    clock = clock or StickClock()
    if deed(run.method) is Deed.VERIFY:
        return _of_a_check(run)
    findings = [
        *_about_status(run),
        *_about_counts(run),
        *_about_identity(run),
        *_about_method(run),
        *(_ODDITIES[oddity] for oddity in Oddity if oddity in run.oddities),
        *_about_time(run, clock, arrived_at, received_at),
    ]
    if not findings:
        return DriveVerdict(Verdict.WIPED, (say(_WIPED, method=run.method),))
    findings.sort(key=lambda finding: -_GRAVITY.index(finding[0]))
    return DriveVerdict(findings[0][0], tuple(sentence for _, sentence in findings))


def verdicts(
    reading: ReportReading, clock: StickClock | None = None, arrived_at: datetime | None = None
) -> tuple[tuple[WipeRun | DriveSeen, DriveVerdict], ...]:
    """Every drive of a report with its verdict: runs in the file's order, then drives only seen (info)."""
    judged = [(run, verdict(run, clock, arrived_at)) for run in reading.wipes]
    wiped = {(run.device, run.serial) for run in reading.wipes}
    only_seen = (drive for drive in reading.drives if (drive.device, drive.serial) not in wiped)
    return (*judged, *((drive, seen_verdict()) for drive in only_seen))


def seen_verdict() -> DriveVerdict:
    """The verdict about a drive that a report lists but did not wipe."""
    return DriveVerdict(Verdict.INFO, (say(_SEEN),))


def happened_at(run: WipeRun, received_at: datetime, clock: StickClock | None = None) -> datetime:
    """When `run` ended, aware; never after its report came in: a clock in the future proves nothing more."""
    local = run.finished or run.started
    if local is None:
        return received_at
    return min(local.replace(tzinfo=(clock or StickClock()).zone).astimezone(UTC), received_at)


def _of_a_check(run: WipeRun) -> DriveVerdict:
    if run.status == "Erased" and not run.verify_errors and Oddity.FAILURE_LINES not in run.oddities:
        return DriveVerdict(Verdict.INFO, (say(_CHECK_ONLY, method=run.method),))
    if run.verify_errors or Oddity.FAILURE_LINES in run.oddities:
        return DriveVerdict(Verdict.REVIEW, (say(_CHECK_FAILED), say(_CHECK_ONLY, method=run.method)))
    return DriveVerdict(Verdict.INFO, (say(_CHECK_ONLY, method=run.method), say(_NO_RESULT)))


def _about_status(run: WipeRun) -> Iterator[Finding]:
    words = {None: _NO_RESULT, "-FAILED-": _FAILED, "UABORTED": _ABORTED, "INSANITY": _INSANE}
    if run.status in words:
        yield Verdict.FAILED, say(words[run.status])
    elif run.status != "Erased":
        yield Verdict.REVIEW, say(_STRANGE_STATUS, status=run.status)


def _about_counts(run: WipeRun) -> Iterator[Finding]:
    counts = {
        "pass_errors": run.pass_errors,
        "verify_errors": run.verify_errors,
        "sync_errors": run.sync_errors,
    }
    if any(counts.values()):
        yield Verdict.FAILED, say(_ERRORS, **{name: "?" if n is None else n for name, n in counts.items()})
    erased, total = run.bytes_erased, run.bytes_total
    if erased is None and total is None:
        return
    if erased is None or total is None or erased > total or total == 0:
        yield Verdict.REVIEW, say(_COUNTS_DISAGREE)
    elif erased < total:
        yield Verdict.FAILED, say(_TOO_SHORT, left_bytes=total - erased, whole_bytes=total)


def _about_identity(run: WipeRun) -> Iterator[Finding]:
    if run.serial_key is None:
        yield Verdict.REVIEW, say(_NO_SERIAL, serial=run.serial or "")


def _about_method(run: WipeRun) -> Iterator[Finding]:
    done = deed(run.method)
    if done is Deed.UNKNOWN:
        yield Verdict.REVIEW, say(_STRANGE_METHOD, method=run.method or "")
    elif done is not Deed.OVERWRITE:
        yield Verdict.REVIEW, say(_DRIVE_COMMAND, method=run.method)
    if run.verification is Verification.NONE:
        yield Verdict.UNVERIFIED, say(_NOT_VERIFIED)
    elif run.verification is None:
        yield Verdict.UNVERIFIED, say(_NOT_SHOWN)


def _about_time(
    run: WipeRun, clock: StickClock, arrived_at: datetime | None, received_at: datetime | None
) -> Iterator[Finding]:
    """The log's clock has no zone and runs on local time or on UTC: only what is older on both is too old."""
    if arrived_at is None or run.status is None:
        return
    local = run.finished or run.started
    if local is None:
        yield Verdict.REVIEW, say(_NO_TIME)
        return
    shown = local.isoformat(" ", "minutes")
    if local < min(_on_clocks(arrived_at, clock)) - clock.slack:
        yield Verdict.REVIEW, say(_TOO_OLD, finished=shown)
    elif received_at is not None and local > max(_on_clocks(received_at, clock)) + clock.ahead:
        yield Verdict.REVIEW, say(_TOO_NEW, finished=shown)


def _on_clocks(moment: datetime, clock: StickClock) -> list[datetime]:
    """What a stick's clock may show at that moment."""
    return [moment.astimezone(zone).replace(tzinfo=None) for zone in (clock.zone, UTC)]
