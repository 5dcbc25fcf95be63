"""What reports say of a device's inside fills its specification; what a person says stands before any report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.wiping import hardware_queries, hardware_rules
from tracker.wiping.drive_operations import fitted_drives, own_key, place_key, shared_serials
from tracker.wiping.hardware_models import HardwareClaim, HardwareFact
from tracker.wiping.hardware_queries import IN_PLACE, Evidence
from tracker.wiping.hardware_rules import ARRIVAL, PERSON, Claim, Decision, Weighed, Word
from tracker.wiping.hardware_value_rules import Piece, Value, belongs, cleaned
from tracker.wiping.home_queries import Homes
from tracker.wiping.models import ReportFile
from tracker.wiping.readings import ComputerSeen, Medium, ReportReading

DRIVES = "drives"
SMALLEST_DRIVE = 10**9
"""Bytes: what holds less is no storage to work with."""

_OF_A_COMPUTER = {
    Piece.CPU: "cpu",
    Piece.MEMORY: "memory_mb",
    Piece.BATTERY: "battery_percent",
    Piece.SCREEN: "screen_inches",
    Piece.GRAPHICS: "graphics",
}


def take(report: ReportFile, reading: ReportReading, device: Device) -> None:
    """Keep what a report says of the inside of its device. `settle` must follow.

    What it says of another computer is left out, as its drives are.
    """
    if reading.computer is None and not reading.drives:
        return
    homes = Homes(reading, device)
    says: dict[str, Any] = _said_of(reading.computer) if reading.computer and _is_here(homes, device) else {}
    drives = _sizes(reading, homes, device)
    if drives:
        says[DRIVES] = drives
    if says:
        session.add(
            HardwareClaim(
                report_id=report.id,
                device_id=device.id,
                source=report.kind,
                told_at=report.received_at,
                taken_at=clock.now(),
                says=says,
            )
        )


def _is_here(homes: Homes, device: Device, host: ComputerSeen | None = None) -> bool:
    home = homes.of(host)
    return home.device.id == device.id and not home.foreign


def _said_of(computer: ComputerSeen) -> dict[str, Any]:
    told = {piece: cleaned(piece, getattr(computer, name)) for piece, name in _OF_A_COMPUTER.items()}
    return {piece.value: value for piece, value in told.items() if value is not None}


def _sizes(reading: ReportReading, homes: Homes, device: Device) -> dict[str, int]:
    """What each drive of the device is known by → its size in bytes."""
    shared = shared_serials(reading)
    sizes = {}
    for one in fitted_drives(reading):
        own = one.medium is not Medium.USB and not one.hides_drives and _is_here(homes, device, one.host)
        if own and one.size_bytes is not None and one.size_bytes >= SMALLEST_DRIVE:
            sizes[own_key(one, shared) or f"{IN_PLACE}{place_key(one)}"] = one.size_bytes
    return sizes


def settle(
    device_ids: Collection[int], by: Actor, before: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    """Work out anew what stands, whatever the order in which reports came, and tell the history what changed.

    `before`: the specifications that the history should start from, where they were changed on the way.
    """
    wanted = sorted(set(device_ids))
    if not wanted:
        return
    found = hardware_queries.evidence(wanted)
    devices = session.scalars(
        select(Device).where(Device.id.in_(wanted)).order_by(Device.id).with_for_update(of=Device)
    ).all()
    fresh: list[HardwareFact] = []
    lines = []
    for device in devices:
        old = dict((before or {}).get(device.id, device.specification))
        fresh += _settled(device, found[device.id])
        if device.specification != old:
            lines.append(_told(device, old, fresh))
    session.flush()  # what stood is closed before what stands now comes in
    session.add_all(fresh)
    session.flush()
    history.append_many(lines, by)


def _told(device: Device, old: Mapping[str, Any], fresh: Iterable[HardwareFact]) -> history.Line:
    sources = {one.piece.value: [one.source, one.report_id] for one in fresh if one.device_id == device.id}
    facts = {"specification": [dict(old), dict(device.specification)], "sources": sources}
    return history.Line((Subject.DEVICE, device.id), "specification_filled", device.site_id, facts)


def _settled(device: Device, found: Evidence) -> list[HardwareFact]:
    """What stands newly of one device; its specification and what stood are changed."""
    now, fresh = clock.now(), []
    specification = dict(device.specification)
    for piece in Piece:
        fact = found.standing.get(piece)
        word = _word(device, piece, fact)
        decision = hardware_rules.decide(piece, _weighed(device, piece, found, word), word)
        if decision.claim is not None:
            specification[piece.value] = decision.claim.value
        elif word is None and fact is not None:  # nothing speaks for it any more
            specification.pop(piece.value, None)
        rows = _rows(device, piece, decision, fact, word)
        if fact is not None and (rows or (decision.claim is None and word is None)):
            fact.until_at = now
        elif fact is not None:
            fact.disputed = _stored(decision.disputed)
        fresh += rows
    device.specification = specification
    return fresh


def _word(device: Device, piece: Piece, fact: HardwareFact | None) -> Word | None:
    """What stands by a person's word; None where a report's value stands, or nothing."""
    value = device.specification.get(piece.value)
    if fact is not None and fact.value == value:
        return Word(value, fact.source, fact.said_at) if fact.source in (PERSON, ARRIVAL) else None
    return None if value is None else Word(value, ARRIVAL, device.created_at)


def _weighed(device: Device, piece: Piece, found: Evidence, word: Word | None) -> Weighed:
    if not belongs(piece, device.type):
        return Weighed(None)
    if piece is not Piece.STORAGE:
        told = [_claim(one, one.says[piece.value]) for one in found.claims if piece.value in one.says]
        return hardware_rules.weigh(piece, hardware_rules.after(word, told))
    by_drive: dict[str, list[Claim]] = {}
    for one in found.claims:
        for key, size in one.says.get(DRIVES, {}).items():
            if key in found.drives:
                by_drive.setdefault(key, []).append(_claim(one, size))
    whole = hardware_rules.weigh_storage(by_drive)
    return whole if whole.best and hardware_rules.after(word, [whole.best]) else Weighed(None)


def _claim(row: HardwareClaim, value: Value) -> Claim:
    return Claim(value, row.source, row.report_id, row.told_at, row.taken_at)


def _rows(
    device: Device, piece: Piece, decision: Decision, fact: HardwareFact | None, word: Word | None
) -> list[HardwareFact]:
    """What is written anew of a piece, what came with the device first; nothing where what stood still does."""
    claim = decision.claim
    recorded = fact is not None and word is not None and fact.value == word.value
    if claim is None:
        return (
            [_arrival(device, piece, word, decision)] if word and decision.disputed and not recorded else []
        )
    if fact is not None and word is None and fact.value == claim.value:
        return []
    made = HardwareFact(
        device_id=device.id,
        piece=piece,
        value=claim.value,
        source=claim.source,
        report_id=claim.report,
        said_at=claim.told_at,
        from_at=clock.now(),
        disputed=_stored(decision.disputed),
    )
    return [made] if word is None or recorded else [_arrival(device, piece, word, decision), made]


def _arrival(device: Device, piece: Piece, word: Word, decision: Decision) -> HardwareFact:
    """What came with the device, written down because a report says something of it."""
    return HardwareFact(
        device_id=device.id,
        piece=piece,
        value=word.value,
        source=ARRIVAL,
        said_at=word.at,
        from_at=device.created_at,
        until_at=clock.now() if decision.claim else None,
        disputed=[] if decision.claim else _stored(decision.disputed),
    )


def _stored(disputed: Iterable[Claim]) -> list[Any]:
    return [
        {"value": one.value, "source": one.source, "report": one.report, "told_at": one.told_at.isoformat()}
        for one in disputed
    ]


def withdraw(report: ReportFile, device: Device, by: Actor) -> None:
    """Take back what a report said of a device that it is not about; what stood before by a person's word stands again."""
    session.execute(delete(HardwareClaim).where(HardwareClaim.report_id == report.id))
    before = dict(device.specification)
    specification = dict(before)
    rows = hardware_queries.told_by(report, device)
    stood = [one.piece for one in rows if one.until_at is None]
    for one in rows:
        session.delete(one)
    session.flush()
    for piece in stood:
        specification.pop(piece.value, None)
        last = hardware_queries.former(device, piece)
        if last is not None and last.source in (PERSON, ARRIVAL):
            last.until_at = None
            if last.value is not None:
                specification[piece.value] = last.value
    device.specification = specification
    settle([device.id], by, {device.id: before})


def merge(kept: Device, gone: Device, by: Actor) -> None:
    """Two records were one device: what is known of either is known of it; what `kept` says itself stands first."""
    session.execute(update(HardwareClaim).where(HardwareClaim.device_id == gone.id).values(device_id=kept.id))
    before = dict(kept.specification)
    kept.specification = {**gone.specification, **before}
    settle([kept.id], by, {kept.id: before})
