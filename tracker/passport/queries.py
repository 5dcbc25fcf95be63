"""Reading devices as the list and the device's page show them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from tracker.accounts.models import User
from tracker.accounts.rules import Actor
from tracker.collection import queries as collections
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices import step_queries
from tracker.devices.lifecycle import OPEN_STAGES, Flag, Stage, next_move
from tracker.devices.models import Device, DeviceFlag
from tracker.devices.queries import Wanted
from tracker.devices.rules import DeviceType
from tracker.devices.step_queries import Step
from tracker.history.models import HistoryEntry, Note, Told
from tracker.history.rules import Subject
from tracker.prepared import Prepared
from tracker.stock.models import Location

LONGEST_STORY = 200
LOOKED_AT = 20  # of the oldest devices, before it is said that nothing waits


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to, as it stands in the address. `collection` is a reference."""

    stages: tuple[Stage, ...] = ()
    type: DeviceType | None = None
    text: str = ""
    collection: str = ""

    @property
    def any(self) -> bool:
        return bool(self.stages or self.type or self.text or self.collection)


def wanted(filters: Filters) -> Wanted:
    """The filters as `devices.queries` takes them. Raises `NotHere` for a collection that is not on record."""
    among = collections.ids_in(collections.collection(filters.collection)) if filters.collection else None
    return Wanted(stages=filters.stages, type=filters.type, text=filters.text, among=among)


def every(filters: Filters) -> Iterator[Device]:
    """All devices of the list, a page at a time, so that a million fit in a small memory."""
    narrowed, cursor = wanted(filters), None
    while True:
        page = devices.page(narrowed, cursor=cursor, limit=devices.LIMIT)
        yield from page.items
        cursor = page.next_cursor
        session.expunge_all()
        if cursor is None:
            return


def open_flags(device_ids: Collection[int]) -> dict[int, list[Flag]]:
    """device id → its open flags, for a page of devices in one query."""
    found: dict[int, list[Flag]] = {}
    rows = session.execute(
        select(DeviceFlag.device_id, DeviceFlag.flag)
        .where(DeviceFlag.device_id.in_(device_ids), DeviceFlag.cleared_at.is_(None))
        .order_by(DeviceFlag.id)
    )
    for device_id, flag in rows:
        found.setdefault(device_id, []).append(flag)
    return found


@dataclass(frozen=True)
class Story:
    """What happened to a device, the newest first; with the names by user id, and the notes by note id."""

    entries: Sequence[Told]
    names: dict[int, str]
    notes: dict[int, str]

    @property
    def whole(self) -> bool:
        """Whether it goes back to the device's first day."""
        return len(self.entries) < LONGEST_STORY


# Every look at a device asks this: built once, of the columns that a story needs.
_entry, _user, _note = HistoryEntry.__table__, User.__table__, Note.__table__
_TOLD = (
    "id", "sequence", "at", "actor_kind", "actor_id", "action", "from_stage", "to_stage", "facts", "note_id",
)  # fmt: skip
_STORY = Prepared(
    lambda: (
        select(*(_entry.c[name] for name in _TOLD), _user.c.name, _note.c.text)
        .select_from(
            _entry.outerjoin(_user, _user.c.id == _entry.c.actor_id).outerjoin(
                _note, _note.c.id == _entry.c.note_id
            )
        )
        .where(_entry.c.subject_kind == Subject.DEVICE, _entry.c.subject_id == bindparam("device_id"))
        .order_by(_entry.c.id.desc())
        .limit(LONGEST_STORY)
    )
)


def story(device: Device) -> Story:
    """A device's last entries with who and why, in one query."""
    rows: Sequence[Any] = _STORY.all(device_id=device.id)
    return Story(
        entries=rows,
        names={row.actor_id: row.name for row in rows if row.actor_id and row.name},
        notes={row.note_id: row.text for row in rows if row.note_id and row.text},
    )


def place_names(entries: Sequence[Told]) -> dict[str, str]:
    """code → name, of every place these entries speak of."""
    named = {str(code) for entry in entries for key in ("location", "from") if (code := entry.facts.get(key))}
    if not named:
        return {}
    rows = session.execute(select(Location.code, Location.name).where(Location.code.in_(named))).all()
    return {row[0]: row[1] for row in rows}


def origins(device: Device, entries: Sequence[Told]) -> dict[str, Told]:
    """Specification key → the entry that last said it; a key that none of them names came with the device."""
    found: dict[str, Told] = {}
    for entry in entries:
        changed = entry.facts.get("specification")
        before, after = ((one or {}) for one in changed) if changed else ({}, {})
        for key in device.specification:
            if key not in found and before.get(key) != after.get(key):
                found[key] = entry
    return found


def longest_waiting(by: Actor) -> tuple[Device, Step] | None:
    """The device that has stood longest at one stage, with its next step, among those this person can take on."""
    open_ones = [stage for stage in OPEN_STAGES if stage is not Stage.ANNOUNCED]
    oldest = session.scalars(
        select(Device)
        .where(Device.stage.in_([one for one in open_ones if _may_go_on_from(one, by)]))
        .where(Device.merged_into_id.is_(None))
        .order_by(Device.stage_since, Device.id)
        .limit(LOOKED_AT)
    ).all()
    judged = ((device, step_queries.next_step(device, by)) for device in oldest)
    return next(((one, step) for one, step in judged if step and (step.leads or step.refusal is None)), None)


def _may_go_on_from(stage: Stage, by: Actor) -> bool:
    move = next_move(stage)
    return move is not None and by.is_at_least(move.role)
