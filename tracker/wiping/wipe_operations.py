"""Attempts on drives: judged, kept, and what stands of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import particulars
from tracker.devices.lifecycle import Flag
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.wiping import drive_queries, queries, rules
from tracker.wiping.models import Drive, ReportFile, Wipe
from tracker.wiping.policy_rules import Done, Policy, Ruling, rule
from tracker.wiping.readings import Oddity, WipeRun, say
from tracker.wiping.rules import DriveVerdict, Verdict
from tracker.wiping.standing_rules import standing

_ANOTHER_COMPUTER = N_(
    "The log says that this ran on another computer (serial number %(serial)s). Someone must say where the drive is."
)
_CAME_TOO_EARLY = N_(
    "This report, or an earlier one with the same run, came in before the device did: it cannot count. "
    "Wipe the drive again."
)
# What an integer column holds on PostgreSQL: a hostile or broken report may count further, and must not stop the others.
_MOST = 2**31 - 1
ToldBefore = Callable[[int, str | None, str | None, datetime], bool]
_HIDDEN = {Oddity.HIDDEN_SECTORS: "found", Oddity.HIDDEN_UNKNOWN: "unknown"}


def judged(
    report: ReportFile, run: WipeRun, drive: Drive, device: Device, *,
    foreign: bool, told_before: ToldBefore = drive_queries.told_before,
) -> DriveVerdict:  # fmt: skip
    """The verdict on a run for this device; one from another computer, or one that we were told of before the device
    came in, is never more than to be reviewed. `told_before(drive id, started, finished, moment)` says the latter."""
    verdict = rules.verdict(run, arrived_at=device.arrived_at, received_at=report.received_at)
    erased = verdict.verdict in (Verdict.WIPED, Verdict.UNVERIFIED)
    if erased and _came_too_early(report, run, drive, device, told_before):
        verdict = DriveVerdict(Verdict.REVIEW, (say(_CAME_TOO_EARLY), *verdict.reasons))
    if not foreign:
        return verdict
    serial = run.host.serial if run.host else None
    reason = say(_ANOTHER_COMPUTER, serial=serial or "?")
    word = Verdict.REVIEW if erased else verdict.verdict
    return DriveVerdict(word, (reason, *verdict.reasons))


def _came_too_early(
    report: ReportFile, run: WipeRun, drive: Drive, device: Device, told_before: ToldBefore
) -> bool:
    """A stick's clock may be wrong, and its log grows from day to day: when its words reached us is certain."""
    if device.arrived_at is None:
        return False
    started, finished = _told(run)
    return report.received_at < device.arrived_at or told_before(
        drive.id, started, finished, device.arrived_at
    )


def _told(run: WipeRun) -> tuple[str | None, str | None]:
    """When it began and ended, as the tool wrote it."""
    return (
        run.started.isoformat() if run.started else None,
        run.finished.isoformat() if run.finished else None,
    )


def attempt(
    report: ReportFile, run: WipeRun, drive: Drive, device: Device, verdict: DriveVerdict, *,
    place: int, foreign: bool, policy: Policy,
) -> Wipe:  # fmt: skip
    """An attempt with the verdict on it and what the policy makes of it, not written yet; `settle` lets it count.

    `place` is its order within the report."""
    happened = rules.happened_at(run, report.received_at)
    ruled = rule(policy, verdict.verdict, Done(run.tool, run.method, run.layout, (run.medium, drive.medium)))
    accepted = ruled.ruling is Ruling.ACCEPTED
    started, finished = _told(run)
    return Wipe(
        report_id=report.id,
        run=run.run,
        place=place,
        device_id=device.id,
        drive_id=drive.id,
        serial=run.serial,
        verdict=verdict.verdict,
        reasons=stored(verdict.reasons),
        method=run.method,
        level=rules.claimed_level(run.method, drive.medium).level,
        tool=run.tool,
        tool_version=run.version,
        started=started,
        finished=finished,
        rounds=bounded(run.rounds),
        verification=run.verification,
        hidden=next((word for oddity, word in _HIDDEN.items() if oddity in run.oddities), None),
        foreign=foreign,
        happened_at=happened,
        counts_from=counted_from(happened, device) if accepted else None,
        errors=_errors(run),
        accepted=accepted,
        ruling=ruled.ruling,
        ruled_for=stored(ruled.reasons),
        policy_number=policy.number,
        policy_sha256=policy.sha256,
        layout=run.layout[:16] or None,
    )


def counted_from(happened: datetime, device: Device) -> datetime:
    """The verdict forgives a stick's clock some hours, so what it accepted counts from the arrival at the earliest."""
    return max(happened, device.arrived_at or happened)


def _errors(run: WipeRun) -> int | None:
    counts = [count for count in (run.pass_errors, run.verify_errors, run.sync_errors) if count is not None]
    return bounded(sum(counts)) if counts else None


def bounded(count: int | None) -> int | None:
    """A count that a column can hold."""
    return None if count is None else min(count, _MOST)


def told_line(wipe: Wipe) -> history.Line:
    """What the history says of an attempt: how it was judged, and whether it stands."""
    drive, device = wipe.drive, wipe.device
    return history.Line(
        subject=(Subject.DEVICE, device.id),
        action="wipe_judged",
        site_id=device.site_id,
        facts={
            "drive": drive.id,
            "serial": drive.serial,
            "wipe": wipe.id,
            "report": wipe.report_id,
            "verdict": wipe.verdict.value,
            "accepted": wipe.accepted,
            "policy": wipe.policy_number,
            "stands": drive.wiped_by_id == wipe.id,
        },
    )


def settle(drives: Collection[Drive], by: Actor) -> None:
    """Work out anew which attempt on each drive stands, whatever the order in which reports came; mark the devices."""
    drive_queries.lock(drives)
    attempts = drive_queries.attempts_on(frozenset(drive.id for drive in drives))
    for drive in drives:
        found = standing(drive_queries.as_attempts(attempts.get(drive.id, [])))
        drive.wiped_by_id = found.id if found else None
        drive.wiped_at = (found.counts_from or found.happened_at) if found else None
    session.flush()
    for device in drive_queries.homes([drive.id for drive in drives]):
        mark_failures(device, by)


def mark_failures(device: Device, by: Actor) -> None:
    """Raise `wipe_failed` while a drive's last attempt failed; clear it when a good one or its end followed."""
    if queries.failing_drives(device):
        particulars.raise_flag(device, Flag.WIPE_FAILED, by)
    else:
        particulars.clear_flag(device, Flag.WIPE_FAILED, by)


def stored(reasons: Sequence[Sentence]) -> list[Any]:
    """Sentences as they are kept: message and details, translated when shown."""
    return [
        [reason.message, {key: _plain(value) for key, value in reason.details.items()}] for reason in reasons
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return stored([value])[0]
    return value if isinstance(value, int | str) or value is None else str(value)
