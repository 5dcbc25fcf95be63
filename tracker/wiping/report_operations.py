"""Report files come in: kept byte for byte, read, matched to a device, judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as device_queries
from tracker.devices.lifecycle import STAGES, Stage
from tracker.devices.models import Device
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.wiping import matching, queries, readers
from tracker.wiping.drive_operations import absorb
from tracker.wiping.models import ReportFile, Wipe
from tracker.wiping.readings import ReportReading
from tracker.wiping.rules import DriveVerdict, verdicts

MOST_FILES = 500
MOST_BYTES = 64 * 1024 * 1024
# A device that has left, or was never ours to wipe, takes no reports.
CLOSED = (Stage.DELIVERED, Stage.RECYCLED, Stage.DECLINED, Stage.LOST)


@dataclass(frozen=True)
class DriveLine:
    """One drive of a report, in the words of the verdict."""

    serial: str | None
    model: str | None
    verdict: DriveVerdict


@dataclass(frozen=True)
class Received:
    """What became of one file. `known`: the same bytes came before; `choices`: codes a person may choose from."""

    report: ReportFile
    reading: ReportReading
    drives: tuple[DriveLine, ...]
    device: Device | None
    known: bool
    reason: Sentence | None = None
    choices: tuple[str, ...] = ()


def receive(files: Sequence[tuple[str, bytes]], by: Actor, device: Device | None = None) -> list[Received]:
    """Take in files (`name as dropped`, `bytes`). With `device` a person has said which one they are about.

    The same file twice is recognised by its SHA-256 and adds nothing. Raises `Malformed` when there are too many.
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
    return [_receive_one(name, data, by, device) for name, data in _identities_first(files)]


def _identities_first(files: Sequence[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    """Reports that name the computer before those that name a drive only, so that the second find the first's."""
    return sorted(files, key=lambda file: "smart" in file[0].lower() or "nvme" in file[0].lower())


def _receive_one(name: str, data: bytes, by: Actor, device: Device | None) -> Received:
    digest = hashlib.sha256(data).hexdigest()
    reading = readers.read(data, name)
    known = session.scalars(select(ReportFile).where(ReportFile.sha256 == digest)).first()
    report = known or _keep(name, data, digest, reading, by)
    if report.device_id is None:
        match = _match(reading, name) if device is None else None
        target = device or (device_queries.by_code(match.code) if match and match.code else None)
        if target is not None:
            _attach(
                report,
                reading,
                target,
                by,
                "person" if device is not None else (match.matched_by if match else None),
            )
        elif match is not None:
            return Received(
                report, reading, _lines(reading, None), None, known is not None, match.reason, match.hints
            )
    elif device is not None and report.device_id != device.id:
        return Received(
            report, reading, _lines(reading, report.device), report.device, True, _other_device(report)
        )
    return Received(report, reading, _lines(reading, report.device), report.device, known is not None)


def _other_device(report: ReportFile) -> Sentence:
    code = codes.shown(report.device.code) if report.device else "?"
    return Sentence(N_("This file was recorded earlier for %(code)s: it stays there."), {"code": code})


def _keep(name: str, data: bytes, digest: str, reading: ReportReading, by: Actor) -> ReportFile:
    report = ReportFile(
        sha256=digest,
        name=name[-240:] or "?",
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


def _match(reading: ReportReading, name: str) -> matching.Match:
    keys = set(reading.computer.serial_keys) if reading.computer else set()
    drive_keys = {d.serial_key for d in reading.drives if not d.boot_stick} | {
        w.serial_key for w in reading.wipes
    }
    rows = queries.serials_on_record({key for key in keys | drive_keys if key})
    serials: dict[str, set[str]] = {}
    drives: dict[str, set[str]] = {}
    for word, _device_id, code, key in rows:
        (serials if word == "serial" else drives).setdefault(code, set()).add(key)
    tag = codes.find(name)
    known = {*serials, *drives, *([tag] if tag and _is_device(tag) else [])}
    candidates = [
        matching.Candidate(code, frozenset(serials.get(code, ())), frozenset(drives.get(code, ())))
        for code in sorted(known)
    ]
    return matching.match_hints(reading, candidates, name, codes.find)


def _is_device(code: str) -> bool:
    found = device_queries.resolve(code)
    return found is not None and found.device is not None


def assign(report: ReportFile, device: Device, by: Actor) -> list[Wipe]:
    """A person says which device a report is about."""
    by.must(Permission.WORK)
    if report.device_id is not None:
        raise RuleBroken(
            N_("This report is recorded for a device already. Ask a coordinator if that is wrong.")
        )
    reading = readers.read(report.content, report.name)
    return _attach(report, reading, device, by, "person")


def _attach(
    report: ReportFile, reading: ReportReading, device: Device, by: Actor, matched_by: str | None
) -> list[Wipe]:
    if device.stage in CLOSED:
        raise RuleBroken(
            N_("%(code)s is “%(stage)s”: record its return first, then send the report again."),
            code=codes.shown(device.code),
            stage=Sentence(STAGES[device.stage].name),
        )
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


def dismiss(report: ReportFile, by: Actor, note: str) -> None:
    """A person says that a report is about none of our devices. It is kept."""
    by.must(Permission.WORK)
    if report.device_id is not None:
        raise RuleBroken(
            N_("This report is recorded for a device already. Ask a coordinator if that is wrong.")
        )
    report.dismissed_at = clock.now()
    history.append(subject=(Subject.REPORT, report.id), action="report_dismissed", by=by, note=note)


def look_at(data: bytes, name: str) -> tuple[ReportReading, tuple[DriveLine, ...]]:
    """What a file says and what it proves, without storing anything."""
    reading = readers.read(data, name)
    return reading, _lines(reading, None)


def _lines(reading: ReportReading, device: Device | None) -> tuple[DriveLine, ...]:
    judged = verdicts(reading, queries.policy(), device.arrived_at if device else None)
    return tuple(DriveLine(one.serial, one.model, verdict) for one, verdict in judged)
