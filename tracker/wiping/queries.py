"""What is known of a device's storage, and the proof that it holds no data any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.accounts.rules import Actor, Permission
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.lifecycle import MOVES, Action, Fact
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, Lead, Proof
from tracker.history.models import HistoryEntry, Note
from tracker.i18n import N_, Sentence
from tracker.wiping import drive_queries, rules
from tracker.wiping.models import Drive, StorageDeclaration, Wipe
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.readings import FIXED
from tracker.wiping.rules import Declaration, DrivePart
from tracker.wiping.standing_rules import is_failing


@dataclass(frozen=True)
class DriveState:
    """A drive of a device as a person needs it: is it done, why not, and its attempts, the newest first."""

    drive: Drive
    part: DrivePart
    wipes: Sequence[Wipe]

    @property
    def end(self) -> str | None:
        """ "removed", "destroyed", "wiped", or None while it may hold data."""
        return self.part.end

    @property
    def failing(self) -> bool:
        """Whether its last attempt failed and nothing else ended its data."""
        return self.end is None and is_failing(drive_queries.as_attempts(self.wipes))

    @property
    def too_weak(self) -> Wipe | None:
        """The newest attempt that did less than the policy demands, while nothing ended the drive's data."""
        if self.end is not None:
            return None
        return next((one for one in self.wipes if one.ruling is Ruling.SHORT and not one.accepted), None)

    @property
    def to_review(self) -> Wipe | None:
        """The newest attempt that a person has to look at, while the drive is not done."""
        if self.end is not None:
            return None
        return next((one for one in self.wipes if waits(one) and self._came_in_time(one)), None)

    def _came_in_time(self, wipe: Wipe) -> bool:
        return wipe.report.received_at >= self.part.data_since


@dataclass(frozen=True)
class Storage:
    """A device's drives, and the decision whether no data is left on them."""

    states: Sequence[DriveState]
    proof: Proof


def waits(wipe: Wipe) -> bool:
    """Whether an attempt waits for a person's decision. A check cannot become a wipe: its drive is wiped again."""
    return (
        wipe.ruling is Ruling.PERSON
        and not wipe.accepted
        and wipe.reviewed_at is None
        and not drive_queries.is_check(wipe)
    )


@read_once
def drive_states(device: Device) -> list[DriveState]:
    """Each drive ever seen in the device, with its duty and its attempts."""
    return _states([device])[device.id]


def storage_of(devices: Sequence[Device]) -> dict[int, Storage]:
    """device id → its storage, for a page of devices in four queries."""
    states, declared = _states(devices), declarations(tuple(one.id for one in devices))
    return {
        one.id: Storage(states[one.id], _decided(one, [state.part for state in states[one.id]], declared))
        for one in devices
    }


def _states(devices: Sequence[Device]) -> dict[int, list[DriveState]]:
    found: dict[int, list[DriveState]] = {one.id: [] for one in devices}
    seen = drive_queries.seen_in(tuple(found))
    if not seen.sightings:
        return found
    attempts = drive_queries.attempts_on(frozenset(one.drive_id for one in seen.sightings))
    for one, part in zip(seen.sightings, _parts(devices, seen), strict=True):
        found[one.device_id].append(DriveState(one.drive, part, attempts.get(one.drive_id, [])))
    return found


def _parts(devices: Sequence[Device], seen: drive_queries.Seen) -> list[DrivePart]:
    """The drives as the rule judges them. A drive may hold data since it last came in, with whatever device."""
    arrived = {one.id: one.arrived_at for one in devices}
    unconfirmed = {row.drive_id for row in _declared(tuple(arrived)) if row.waits}
    return [
        DrivePart(
            label=one.drive.label,
            data_since=max(
                filter(None, (arrived[one.device_id] or one.first_seen_at, seen.came_in.get(one.drive_id)))
            ),
            wiped_at=one.drive.wiped_at,
            destroyed_at=one.drive.destroyed_at,
            removed_at=one.removed_at,
            hides_drives=one.drive.hides_drives,
            built_in=one.drive.medium in FIXED,
            unconfirmed=one.drive_id in unconfirmed,
        )
        for one in seen.sightings
    ]


def strays(device: Device) -> Sequence[Wipe]:
    """Attempts in this device's reports that ran on another computer, as long as nobody has decided on them."""
    return session.scalars(
        select(Wipe)
        .where(Wipe.device_id == device.id, Wipe.foreign, Wipe.reviewed_at.is_(None))
        .order_by(Wipe.id)
    ).all()


def failing_drives(device: Device) -> list[Drive]:
    """Drives whose last attempt that says anything failed, and whose data has not gone since."""
    return [state.drive for state in drive_states(device) if state.failing]


@read_once
def _declared(device_ids: tuple[int, ...]) -> Sequence[StorageDeclaration]:
    """Every declaration about these devices and their drives, the oldest first."""
    return session.scalars(
        select(StorageDeclaration)
        .where(StorageDeclaration.device_id.in_(device_ids))
        .order_by(StorageDeclaration.id)
    ).all()


@registry.leaves_trace(lambda: select(StorageDeclaration.id).where(StorageDeclaration.device_id == Device.id))
def without_declarations(device: Device) -> None:
    told(_declared, (), (device.id,))


def declarations(device_ids: tuple[int, ...]) -> dict[int, list[Declaration]]:
    """device id → what people declared about the device as a whole, the oldest first."""
    found: dict[int, list[Declaration]] = {one: [] for one in device_ids}
    for row in _declared(device_ids):
        if row.drive_id is None and row.refused_at is None:
            found[row.device_id].append(
                Declaration(
                    row.kind, row.declared_at, row.declared_by, row.lock_checked, confirmed=row.counts
                )
            )
    return found


def declaration_rows(device: Device) -> Sequence[StorageDeclaration]:
    """All declarations about the device and its drives, the oldest first."""
    return _declared((device.id,))


def notes_of_declarations(device: Device) -> dict[int, str]:
    """declaration id → the person's own words, unless they were erased."""
    rows = session.execute(
        select(StorageDeclaration.id, Note.text)
        .join(HistoryEntry, HistoryEntry.id == StorageDeclaration.history_id)
        .join(Note, Note.id == HistoryEntry.note_id)
        .where(StorageDeclaration.device_id == device.id)
    ).all()
    return {row[0]: row[1] for row in rows if row[1]}


@read_once
def data_gone(device: Device) -> Proof:
    """The decision of `rules.data_is_gone` on all that is on record."""
    parts = _parts([device], drive_queries.seen_in((device.id,)))
    return _decided(device, parts, declarations((device.id,)))


def _decided(
    device: Device, parts: Sequence[DrivePart], declared: Mapping[int, Sequence[Declaration]]
) -> Proof:
    return rules.data_is_gone(device.type.value, parts, declared[device.id], device.arrived_at)


def is_to_be_recorded(device: Device) -> bool:
    """Whether the device stands where its wipe is recorded, once it is proven."""
    return MOVES[Action.FINISH_WIPING].starts_from(device.stage)


@registry.proves(Fact.DATA_GONE)
def prove_data_gone(device: Device, by: Actor, case: registry.Case) -> Proof:
    return data_gone(device)


@registry.solves(Fact.DATA_GONE)
def end_its_data(device: Device, by: Actor) -> Lead:
    """Where what is left is done: a doubt is decided by whoever may, a reset is declared, else reports are dropped."""
    states = drive_states(device)
    doubt = next((one for state in states if state.end is None for one in state.wipes if waits(one)), None)
    if doubt is not None and by.may(Permission.CHECK_QUALITY):
        return Lead(Sentence(N_("Decide on the wipe in doubt")), f"/wiping/attempts/{doubt.id}", "eye")
    if device.type in FACTORY_RESET and not states:
        declare = Sentence(N_("Declare the factory reset"))
        return Lead(declare, f"/wiping/{device.code}/declare/factory_reset", "refresh")
    return Lead(Sentence(N_("Drop the reports")), f"/wiping/upload?device={device.code}", "file-upload")


@registry.solves(Fact.CERTIFIED)
def certify(device: Device, by: Actor) -> Lead:
    return Lead(Sentence(N_("Issue the certificate")), f"/wiping/{device.code}", "file-certificate")
