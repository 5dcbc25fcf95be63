"""Report files come in: kept byte for byte, read, matched to a device, judged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as device_queries
from tracker.devices.lifecycle import STAGES
from tracker.devices.models import Device
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.wiping import line_queries, match_queries, queries, readers, report_queries, sighting_operations
from tracker.wiping.drive_operations import absorb
from tracker.wiping.home_queries import CLOSED, left_out
from tracker.wiping.line_queries import DriveLine
from tracker.wiping.models import Drive, ReportFile, ReportUpload, Wipe
from tracker.wiping.readings import ReportReading, say
from tracker.wiping.wipe_operations import mark_failures, settle, stored

MOST_FILES = 500
MOST_BYTES = 64 * 1024 * 1024
MOST_ATTEMPTS = 1_000  # in one file: a stick that wiped ten computers a day fills this in ten weeks
LONGEST_NAME = 240
SHORTEST_NOTE = 3

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

    report: ReportFile
    reading: ReportReading
    drives: tuple[DriveLine, ...]
    device: Device | None
    known: bool
    reason: Sentence | None = None
    choices: tuple[str, ...] = ()
    warns: bool = False


def receive(files: Sequence[tuple[str, bytes]], by: Actor, device: Device | None = None) -> list[Received]:
    """Take in files (`name as dropped`, `bytes`). With `device` a person has said which one they are about.

    The same file twice is recognised by its SHA-256 and adds nothing. The answers stand in the order of `files`.
    Raises `Malformed` when there are too many, `RuleBroken` when `device` has left.
    """
    by.must(Permission.WORK)
    if not files:
        raise Malformed(N_("Choose at least one report file."), field="files")
    if len(files) > MOST_FILES or sum(len(data) for _, data in files) > MOST_BYTES:
        raise Malformed(
            N_("At most %(files)s files and %(size)s MB at a time: send them in several goes."),
            field="files",
            files=MOST_FILES,
            size=MOST_BYTES // 1024**2,
        )
    if device is not None:
        must_take_reports(device)
    # Those that name the computer come before those that name a drive only, so that the second find the first's.
    order = sorted(range(len(files)), key=lambda n: any(w in files[n][0].lower() for w in ("smart", "nvme")))
    received = {n: _receive_one(*files[n], by, device) for n in order}
    return [received[n] for n in range(len(files))]


def must_take_reports(device: Device) -> None:
    if device.stage in CLOSED:
        raise RuleBroken(_has_left(device))


def _has_left(device: Device) -> Sentence:
    stage = Sentence(STAGES[device.stage].name)
    return say(_HAS_LEFT, code=codes.shown(device.code), stage=stage)


def _receive_one(name: str, data: bytes, by: Actor, device: Device | None) -> Received:
    digest = hashlib.sha256(data).hexdigest()
    reading = readers.read(data, name)
    known = report_queries.by_hash(digest)
    report = known or _keep(name, data, digest, reading, by)
    reason: Sentence | None = None
    choices: tuple[str, ...] = ()
    if report.device_id is None and reading.kind != readers.UNKNOWN:
        match = match_queries.match(reading, name) if device is None else None
        target = device or (match_queries.target(match) if match else None)
        reason, choices = (match.reason, match.hints) if match else (None, ())
        if len(reading.wipes) > MOST_ATTEMPTS:
            reason, choices = say(_TOO_MANY_RUNS, count=MOST_ATTEMPTS), ()
        elif target is not None and target.stage in CLOSED:
            reason = _has_left(target)
        elif target is not None:
            _attach(report, reading, target, by, match.matched_by if match else "person")
    warning = _warning(report, reading, device)
    return Received(
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


def _keep(name: str, data: bytes, digest: str, reading: ReportReading, by: Actor) -> ReportFile:
    report = ReportFile(
        sha256=digest,
        name=_kept_name(name),
        size=len(data),
        kind=reading.kind,
        content=data,
        received_at=clock.now(),
        received_by=by.user_id,
    )
    session.add(report)
    session.flush()
    history.append(
        subject=(Subject.REPORT, report.id),
        action="report_received",
        by=by,
        facts={"sha256": digest, "kind": reading.kind},
    )
    return report


def _kept_name(name: str) -> str:
    """The file's name as it was dropped, its end first, without signs that cannot be kept or read."""
    return "".join(sign if sign.isprintable() else "�" for sign in name[-LONGEST_NAME:]) or "?"


def assign(report: ReportFile, device: Device, by: Actor) -> list[Wipe]:
    """A person says which device a report is about."""
    by.must(Permission.WORK)
    if report.device_id is not None:
        raise RuleBroken(_RECORDED)
    must_take_reports(device)
    reading = readers.read(report.content, report.name)
    if len(reading.wipes) > MOST_ATTEMPTS:
        raise RuleBroken(_TOO_MANY_RUNS, count=MOST_ATTEMPTS)
    return _attach(report, reading, device, by, "person")


def _attach(
    report: ReportFile, reading: ReportReading, device: Device, by: Actor, matched_by: str | None
) -> list[Wipe]:
    device = device_queries.locked(device.id)
    report.device_id, report.matched_by, report.dismissed_at = device.id, matched_by, None
    session.flush()
    session.expire(report, ["device"])
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="report_attached",
        by=by,
        site_id=device.site_id,
        facts={"report": report.id, "sha256": report.sha256, "kind": report.kind, "matched_by": matched_by},
    )
    return absorb(report, reading, device, by, queries.policy())


def release(report: ReportFile, by: Actor, note: str) -> None:
    """Take a report away from its device: it was given to the wrong one. What it proved counts no more, and the drives
    that it alone showed are not the device's any more (`sighting_operations` says which stay)."""
    by.must(Permission.COORDINATE)
    _must_say_why(note)
    if report.device_id is None:
        raise RuleBroken(N_("This report is recorded for no device: choose one for it."))
    device = device_queries.locked(report.device_id)
    drives = session.scalars(
        select(Drive).join(Wipe, Wipe.drive_id == Drive.id).where(Wipe.report_id == report.id).distinct()
    ).all()
    decided = (
        Wipe.report_id == report.id,
        Wipe.device_id == device.id,
        Wipe.accepted,
        Wipe.reviewed_by.is_not(None),
    )
    named = session.scalars(select(Wipe.drive_id).where(*decided)).all()
    session.execute(delete(Wipe).where(Wipe.report_id == report.id))
    report.device_id = report.matched_by = None
    session.flush()
    session.expire(report, ["device"])
    withdrawn = sighting_operations.withdraw(report, device, named)
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="report_released",
        by=by,
        site_id=device.site_id,
        facts={
            "report": report.id,
            "sha256": report.sha256,
            "withdrawn": [[drive.id, drive.serial] for drive in withdrawn],
        },
        note=note,
    )
    settle(drives, by)
    mark_failures(device, by)


def dismiss(report: ReportFile, by: Actor, note: str) -> None:
    """A person says that a report is about none of our devices. It is kept."""
    by.must(Permission.WORK)
    _must_say_why(note)
    if report.device_id is not None:
        raise RuleBroken(_RECORDED)
    report.dismissed_at = clock.now()
    history.append(subject=(Subject.REPORT, report.id), action="report_dismissed", by=by, note=note)


def _must_say_why(note: str) -> None:
    if len(note.strip()) < SHORTEST_NOTE:
        raise Malformed(N_("Say why in a few words."), field="note")


def keep_upload(received: Sequence[Received], names: Sequence[str], by: Actor) -> ReportUpload:
    """Keep what became of one go of files, so that it can be looked at again."""
    kept = ReportUpload(
        received_at=clock.now(),
        received_by=by.user_id,
        lines=[_upload_line(one, name) for one, name in zip(received, names, strict=True)],
    )
    session.add(kept)
    session.flush()
    return kept


def _upload_line(one: Received, name: str) -> dict[str, object]:
    return {
        "report": one.report.id,
        "name": _kept_name(name),
        "known": one.known,
        "reason": stored([one.reason]) if one.reason else [],
        "warns": one.warns,
        "notes": stored(one.reading.notes),
        "choices": list(one.choices),
        "drives": [
            [line.serial, line.model, line.verdict.verdict.value, stored(line.verdict.reasons)]
            for line in one.drives
        ],
    }


def look_at(data: bytes, name: str) -> tuple[ReportReading, tuple[DriveLine, ...]]:
    """What a file says and what it proves, without storing anything."""
    reading = readers.read(data, name)
    return reading, line_queries.proposed(reading)
