"""Judging scans that belong to a batch: what it does to each, what it refuses, which count. None of it commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.collection import queries as collections
from tracker.database import session
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.i18n import N_, Sentence
from tracker.scanning import batch_queries as queries
from tracker.scanning import batch_rules as rules
from tracker.scanning import judgement_operations as judging
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import UNDO_ACTION
from tracker.scanning.meaning_queries import verdict
from tracker.scanning.mode_rules import Mode
from tracker.scanning.rules import Asked, Outcome, Verdict

TWICE = N_("Scanned twice in this batch: counted once.")
STRANGE = N_("Nothing was done: the batch of this scan is not known here. Open it again, then scan again.")
CLOSED = N_("Nothing was done: this batch is closed. Open a new one, then scan again.")
UNDONE = N_("Nothing was done: this batch was undone after this scan. Look at the device, then decide.")
RESTED = N_("Nothing was done: nobody scanned in this batch for more than %(minutes)s minutes. "
            "Continue it or open a new one, then scan again.")  # fmt: skip
ELSEWHERE = N_("This device is of another collection: %(its)s. This batch is for %(wanted)s.")
NONE = N_("none on record")


@dataclass
class Held:
    """What a batch says, as plain values: a refusal's rollback makes the session forget what it read."""

    id: str
    mode: Mode
    collection_id: int | None
    clients: dict[str, Any]
    idle_minutes: int
    closed_at: datetime | None
    undone: bool
    counted: set[int]

    def rested(self, key: str, at: datetime) -> bool:
        return rules.is_idle(self.clients, key, at, self.idle_minutes)


class Batches:
    """The batches of the scans of one call, locked and read once for all of them."""

    def __init__(self, asked: Sequence[Asked], by: Actor) -> None:
        self.by = by
        ids = {one.batch for one in asked if one.batch}
        found = queries.held(ids, by.site_id) if ids else {}
        done: Mapping[str, Mapping[int, int]] = queries.done(found) if found else {}
        self.held = {name: _held(batch, set(done[name])) for name, batch in found.items()}
        self.strange: set[str] = set()

    def completed(self, one: Asked) -> Asked:
        """The scan with its batch's action and values. One of a batch that nobody knows is kept without it."""
        if one.batch is None:
            return one
        if one.batch not in self.held:
            self.strange.add(one.scan_id)
            return replace(one, batch=None)
        return rules.completed(one, self.held[one.batch].mode)

    def judge(self, one: Asked, known: Mapping[str, Device]) -> Verdict:
        """The verdict of one scan. `known`: the devices that the call has read and locked already, by code."""
        if one.scan_id in self.strange:
            return judging.judge(one, self.by, lambda asked, _device: _refused(asked, STRANGE), known)
        if one.batch is None:
            return judging.judge(one, self.by, held=known)
        held = self.held[one.batch]
        with history.during(batch=held.id):
            found = judging.judge(
                one, self.by, lambda asked, device: self._against(asked, device, held), known
            )
        self._note(held, one, found)
        return found

    def _against(self, one: Asked, device: Device, held: Held) -> Verdict | None:
        """Why the batch does nothing to this device, or None."""
        if one.action == UNDO_ACTION:
            return None
        if held.undone:
            return verdict(one, Outcome.CONFLICT, Sentence(UNDONE), address=f"/devices/{device.code}")
        if (
            held.closed_at and one.client is None
        ):  # a phone's scan may come late; it was made in the open batch
            return _refused(one, CLOSED)
        if held.rested(rules.key_of(one.client, self.by), one.at or clock.now()):
            return verdict(
                one,
                Outcome.REFUSED,
                Sentence(RESTED, {"minutes": held.idle_minutes}),
                address=f"/scan/batches/{held.id}",
            )
        if held.collection_id and queries.collection_of(device.id) != held.collection_id:
            return _elsewhere(one, device, held.collection_id)
        return verdict(one, Outcome.ALREADY, Sentence(TWICE)) if device.id in held.counted else None

    def _note(self, held: Held, one: Asked, found: Verdict) -> None:
        key, at = rules.key_of(one.client, self.by), one.at or clock.now()
        if not held.rested(key, at):
            held.clients = rules.seen(held.clients, key, at)
        if found.outcome is Outcome.DONE and found.device_id is not None:
            change = held.counted.discard if one.action == UNDO_ACTION else held.counted.add
            change(found.device_id)

    def keep(self) -> None:
        """Write down who was seen in each batch, once for the call."""
        for held in self.held.values():
            chosen = update(ScanBatch).where(ScanBatch.id == held.id)
            session.execute(chosen.values(clients=held.clients, version=ScanBatch.version + 1))


def _held(batch: ScanBatch, counted: set[int]) -> Held:
    return Held(
        id=batch.id,
        mode=queries.mode_of(batch),
        collection_id=batch.collection_id,
        clients=dict(batch.clients),
        idle_minutes=batch.idle_minutes,
        closed_at=batch.closed_at,
        undone=batch.undone_at is not None,
        counted=counted,
    )


def _refused(one: Asked, message: str) -> Verdict:
    return verdict(one, Outcome.REFUSED, Sentence(message))


def _elsewhere(one: Asked, device: Device, wanted: int) -> Verdict:
    its = collections.references_of([device.id]).get(device.id)
    details = {"its": its or Sentence(NONE), "wanted": collections.reference_of(wanted)}
    return verdict(
        one, Outcome.ELSEWHERE, Sentence(ELSEWHERE, details), address=f"/collections/{its}" if its else None
    )
