"""Taking back what one scan did to a device: its move, its place, both. A refusal changes nothing."""

from __future__ import annotations

from typing import Any

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.devices import operations, rules
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.errors import Conflict, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.scanning.rules import Asked
from tracker.stock import operations as stock
from tracker.stock import queries as places

CHANGED = N_("Someone has just changed this device. Scan it again.")
PUT, GRADE = "put", "grade"


def take_back(asked: Asked, device: Device, by: Actor, values: dict[str, Any]) -> HistoryEntry:
    """Undo the entry that `values["undoes"]` names, if it is still the last of its kind; without it, the last move."""
    undoes = str(asked.values.get("undoes") or "")
    entry = past.entry(int(undoes), Subject.DEVICE, device.id) if undoes.isdigit() else None
    if undoes and entry is None:
        raise Conflict(CHANGED)
    if entry is not None and entry.to_stage is None:
        return _of_no_move(entry, device, by)
    last = past.last_move(Subject.DEVICE, device.id)
    if entry is not None and (last is None or last.id != entry.id):
        raise Conflict(CHANGED)
    made = operations.perform(device, Action.CORRECT, by, values)
    if entry is not None:
        _place_with_it(entry, device, by)
    return made


def _of_no_move(entry: HistoryEntry, device: Device, by: Actor) -> HistoryEntry:
    rules.must_be_undone_in_time(entry.actor_id, entry.at, by, clock.now())
    if entry.action == GRADE:
        raise RuleBroken(
            N_("A grade is not taken back: another one takes its place. Grade the device again.")
        )
    last = past.last_of(Subject.DEVICE, device.id, PUT)
    if entry.action != PUT or last is None or last.id != entry.id:
        raise Conflict(CHANGED)
    return _put_back(entry, device, by)


def _put_back(entry: HistoryEntry, device: Device, by: Actor) -> HistoryEntry:
    before = entry.facts.get("from")
    if not before:
        raise RuleBroken(
            N_("Nobody had said where it was before: it stays in its place. Put it where it is.")
        )
    made = stock.put(device, places.location_by_code(str(before)), by)
    if made is None:
        raise Conflict(CHANGED)
    return made


def _place_with_it(entry: HistoryEntry, device: Device, by: Actor) -> None:
    """The place that the same scan of a batch gave, where another was known before and none since."""
    last = past.last_of(Subject.DEVICE, device.id, PUT)
    batch = entry.facts.get("batch")
    if last is None or batch is None or last.facts.get("batch") != batch or not last.facts.get("from"):
        return
    if last.sequence > entry.sequence:
        _put_back(last, device, by)
