"""Sending devices away under one slip, and taking them for parts. None of them commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import codes, registry
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.operations import advance, correct, perform
from tracker.devices.rules import Unproven
from tracker.errors import Malformed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence
from tracker.recycling import queries, rules
from tracker.recycling.models import RecycledDevice, RecyclingSlip


@registry.performs(Action.RECYCLE)
def recycle(device: Device, by: Actor, values: registry.Case) -> HistoryEntry:
    """Send one device away. `values`: `slip_number` and `recycler`, or `reason`; `left_on` (default today)."""
    given = _read(values)
    entry = _leave(device, by, values, given)
    _put_on(_slip(given, by), device, entry)
    return entry


def recycle_together(devices: Sequence[Device], by: Actor, values: Mapping[str, Any]) -> RecyclingSlip:
    """Send several devices away under one slip, all or none: the refusal names the device that stands against it."""
    _must_be_some(devices)
    given = _read(values)
    entries = _each(devices, lambda one: _leave(one, by, values, given))
    slip = _slip(given, by)
    for device, entry in zip(devices, entries, strict=True):
        _put_on(slip, device, entry)
    return slip


def take_for_parts(devices: Sequence[Device], by: Actor, reason: str | None = None) -> list[HistoryEntry]:
    """Keep several devices for their parts, all or none."""
    _must_be_some(devices)
    return _each(devices, lambda one: perform(one, Action.TAKE_FOR_PARTS, by, {"reason": reason}))


@registry.undoes(Action.RECYCLE)
def bring_back(device: Device, by: Actor, values: registry.Case) -> HistoryEntry:
    """Undo a departure: the device leaves the slip, which stays for the others."""
    link = queries.link_of(device)
    entry = correct(device, by, case=values, reason=values.get("reason"))
    if link is not None:
        link.withdrawn_at = clock.now()
        session.flush()
    return entry


def _leave(device: Device, by: Actor, values: Mapping[str, Any], given: rules.Given) -> HistoryEntry:
    facts = {"slip_number": given.number} if given.number else {}
    return advance(device, Action.RECYCLE, by, case=values, facts=facts, reason=given.reason)


def _read(values: Mapping[str, Any]) -> rules.Given:
    given = rules.read(values)
    if given.left_on:
        rules.must_not_be_tomorrow(given.left_on, clock.local(clock.now()).date())
    return given


def _must_be_some(devices: Sequence[Device]) -> None:
    if not devices:
        raise Malformed(N_("Choose at least one device, or scan its code."), field="codes")
    if len(devices) > rules.TOGETHER_AT_MOST:
        raise Malformed(
            N_("At most %(count)s devices at a time."), field="codes", count=rules.TOGETHER_AT_MOST
        )


def _each(devices: Sequence[Device], move: Callable[[Device], HistoryEntry]) -> list[HistoryEntry]:
    entries = []
    for device in devices:
        try:
            entries.append(move(device))
        except Unproven as refusal:
            raise Unproven(tuple(_of(device, sentence) for sentence in refusal.missing)) from refusal
        except RuleBroken as refusal:
            raise type(refusal)(_of(device, refusal.sentence)) from refusal
    return entries


def _of(device: Device, refusal: Sentence) -> Sentence:
    return Sentence(N_("%(code)s: %(refusal)s"), {"code": codes.shown(device.code), "refusal": refusal})


def _slip(given: rules.Given, by: Actor) -> RecyclingSlip:
    found = queries.slip_numbered(given)
    if found is not None:
        return found
    made = RecyclingSlip(
        site_id=by.site_id,
        number=given.number,
        recycler=given.recycler,
        recycler_key=rules.recycler_key(given.recycler),
        left_on=given.left_on or clock.local(clock.now()).date(),
        created_at=clock.now(),
        created_by=by.user_id,
    )
    session.add(made)
    session.flush()
    return made


def _put_on(slip: RecyclingSlip, device: Device, entry: HistoryEntry) -> None:
    session.add(RecycledDevice(slip_id=slip.id, device_id=device.id, entry_id=entry.id))
    session.flush()
