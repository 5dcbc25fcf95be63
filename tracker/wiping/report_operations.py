"""Report files come in: kept byte for byte, read, matched to a device, judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as device_queries
from tracker.devices.lifecycle import STAGES
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.history import note_rules
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.wiping import (
    archive_rules,
    drop_rules,
    hardware_operations,
    line_queries,
    match_queries,
    policy_queries,
    readers,
    report_queries,
)
from tracker.wiping.absorb_operations import Absorbed, absorb, conclude
from tracker.wiping.bundle_rules import JOINED
from tracker.wiping.drop_rules import Drop, ReadFile
from tracker.wiping.home_queries import CLOSED, left_out
from tracker.wiping.line_queries import DriveLine
from tracker.wiping.models import ReportFile, Wipe
from tracker.wiping.policy_rules import Policy
from tracker.wiping.reading_rules import kept
from tracker.wiping.readings import ReportReading, say
from tracker.wiping.upload_rules import kept_name

MOST_FILES, MOST_BYTES = archive_rules.MOST_FILES, archive_rules.MOST_BYTES
MOST_ATTEMPTS = drop_rules.MOST_ATTEMPTS

_HAS_LEFT = N_("%(code)s is “%(stage)s”: record its return first, then choose it again for this report.")
_TOO_MANY_RUNS = N_(
    "This log holds more than %(count)s wipes: too many to judge at once. Start a new log on the stick."
)
_STAYS_THERE = N_("This file was recorded earlier for %(code)s: it stays there.")
_RECORDED = N_("This report is recorded for a device already. A coordinator can take it away from there.")
_LEFT_OUT = N_(
    "The report names another computer (serial number %(serial)s) than %(code)s has on record (%(own)s). What it "
    "says of that computer was not counted: correct the serial number, or say which device it is."
)


@dataclass(frozen=True)
class Received:
    """What became of one file. `known`: the same bytes came before; `choices`: codes a person may choose from.

    `reason` says how it was matched, or why not; `warns`: it is something that a person should look at.
    """

    name: str
    report: ReportFile
    reading: ReportReading
    drives: tuple[DriveLine, ...]
    device: Device | None
    known: bool
    reason: Sentence | None = None
    choices: tuple[str, ...] = ()
    warns: bool = False


@dataclass
class _Batch:
    """What is written once for all files of a go."""

    by: Actor
    taken: Absorbed = field(default_factory=Absorbed)
    lines: list[history.Line] = field(default_factory=list)
    policies: dict[int, Policy] = field(default_factory=dict)

    def policy(self, site_id: int) -> Policy:
        """The policy in force, the same one for all files of a go."""
        if site_id not in self.policies:
            self.policies[site_id] = policy_queries.in_force(site_id)
        return self.policies[site_id]

    def finish(self) -> None:
        history.append_many(self.lines, self.by)
        conclude(self.taken, self.by)
        hardware_operations.settle(self.taken.device_ids, self.by)


def receive(
    files: Drop | Sequence[tuple[str, bytes]], by: Actor, device: Device | None = None
) -> list[Received]:
    """Take in the files of a drop, read before (`drop_rules.opened`), or files (name as dropped, bytes) as they are.

    With `device` a person has said which one they are about. The same file twice is recognised by its SHA-256 and adds
    nothing. The answers stand in the order of the files. Raises `Malformed` when there are too many, `RuleBroken` when
    `device` has left.
    """
    by.must(Permission.WORK)
    drop = files if isinstance(files, Drop) else drop_rules.read(files)
    if device is not None:
        must_take_reports(device)
    batch = _Batch(by)
    # What tells of a computer comes first, so that what names a drive only, and then what needs a drive, find theirs.
    order = sorted(range(len(drop.files)), key=lambda n: _rank(drop.files[n].reading))
    received = {n: _receive_one(drop.files[n], batch, device) for n in order}
    batch.finish()
    return [received[n] for n in range(len(drop.files))]


def _rank(reading: ReportReading) -> int:
    if reading.kind == JOINED:
        return 2
    return 0 if reading.computer or any(run.host for run in reading.wipes) else 1


def must_take_reports(device: Device) -> None:
    if device.stage in CLOSED:
        raise RuleBroken(_has_left(device))


def _has_left(device: Device) -> Sentence:
    stage = Sentence(STAGES[device.stage].name)
    return say(_HAS_LEFT, code=codes.shown(device.code), stage=stage)


def _receive_one(file: ReadFile, batch: _Batch, device: Device | None) -> Received:
    known = report_queries.by_hash(file.digest)
    report = report_queries.held(known.id) if known else _keep(file, batch)
    reading = file.reading
    reason: Sentence | None = None
    choices: tuple[str, ...] = ()
    if report.device_id is None and reading.kind != readers.UNKNOWN:
        match = match_queries.match(reading, file.name) if device is None else None
        target = device or (match_queries.target(match) if match else None)
        reason, choices = (match.reason, match.hints) if match else (None, ())
        if len(reading.wipes) > MOST_ATTEMPTS:
            reason, choices = say(_TOO_MANY_RUNS, count=MOST_ATTEMPTS), ()
        elif target is not None and target.stage in CLOSED:
            reason = _has_left(target)
        elif target is not None:
            _attach(report, reading, target, batch, match.matched_by if match else "person")
    warning = _warning(report, reading, device)
    return Received(
        file.name,
        report,
        reading,
        line_queries.lines(report, reading),
        report.device,
        known is not None,
        warning or reason,
        choices,
        warning is not None,
    )


def _warning(report: ReportFile, reading: ReportReading, wished: Device | None) -> Sentence | None:
    """What a person should know of a report that has its device."""
    if report.device is None:
        return None
    if wished is not None and report.device_id != wished.id:
        return say(_STAYS_THERE, code=codes.shown(report.device.code))
    return next(iter(doubts(reading, report.device)), None)


def doubts(reading: ReportReading, device: Device) -> list[Sentence]:
    """A sentence for each computer of the report that is another one than the device."""
    return [
        say(_LEFT_OUT, serial=host.serial or "?", code=codes.shown(device.code), own=device.serial or "–")
        for host in left_out(reading, device)
    ]


def _keep(file: ReadFile, batch: _Batch) -> ReportFile:
    report = ReportFile(
        sha256=file.digest,
        name=kept_name(file.name),
        size=len(file.data),
        kind=file.reading.kind,
        content=file.data,
        reading=kept(file.reading, readers.VERSION),
        received_at=clock.now(),
        received_by=batch.by.user_id,
    )
    session.add(report)
    session.flush()
    facts = {"sha256": file.digest, "kind": file.reading.kind}
    batch.lines.append(history.Line((Subject.REPORT, report.id), "report_received", facts=facts))
    return report


def assign(report: ReportFile, device: Device, by: Actor) -> list[Wipe]:
    """A person says which device a report is about; of two who say so at once, the second is refused."""
    return assign_all([report], device, by)


def assign_all(reports: Sequence[ReportFile], device: Device, by: Actor) -> list[Wipe]:
    """As `assign`, for reports that are all about one device: all of them, or none."""
    by.must(Permission.WORK)
    must_take_reports(device)
    batch = _Batch(by)
    for one in sorted(reports, key=lambda one: one.id):
        report = report_queries.held(one.id)
        if report.device_id is not None:
            raise RuleBroken(_RECORDED)
        reading = report_queries.reading_of(report)
        if len(reading.wipes) > MOST_ATTEMPTS:
            raise RuleBroken(_TOO_MANY_RUNS, count=MOST_ATTEMPTS)
        _attach(report, reading, device, batch, "person")
    batch.finish()
    return batch.taken.wipes


def _attach(
    report: ReportFile, reading: ReportReading, device: Device, batch: _Batch, matched_by: str | None
) -> None:
    device = device_queries.locked(device.id)
    report.device_id, report.matched_by, report.dismissed_at = device.id, matched_by, None
    session.flush()
    session.expire(report, ["device"])
    facts = {"report": report.id, "sha256": report.sha256, "kind": report.kind, "matched_by": matched_by}
    line = history.Line((Subject.DEVICE, device.id), "report_attached", device.site_id, facts)
    batch.lines.append(line)
    batch.taken.add(absorb(report, reading, device, batch.policy(device.site_id)))
    hardware_operations.take(report, reading, device)


def dismiss(report: ReportFile, by: Actor, note: str) -> None:
    """A person says that a report is about none of our devices. It is kept."""
    by.must(Permission.WORK)
    must_say_why(note)
    report = report_queries.held(report.id)
    if report.device_id is not None:
        raise RuleBroken(_RECORDED)
    report.dismissed_at = clock.now()
    history.append(subject=(Subject.REPORT, report.id), action="report_dismissed", by=by, note=note)


def must_say_why(note: str) -> None:
    """Raises `Malformed` for a note that says nothing."""
    note_rules.must_say_something(note, N_("Say why in a few words."))


def look_at(data: bytes, name: str) -> tuple[ReportReading, tuple[DriveLine, ...]]:
    """What a file says and what it proves, without storing anything."""
    reading = readers.read(data, name)
    return reading, line_queries.proposed(reading)
