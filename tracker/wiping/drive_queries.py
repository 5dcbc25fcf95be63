"""Reading drives: by serial, by place, in which devices, with which attempts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_, Sentence
from tracker.wiping.methods import Deed, deed
from tracker.wiping.models import Drive, DriveSighting, ReportFile, Wipe
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.standing_rules import Attempt
from tracker.wiping.verdicts import Verdict


@dataclass(frozen=True)
class Seen:
    """Drives seen in devices, the first seen first; `came_in`: drive id → the last arrival of any device, whichever,
    that it may have come in with."""

    sightings: Sequence[DriveSighting]
    came_in: Mapping[int, datetime]


def drive(drive_id: int) -> Drive:
    found = session.get(Drive, drive_id)
    if found is None:
        raise NotHere(N_("This drive is not here. Look it up from its device."))
    return found


def drive_by_key(key: str) -> Drive | None:
    return session.scalars(select(Drive).where(Drive.serial_key == key).order_by(Drive.id).limit(1)).first()


def drives_by_key(keys: Collection[str]) -> dict[str, Drive]:
    """serial key → the drive with it."""
    rows = session.scalars(select(Drive).where(Drive.serial_key.in_(keys))).all() if keys else ()
    return {row.serial_key or "": row for row in rows}


def sightings_among(
    device_ids: Collection[int], drive_ids: Collection[int]
) -> dict[tuple[int, int], DriveSighting]:
    """(device id, drive id) → where it was seen."""
    rows = session.scalars(
        select(DriveSighting).where(
            DriveSighting.device_id.in_(device_ids), DriveSighting.drive_id.in_(drive_ids)
        )
    ).all()
    return {(row.device_id, row.drive_id): row for row in rows}


def drive_in_place(device_id: int, place_key: str) -> Drive | None:
    """A drive without usable serial, known by its look and place in this device; or what it turned out to be."""
    found = session.scalars(
        select(Drive)
        .join(DriveSighting, DriveSighting.drive_id == Drive.id)
        .where(DriveSighting.device_id == device_id, Drive.place_key == place_key)
        .order_by(Drive.id)
        .limit(1)
    ).first()
    return session.get(Drive, found.same_as_id) if found is not None and found.same_as_id else found


def ever_seen(drive_ids: Collection[int]) -> set[int]:
    """Those of the drives that were seen in some device."""
    return set(session.scalars(select(DriveSighting.drive_id).where(DriveSighting.drive_id.in_(drive_ids))))


def sightings_of(drive_id: int) -> Sequence[DriveSighting]:
    """Every device in which a drive was seen, the first one first."""
    return session.scalars(
        select(DriveSighting)
        .where(DriveSighting.drive_id == drive_id)
        .order_by(DriveSighting.first_seen_at, DriveSighting.id)
    ).all()


def sighting(device_id: int, drive_id: int) -> DriveSighting | None:
    return session.scalars(
        select(DriveSighting).where(DriveSighting.device_id == device_id, DriveSighting.drive_id == drive_id)
    ).first()


@read_once
def seen_in(device_ids: tuple[int, ...]) -> Seen:
    """Every drive ever seen in these devices; what turned out to be another one, or a boot stick, is left out."""
    here = select(DriveSighting.drive_id).where(DriveSighting.device_id.in_(device_ids))
    rows = session.execute(
        select(DriveSighting, Device.arrived_at)
        .join(Drive, Drive.id == DriveSighting.drive_id)
        .join(Device, Device.id == DriveSighting.device_id)
        .options(contains_eager(DriveSighting.drive))
        .where(DriveSighting.drive_id.in_(here), Drive.same_as_id.is_(None), Drive.boot_stick_at.is_(None))
        .order_by(DriveSighting.id)
    ).all()
    came_in: dict[int, datetime] = {}
    for one, arrived in rows:
        if arrived is not None and (one.removed_at is None or one.removed_at >= arrived):
            came_in[one.drive_id] = max(arrived, came_in.get(one.drive_id, arrived))
    return Seen([row[0] for row in rows if row[0].device_id in device_ids], came_in)


@registry.leaves_trace(lambda: select(DriveSighting.id).where(DriveSighting.device_id == Device.id))
def without_drives(device: Device) -> None:
    told(seen_in, Seen([], {}), (device.id,))


def homes(drive_ids: Collection[int]) -> Sequence[Device]:
    """The devices in which one of the drives was seen and from which nobody recorded its removal. A boot stick has none."""
    holding = (
        select(DriveSighting.device_id)
        .join(Drive, Drive.id == DriveSighting.drive_id)
        .where(
            DriveSighting.drive_id.in_(drive_ids),
            DriveSighting.removed_at.is_(None),
            Drive.boot_stick_at.is_(None),
        )
    )
    return session.scalars(
        select(Device).where(Device.id.in_(holding)).order_by(Device.site_id, Device.id)
    ).all()


@read_once
def attempts_on(drive_ids: frozenset[int]) -> dict[int, list[Wipe]]:
    """drive id → its attempts, wherever they were made, the newest on the tool's clock first."""
    found: dict[int, list[Wipe]] = defaultdict(list)
    rows = session.scalars(
        select(Wipe)
        .options(joinedload(Wipe.report))
        .where(Wipe.drive_id.in_(drive_ids))
        .order_by(Wipe.happened_at.desc(), Wipe.id.desc())
    ).all()
    for wipe in rows:
        found[wipe.drive_id].append(wipe)
    return found


def lock(drives: Iterable[Drive]) -> None:
    """Hold these drives, as they stand now, until the transaction ends: two workshops may report on one at once.

    Attempts that refer to them can still be added by others meanwhile (PostgreSQL's FOR NO KEY UPDATE).
    """
    ids = sorted(drive.id for drive in drives)
    session.flush()
    held = select(Drive).where(Drive.id.in_(ids)).order_by(Drive.id).with_for_update(key_share=True)
    session.scalars(held.execution_options(populate_existing=True)).all()


def told_before(drive_id: int, started: str | None, finished: str | None, moment: datetime) -> bool:
    """Whether a report that came in before that moment told of this very run: what a log says once more is no new wipe."""
    if finished is None and started is None:
        return False
    return (
        session.scalars(
            select(Wipe.id)
            .join(ReportFile, ReportFile.id == Wipe.report_id)
            .where(
                Wipe.drive_id == drive_id,
                Wipe.started.is_not_distinct_from(started),
                Wipe.finished.is_not_distinct_from(finished),
                ReportFile.received_at < moment,
            )
            .limit(1)
        ).first()
        is not None
    )


def as_attempts(wipes: Iterable[Wipe]) -> list[Attempt]:
    """The attempts as `standing_rules` judge them. A check that found data is as bad as a failed wipe."""
    return [
        Attempt(
            wipe.id,
            wipe.happened_at,
            wipe.report.received_at,
            wipe.accepted,
            wipe.verdict is Verdict.FAILED or (wipe.verdict is Verdict.REVIEW and is_check(wipe)),
            wipe.counts_from,
            wipe.reviewed_at,
        )
        for wipe in wipes
    ]


def is_check(wipe: Wipe) -> bool:
    """Whether the attempt only read the drive."""
    return deed(wipe.method) is Deed.VERIFY


def is_doubtful(wipe: Wipe) -> bool:
    """Whether its report leaves a doubt, whatever the policy makes of it."""
    return wipe.verdict in (Verdict.REVIEW, Verdict.UNVERIFIED)


def shown_word(wipe: Wipe) -> str:
    """What is shown of an attempt: its verdict, unless a person or the policy had the last word."""
    if wipe.accepted:
        return Verdict.WIPED.value if wipe.reviewed_at else wipe.verdict.value
    if wipe.ruling is Ruling.SHORT:
        return Ruling.SHORT.value
    return Verdict.REVIEW.value if wipe.verdict is Verdict.WIPED else wipe.verdict.value


def wipe(wipe_id: int) -> Wipe:
    found = session.get(Wipe, wipe_id)
    if found is None:
        raise NotHere(N_("This wipe is not here. Look it up from its device."))
    return found


def reasons(wipe_row: Wipe) -> list[Sentence]:
    """Why an attempt does not count by the policy, then the reasons of its verdict, as sentences again."""
    held_back = [] if wipe_row.accepted else wipe_row.ruled_for
    return read_sentences([*held_back, *wipe_row.reasons])


def read_sentences(kept: Sequence[Sequence[object]]) -> list[Sentence]:
    """Sentences from how they are kept: [[message id, {details}], …]; a detail may itself be such a pair."""
    return [_sentence(one) for one in kept]


def _sentence(kept: Sequence[object]) -> Sentence:
    details = kept[1] if isinstance(kept[1], dict) else {}
    return Sentence(
        str(kept[0]), {key: _sentence(one) if isinstance(one, list) else one for key, one in details.items()}
    )
