"""Reading what is known of a device's inside, who said it, and what waits for a person to choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.models import Device
from tracker.wiping.hardware_models import HardwareClaim, HardwareFact
from tracker.wiping.hardware_rules import ARRIVAL
from tracker.wiping.hardware_value_rules import PIECES, Piece, Value
from tracker.wiping.hardware_wording_rules import tool_name
from tracker.wiping.models import Drive, DriveSighting, ReportFile

IN_PLACE = "@"
"""Before what a drive without usable serial number is known by in its device."""


@dataclass(frozen=True)
class Said:
    """One value and who said it: `source` is a reader's kind, `person` or `arrival`; `until`: it stands no more.

    `tool`: the name of the tool that wrote the report, also where a person chose what it says.
    """

    value: Value
    source: str
    at: datetime
    report: int | None = None
    tool: str | None = None
    sha256: str | None = None
    person: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Known:
    """What is known of one piece: what stands, what else was said and waits for a choice, what stood before."""

    piece: Piece
    stands: Said
    choices: tuple[Said, ...] = ()
    before: tuple[Said, ...] = ()

    @property
    def word(self) -> str:
        return PIECES[self.piece]


_PIECES = tuple(Piece)  # an enumeration goes through itself in Python, one call for each member


def known(device: Device) -> list[Known]:
    """Every piece that is known of the device, in a fixed order. Asks the database once, where anything is known."""
    specification = device.specification
    rows = _rows(device.id) if not specification.keys().isdisjoint(_PIECES) else []
    found = []
    for piece in _PIECES:
        value = specification.get(piece)
        if value is None:
            continue
        own = [one for one in rows if one.fact.piece is piece]
        now = next((one for one in own if one.fact.until_at is None and one.fact.value == value), None)
        stands = now.said() if now else Said(value, ARRIVAL, device.created_at)
        choices = tuple(_choice(one) for one in now.fact.disputed) if now else ()
        before = tuple(one.said() for one in own if one is not now and one.fact.value is not None)
        found.append(Known(piece, stands, choices, before))
    return found


@dataclass(frozen=True)
class _Row:
    fact: HardwareFact
    kind: str | None
    sha256: str | None
    person: str | None

    def said(self) -> Said:
        one = self.fact
        tool = tool_name(self.kind) if self.kind else None
        return Said(
            one.value, one.source, one.said_at, one.report_id, tool, self.sha256, self.person, one.until_at
        )


@read_once
def _rows(device_id: int) -> list[_Row]:
    """The device's facts, the newest first."""
    rows = session.execute(
        select(HardwareFact, ReportFile.kind, ReportFile.sha256, User.name)
        .outerjoin(ReportFile, ReportFile.id == HardwareFact.report_id)
        .outerjoin(User, User.id == HardwareFact.said_by)
        .where(HardwareFact.device_id == device_id)
        .order_by(HardwareFact.id.desc())
    ).all()
    return [_Row(row[0], row[1], row[2], row[3]) for row in rows]


@registry.leaves_trace(lambda: select(HardwareFact.id).where(HardwareFact.device_id == Device.id))
def without_facts(device: Device) -> None:
    told(_rows, [], device.id)


def _choice(stored: dict[str, Any]) -> Said:
    at = datetime.fromisoformat(stored["told_at"])
    return Said(stored["value"], stored["source"], at, stored["report"], tool_name(stored["source"]))


@dataclass
class Evidence:
    """All that a decision about one device rests on."""

    claims: list[HardwareClaim] = field(default_factory=list)
    standing: dict[Piece, HardwareFact] = field(default_factory=dict)
    drives: set[str] = field(default_factory=set)


def evidence(device_ids: Collection[int]) -> dict[int, Evidence]:
    """For each of the devices; asks the database three times, however many they are."""
    found: dict[int, Evidence] = defaultdict(Evidence)
    for claim in session.scalars(
        select(HardwareClaim).where(HardwareClaim.device_id.in_(device_ids)).order_by(HardwareClaim.report_id)
    ):
        found[claim.device_id].claims.append(claim)
    for fact in session.scalars(
        select(HardwareFact).where(HardwareFact.device_id.in_(device_ids), HardwareFact.until_at.is_(None))
    ):
        found[fact.device_id].standing[fact.piece] = fact
    for device_id, key, place in session.execute(_fitted(device_ids)):
        found[device_id].drives.add(key or f"{IN_PLACE}{place}")
    return found


def _fitted(device_ids: Collection[int]) -> Any:
    """The drives that are in the devices now: neither taken out nor destroyed."""
    return (
        select(DriveSighting.device_id, Drive.serial_key, Drive.place_key)
        .join(Drive, Drive.id == DriveSighting.drive_id)
        .where(
            DriveSighting.device_id.in_(device_ids),
            DriveSighting.removed_at.is_(None),
            Drive.destroyed_at.is_(None),
            Drive.same_as_id.is_(None),
        )
    )


def standing(device: Device, piece: Piece) -> HardwareFact | None:
    return session.scalars(
        select(HardwareFact).where(
            HardwareFact.device_id == device.id,
            HardwareFact.piece == piece,
            HardwareFact.until_at.is_(None),
        )
    ).first()


def told_by(report: ReportFile, device: Device) -> Sequence[HardwareFact]:
    """The device's facts that rest on the report, whether they stand or stood."""
    return session.scalars(
        select(HardwareFact).where(HardwareFact.report_id == report.id, HardwareFact.device_id == device.id)
    ).all()


def former(device: Device, piece: Piece) -> HardwareFact | None:
    """What stood last of a piece, of that what stands no more."""
    return session.scalars(
        select(HardwareFact)
        .where(
            HardwareFact.device_id == device.id,
            HardwareFact.piece == piece,
            HardwareFact.until_at.is_not(None),
        )
        .order_by(HardwareFact.id.desc())
    ).first()
