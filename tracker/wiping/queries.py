"""Reading drives, reports and verdicts; and the proofs that wiping gives to the lifecycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import registry
from tracker.devices.lifecycle import Fact, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Proof
from tracker.errors import NotHere
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence
from tracker.wiping import rules
from tracker.wiping.models import Drive, DriveSighting, ReportFile, StorageDeclaration, Wipe
from tracker.wiping.rules import Declaration, DrivePart, Policy, Verdict


@dataclass(frozen=True)
class DriveState:
    """A drive of a device as a person needs it: is it done, why not, and its attempts, the newest first."""

    drive: Drive
    part: DrivePart
    wipes: Sequence[Wipe]

    @property
    def end(self) -> str | None:
        return self.part.end

    @property
    def to_review(self) -> Wipe | None:
        """The newest attempt that a person has to look at, while the drive is not done."""
        if self.end is not None:
            return None
        return next((w for w in self.wipes if w.verdict is Verdict.REVIEW and w.reviewed_at is None), None)


def policy() -> Policy:
    """What this workshop accepts as a wipe."""
    return Policy()


def drive_by_key(key: str) -> Drive | None:
    return session.scalars(select(Drive).where(Drive.serial_key == key).order_by(Drive.id).limit(1)).first()


def drive_in_place(device_id: int, place_key: str) -> Drive | None:
    """A drive without usable serial, known by its look and place in this device."""
    return session.scalars(
        select(Drive)
        .join(DriveSighting, DriveSighting.drive_id == Drive.id)
        .where(DriveSighting.device_id == device_id, Drive.serial_key.is_(None), Drive.place_key == place_key)
        .limit(1)
    ).first()


def sighting(device_id: int, drive_id: int) -> DriveSighting | None:
    return session.scalars(
        select(DriveSighting).where(DriveSighting.device_id == device_id, DriveSighting.drive_id == drive_id)
    ).first()


def sightings(device_id: int) -> Sequence[DriveSighting]:
    """Every drive ever seen in the device, the first seen first."""
    return session.scalars(
        select(DriveSighting).where(DriveSighting.device_id == device_id).order_by(DriveSighting.id)
    ).all()


def drive_states(device: Device) -> list[DriveState]:
    """Each drive ever seen in the device, with its duty and its attempts."""
    seen = sightings(device.id)
    attempts: dict[int, list[Wipe]] = {}
    ids = [one.drive_id for one in seen]
    for wipe in session.scalars(select(Wipe).where(Wipe.drive_id.in_(ids)).order_by(Wipe.id.desc())).all():
        attempts.setdefault(wipe.drive_id, []).append(wipe)
    return [DriveState(one.drive, part_of(device, one), attempts.get(one.drive_id, [])) for one in seen]


def part_of(device: Device, one: DriveSighting) -> DrivePart:
    return DrivePart(
        label=one.drive.label,
        data_since=device.arrived_at or one.first_seen_at,
        wiped_at=one.drive.wiped_at,
        destroyed_at=one.drive.destroyed_at,
        removed_at=one.removed_at,
    )


def failing_drives(device: Device) -> list[Drive]:
    """Drives whose last attempt that says anything failed, and whose data has not gone since."""
    failing = []
    for state in drive_states(device):
        last = next((w for w in state.wipes if w.verdict is not Verdict.INFO), None)
        if state.end is None and last is not None and last.verdict is Verdict.FAILED:
            failing.append(state.drive)
    return failing


def declarations(device: Device) -> list[Declaration]:
    """What people declared about the device as a whole."""
    rows = session.scalars(
        select(StorageDeclaration)
        .where(StorageDeclaration.device_id == device.id, StorageDeclaration.drive_id.is_(None))
        .order_by(StorageDeclaration.id)
    ).all()
    return [Declaration(row.kind, row.declared_at, row.declared_by, row.lock_checked) for row in rows]


def declaration_rows(device: Device) -> Sequence[StorageDeclaration]:
    return session.scalars(
        select(StorageDeclaration)
        .where(StorageDeclaration.device_id == device.id)
        .order_by(StorageDeclaration.id)
    ).all()


def data_gone(device: Device) -> Proof:
    """The decision of `rules.data_is_gone` on all that is on record."""
    parts = [part_of(device, one) for one in sightings(device.id)]
    return rules.data_is_gone(device.type.value, parts, declarations(device), device.arrived_at)


@registry.proves(Fact.DATA_GONE)
def prove_data_gone(device: Device, by: Actor, case: registry.Case) -> Proof:
    return data_gone(device)


def report(report_id: int) -> ReportFile:
    """The report with its content. Raises `NotHere`."""
    found = session.scalars(
        select(ReportFile).where(ReportFile.id == report_id).options(undefer(ReportFile.content))
    ).first()
    if found is None:
        raise NotHere(N_("This report is not here. Look it up from its device."))
    return found


def reports_of(device: Device) -> Sequence[ReportFile]:
    return session.scalars(
        select(ReportFile).where(ReportFile.device_id == device.id).order_by(ReportFile.id.desc())
    ).all()


def unmatched(limit: int = 50) -> Sequence[ReportFile]:
    """Reports that wait for a person to say which device they are about, oldest first."""
    return session.scalars(
        select(ReportFile)
        .where(
            ReportFile.device_id.is_(None), ReportFile.dismissed_at.is_(None), ReportFile.kind != "unknown"
        )
        .order_by(ReportFile.id)
        .limit(limit)
    ).all()


def to_review(limit: int = 50) -> Sequence[Wipe]:
    """Attempts that wait for a person's decision, oldest first, on devices that are still here."""
    return session.scalars(
        select(Wipe)
        .join(Drive, Drive.id == Wipe.drive_id)
        .join(Device, Device.id == Wipe.device_id)
        .where(
            Wipe.verdict == Verdict.REVIEW,
            Wipe.reviewed_at.is_(None),
            Drive.destroyed_at.is_(None),
            or_(Drive.wiped_at.is_(None), Drive.wiped_at < Device.arrived_at),
            Device.stage.not_in([Stage.DELIVERED, Stage.RECYCLED, Stage.DECLINED]),
        )
        .order_by(Wipe.id)
        .limit(limit)
    ).all()


def wipe(wipe_id: int) -> Wipe:
    found = session.get(Wipe, wipe_id)
    if found is None:
        raise NotHere(N_("This wipe is not here. Look it up from its device."))
    return found


def reasons(wipe_row: Wipe) -> list[Sentence]:
    """The reasons of a verdict, as sentences again."""
    return [Sentence(message, details) for message, details in wipe_row.reasons]


def note_of_declaration(row: StorageDeclaration) -> HistoryEntry | None:
    return session.get(HistoryEntry, row.history_id)


def serials_on_record(keys: set[str]) -> list[tuple[Any, ...]]:
    """(device id, code, device's serial key) and drives' keys of the devices that may be meant by these keys."""
    if not keys:
        return []
    by_serial = session.execute(
        select(Device.id, Device.code, Device.serial_key).where(
            Device.serial_key.in_(keys), Device.merged_into_id.is_(None)
        )
    ).all()
    by_drive = session.execute(
        select(Device.id, Device.code, Drive.serial_key)
        .join(DriveSighting, DriveSighting.device_id == Device.id)
        .join(Drive, Drive.id == DriveSighting.drive_id)
        .where(
            Drive.serial_key.in_(keys), DriveSighting.removed_at.is_(None), Device.merged_into_id.is_(None)
        )
    ).all()
    return [("serial", *row) for row in by_serial] + [("drive", *row) for row in by_drive]
