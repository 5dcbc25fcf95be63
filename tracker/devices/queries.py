"""Reading devices: by code, by id, in pages, by what a person types."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import codes, registry
from tracker.devices.imei_rules import digits_of
from tracker.devices.lifecycle import FLAGS, Fact, Stage
from tracker.devices.models import Device, Tag
from tracker.devices.rules import DeviceType, Proof, serial_key
from tracker.devices.tags import TagState
from tracker.errors import Malformed, NotHere
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.statements import as_read, ask, table_of

LIMIT = 200


@dataclass(frozen=True)
class Resolved:
    """What a code means: its tag, its device if it has one, and whether a newer tag replaced it."""

    tag: Tag
    device: Device | None
    replaced: bool


def by_id(device_id: int) -> Device | None:
    return session.get(Device, device_id)


def resolve(code: str) -> Resolved | None:
    """The tag of this code, with its device, its site and its flags; None when it is not one of ours."""
    found = session.execute(
        select(Tag, Device)
        .outerjoin(Device, Device.id == Tag.device_id)
        .options(joinedload(Device.site), joinedload(Device.flags))
        .where(Tag.code == code)
    )
    row = found.unique().one_or_none()
    if row is None:
        return None
    tag: Tag = row[0]
    device: Device | None = row[1]
    while device is not None and device.merged_into_id:  # a record kept once may have been merged away later
        device = session.get(Device, device.merged_into_id)
    return Resolved(tag, device, tag.state is TagState.REPLACED)


def held(codes: Collection[str]) -> dict[str, Device]:
    """code → its device, of those that name a device that is its own record, in one statement; the devices are locked
    until the transaction ends, in the order of their ids, so that two batches with the same ones wait for each other and
    never for ever."""
    if len(codes) == 1:
        rows = ask(HELD_ONE, {"code": next(iter(codes))}).all()
    else:
        rows = ask(_HELD_MANY, {"codes": sorted(codes)}).all()
    return {row[0]: held_in(row) for row in rows}


def held_in(row: Sequence[Any]) -> Device:
    """The device of a row of `HELD_ONE`; what was added to its columns stands after them."""
    return as_read(Device, row[1:_HELD], anew=True)


# Every scan asks this: on the tables themselves.
_tags, _devices = table_of(Tag), table_of(Device)
_HELD = 1 + len(_devices.c)
_OWN_RECORD = (
    select(_tags.c.code.label("scanned"), *_devices.c)
    .select_from(_tags.join(_devices, _devices.c.id == _tags.c.device_id))
    .where(_devices.c.merged_into_id.is_(None))
    .with_for_update(of=_devices)
)
HELD_ONE = _OWN_RECORD.where(_tags.c.code == bindparam("code"))  # a later floor may add columns
_HELD_MANY = _OWN_RECORD.where(_tags.c.code.in_(bindparam("codes", expanding=True))).order_by(_devices.c.id)


def by_code(text: str) -> Device:
    """The device with this code, in whatever way it was typed. Raises `NotHere`."""
    code = codes.read(text)
    found = None if isinstance(code, codes.Fault) else resolve(code)
    if found is None or found.device is None:
        raise NotHere(
            N_("No device has the code %(code)s. Check the letters, or scan its label again."), code=text[:40]
        )
    return found.device


def records_of(device: Device) -> set[int]:
    """The ids of the device and of every record merged into it, also by way of another."""
    found, fresh = {device.id}, {device.id}
    while fresh:
        fresh = set(session.scalars(select(Device.id).where(Device.merged_into_id.in_(fresh)))) - found
        found |= fresh
    return found


def came_in_again(device: Device) -> bool:
    """Whether its last arrival, under whichever record, was not its first: it came back, was found, or is doubted."""
    arrivals = session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id.in_(records_of(device)),
            HistoryEntry.to_stage == Stage.RECEIVED.value,
            HistoryEntry.at >= device.arrived_at,
        )
    ).all()
    return any("arrived_before" in entry.facts for entry in arrivals)


def locked(device_id: int) -> Device:
    """The device, its row locked until the transaction ends."""
    device = session.get(Device, device_id, with_for_update=True, populate_existing=True)
    if device is None:
        raise NotHere(N_("This device does not exist."))
    return device


@dataclass(frozen=True)
class Wanted:
    """What a list of devices is narrowed to. `among` is a select of device ids, from a later floor."""

    stages: Collection[Stage] = field(default_factory=tuple)
    type: DeviceType | None = None
    text: str | None = None
    among: Select[tuple[int]] | None = None
    site_id: int | None = None


@dataclass(frozen=True)
class DevicePage:
    items: Sequence[Device]
    next_cursor: str | None


def page(wanted: Wanted, *, cursor: str | None = None, limit: int = 50) -> DevicePage:
    """One page of devices, the newest first, by keyset: page 1,000 costs what page 1 costs. `limit` ≤ 200."""
    limit = max(1, min(limit, LIMIT))
    query = select(Device).where(*_conditions(wanted)).order_by(Device.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(Device.id < _read_cursor(cursor))
    rows = session.scalars(query).all()
    following = _cursor(rows[limit - 1].id) if len(rows) > limit else None
    return DevicePage(rows[:limit], following)


def read_particulars(device_ids: Collection[int]) -> None:
    """Read the flags and accessories of devices at hand in two queries, so that a list needs none for each."""
    session.scalars(
        select(Device)
        .where(Device.id.in_(device_ids))
        .options(selectinload(Device.flags), selectinload(Device.accessories))
    ).all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Device.merged_into_id.is_(None)]
    if wanted.stages:
        conditions.append(Device.stage.in_(list(wanted.stages)))
    if wanted.type:
        conditions.append(Device.type == wanted.type)
    if wanted.site_id:
        conditions.append(Device.site_id == wanted.site_id)
    if wanted.among is not None:
        conditions.append(Device.id.in_(wanted.among))
    if wanted.text and wanted.text.strip():
        conditions.append(_matches(wanted.text.strip()))
    return conditions


def _matches(text: str) -> ColumnElement[bool]:
    imei = digits_of(text)
    if imei is not None:
        return or_(Device.imei == imei, Device.imei2 == imei, Device.serial_key == imei)
    code = codes.read(text)
    if not isinstance(code, codes.Fault):
        tag = session.get(Tag, code)
        return Device.id == (tag.device_id if tag else None)
    serial = serial_key(text)
    words = [func.lower(func.coalesce(Device.manufacturer, "") + " " + func.coalesce(Device.model, "")).contains(
        word.lower(), autoescape=True) for word in text.split()[:5]]  # fmt: skip
    by_name = and_(*words)
    return or_(Device.serial_key.startswith(serial, autoescape=True), by_name) if serial else by_name


def _cursor(device_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(device_id).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError) as error:
        raise Malformed(
            N_("This page link is damaged: begin again from the first page."), field="cursor"
        ) from error
    if type(value) is not int or not 0 <= value < 2**63:
        raise Malformed(N_("This page link is damaged: begin again from the first page."), field="cursor")
    return value


def with_serial(serial: str | None, *, besides: int | None = None) -> Sequence[Device]:
    """Devices whose serial number is the same in letters and digits; none for a placeholder."""
    key = serial_key(serial)
    if key is None:
        return ()
    conditions = [Device.serial_key == key, Device.merged_into_id.is_(None)]
    if besides is not None:
        conditions.append(Device.id != besides)
    return session.scalars(select(Device).where(*conditions).order_by(Device.id)).all()


def with_imei(*imeis: str | None, besides: int | None = None) -> Sequence[Device]:
    """Devices that have one of these IMEIs as their first or second one, or where a scanner put it as serial number."""
    wanted = {found for one in imeis if (found := digits_of(one))}
    if not wanted:
        return ()
    known = or_(Device.imei.in_(wanted), Device.imei2.in_(wanted), Device.serial_key.in_(wanted))
    conditions = [known, Device.merged_into_id.is_(None)]
    if besides is not None:
        conditions.append(Device.id != besides)
    return session.scalars(select(Device).where(*conditions).order_by(Device.id)).all()


def alike(device: Device) -> Sequence[Device]:
    """Other records that may be the same device: the same serial number, or the same IMEI."""
    found = [
        *with_serial(device.serial, besides=device.id),
        *with_imei(device.imei, device.imei2, besides=device.id),
    ]
    return list({one.id: one for one in found}.values())


def count_by_stage(site_id: int | None = None) -> dict[Stage, int]:
    """How many devices stand at each stage; every stage is present."""
    query = select(Device.stage, func.count()).where(Device.merged_into_id.is_(None)).group_by(Device.stage)
    if site_id:
        query = query.where(Device.site_id == site_id)
    counts = {row[0]: row[1] for row in session.execute(query).all()}
    return {stage: counts.get(stage, 0) for stage in Stage}


def oldest_at(stage: Stage, limit: int = 20) -> Sequence[Device]:
    """The devices that have stood longest at a stage, longest first."""
    return session.scalars(
        select(Device)
        .where(Device.stage == stage, Device.merged_into_id.is_(None))
        .order_by(Device.stage_since, Device.id)
        .limit(limit)
    ).all()


def waiting_since(stage: Stage) -> datetime | None:
    return session.scalar(
        select(func.min(Device.stage_since)).where(Device.stage == stage, Device.merged_into_id.is_(None))
    )


@registry.proves(Fact.NO_BLOCKING_FLAG)
def no_blocking_flag(device: Device, by: Actor, case: registry.Case) -> Proof:
    """Every open flag blocks; the sentence names the first and says where to clear it."""
    if not device.flags:
        return Proof(held=True)
    return Proof(
        held=False,
        missing=tuple(
            Sentence(
                N_("This device is marked “%(flag)s”: solve that first, then clear the flag on its page."),
                {"flag": Sentence(FLAGS[row.flag])},
            )
            for row in device.flags
        ),
    )
