"""Handing over several devices against one signature, all or none; taking one back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.allocation import number_operations as numbering
from tracker.allocation import promise_operations as promises
from tracker.allocation import queries as allocation
from tracker.allocation.models import Allocation, EquipmentRequest
from tracker.allocation.origin_queries import donor_kinds
from tracker.allocation.rules import Ending
from tracker.contacts import operations as contacts
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.operations import advance, correct
from tracker.devices.rules import Unproven
from tracker.distribution import documents, queries, rules
from tracker.distribution import packing_operations as packing
from tracker.distribution.models import Handover, HandoverItem, Signature
from tracker.distribution.rules import CannotGo, NothingHandedOver, Otherwise, Signed
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject, canonical
from tracker.i18n import N_, Sentence
from tracker.web.drawn import read_drawing


@dataclass(frozen=True)
class Terms:
    """What goes with a handover: who signed. `price_cents` and `otherwise` for all, or by device id where they differ;
    `packed`: who signs confirms that the demanded accessories, which the document lists, are in the parcels."""

    signed: Signed
    price_cents: int = 0
    prices_cents: Mapping[int, int] = field(default_factory=dict)
    otherwise: Otherwise | None = None
    otherwises: Mapping[int, Otherwise] = field(default_factory=dict)
    people: int | None = None
    packed: bool = False

    def price_of(self, device_id: int) -> int:
        return rules.must_be_a_price(self.prices_cents.get(device_id, self.price_cents))

    def otherwise_of(self, device_id: int) -> Otherwise | None:
        return self.otherwises.get(device_id, self.otherwise)


def hand_over(request: EquipmentRequest, given: Sequence[Device], by: Actor, terms: Terms) -> Handover:
    """Give the devices to the request's association against one signature: all of them, or none.

    Raises `NothingHandedOver` with every reason for each device that cannot go; nothing is written then.
    """
    by.must(Permission.WORK)
    rules.must_be_people(terms.people)
    _must_be_some(given)
    taken = [devices.locked(one) for one in sorted({one.id for one in given})]
    request = allocation.locked(request.id)
    with session.begin_nested():
        handover = _open(request, by, terms)
        cannot_go = [stop for one in taken if (stop := _give(handover, request, one, by, terms))]
        if cannot_go:
            raise NothingHandedOver(tuple(cannot_go))
        _write_document(handover, by, terms.signed)
        promises.refresh(request, by)
    return handover


def _must_be_some(given: Sequence[Device]) -> None:
    if not given:
        raise Malformed(N_("Choose at least one device to hand over."), field="codes")
    if len(given) > rules.MOST_DEVICES:
        raise Malformed(
            N_("At most %(most)s devices go with one handover."), field="codes", most=rules.MOST_DEVICES
        )


def _open(request: EquipmentRequest, by: Actor, terms: Terms) -> Handover:
    signer = contacts.add(ContactKind.PERSON, name=terms.signed.name)
    handover = Handover(
        number=numbering.next_number("handover", "R-"),
        site_id=request.site_id,
        request_id=request.id,
        association_id=request.association_id,
        at=clock.now(),
        by_user_id=by.user_id,
        signer_id=signer.id,
        people=terms.people,
        facts={},
        document_hash="",
    )
    session.add(handover)
    session.flush()
    return handover


def _give(
    handover: Handover, request: EquipmentRequest, device: Device, by: Actor, terms: Terms
) -> CannotGo | None:
    """Move one device and write its item, or say why it cannot go."""
    promise = allocation.active(device.id)
    stop = _not_theirs(device, promise, request)
    if stop or promise is None:
        return CannotGo(device.code, (stop,) if stop else ())
    if terms.packed:
        packing.pack_demanded(device, by)
    price = terms.price_of(device.id)
    case = {"signed": terms.signed, "contact": handover.signer_id, "price_cents": price}
    try:
        advance(
            device, Action.DELIVER, by, case=case, facts={"handover": handover.number, "price_cents": price}
        )
    except Unproven as refusal:
        return CannotGo(device.code, refusal.missing)
    except RuleBroken as refusal:
        return CannotGo(device.code, (refusal.sentence,))
    promises.mark_delivered(promise, by)
    session.add(
        HandoverItem(
            handover_id=handover.id,
            device_id=device.id,
            allocation_id=promise.id,
            price_cents=price,
            origin=donor_kinds((device.id,)).get(device.id),
            otherwise=terms.otherwise_of(device.id),
        )
    )
    session.flush()
    return None


def _not_theirs(device: Device, promise: Allocation | None, request: EquipmentRequest) -> Sentence | None:
    if device.stage is Stage.DELIVERED:
        return Sentence(N_("It was handed over already."))
    if promise is None or promise.line.request_id != request.id:
        return Sentence(
            N_("It is not reserved for request %(number)s: reserve it there first."),
            {"number": request.number},
        )
    return None


def _write_document(handover: Handover, by: Actor, signed: Signed) -> None:
    """Fix what the document says, and keep the signature beside it."""
    session.expire(handover, ["items"])
    handover.facts = documents.facts_of(handover)
    handover.document_hash = hashlib.sha256(canonical(handover.facts).encode()).hexdigest()
    image_hash = hashlib.sha256(signed.drawing).hexdigest() if signed.drawing else None
    session.add(
        Signature(
            handover_id=handover.id,
            contact_id=handover.signer_id,
            role=signed.role,
            image=signed.drawing,
            image_hash=image_hash,
        )
    )
    session.flush()
    facts = {
        "number": handover.number,
        "request": handover.facts["request"],
        "association": handover.association_id,
        "devices": [one["code"] for one in handover.facts["items"]],
        "document_hash": handover.document_hash,
        "signature_hash": image_hash,
        "contact": handover.signer_id,
        "people": handover.people,
    }
    _record(handover, "hand_over", by, facts)


@registry.performs(Action.DELIVER)
def deliver_as_asked(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """One device, from a scan, a page or the API: `signed_by`, `signed_role`, `signature` (PNG data URL)?,
    `price_cents`?, `packed`?."""
    promise = allocation.active(device.id)
    if promise is None or not values.get("signed_by"):
        return advance(device, Action.DELIVER, by)  # refused, with all that is missing
    drawing, role = read_drawing(values.get("signature")), values.get("signed_role")
    signed = (
        rules.read_signer(values["signed_by"], role, drawing)
        if role
        else rules.read_signer_in_one(values["signed_by"], drawing)
    )
    price = rules.must_be_a_price(values.get("price_cents") or 0)
    terms = Terms(signed, price_cents=price, packed=bool(values.get("packed")))
    hand_over(promise.line.request, [device], by, terms)
    return promises.last_entry(device)


def take_back(device: Device, by: Actor, *, reason: str | None) -> HistoryEntry:
    """A device comes back: it is received anew, its promise has ended, and its request counts without it when that
    is within 30 days."""
    device = devices.locked(device.id)
    item = queries.item_in_hand(device.id)
    promise = allocation.active(device.id)
    request = allocation.locked(promise.line.request_id) if promise else None
    facts = {"handover": item.handover.number} if item else {}
    entry = advance(device, Action.TAKE_BACK, by, facts=facts, reason=reason)
    if item:
        item.returned_at, item.return_note_id = entry.at, entry.note_id
    packing.unpack(device)
    if promise and request:
        promises.end(promise, Ending.RETURNED, by)
        promises.refresh(request, by)
    if item:
        _record(item.handover, "item_returned", by, {"number": item.handover.number, "device": device.code})
    return entry


@registry.performs(Action.TAKE_BACK)
def take_back_as_asked(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    return take_back(device, by, reason=values.get("reason"))


@registry.undoes(Action.TAKE_BACK)
def undo_take_back(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """It did not come back after all: the handover stands as before, if all it demands can still be proven."""
    item = next(iter(queries.items_of_device(device.id)), None)
    ended = allocation.last_ended(device.id)
    if item is None or item.returned_at is None or ended is None or ended.ending is not Ending.RETURNED:
        return correct(device, by, case=values, reason=values.get("reason"))
    request = allocation.locked(ended.line.request_id)
    promises.revive(ended)
    packing.pack_demanded(device, by)
    item.returned_at, item.return_note_id = None, None
    session.flush()
    entry = correct(device, by, case=values, reason=values.get("reason"))
    promises.refresh(request, by)
    return entry


def erase_signature(handover: Handover, by: Actor) -> None:
    """Forget who signed: name, role and drawing. The record of the handover stays."""
    by.must(Permission.COORDINATE)
    forget_signatures(handover.signer_id)
    signer = session.get(Contact, handover.signer_id)
    if signer is not None:
        contacts.forget(signer)
    _record(handover, "erase_signature", by, {"number": handover.number, "contact": handover.signer_id})


def forget_signatures(contact_id: int) -> int:
    """Erase what this person signed with, wherever she signed: for whoever forgets the contact. How many there were."""
    kept = session.scalars(select(Signature).where(Signature.contact_id == contact_id)).all()
    for one in kept:
        one.image, one.role, one.erased_at = None, None, clock.now()
    session.flush()
    return len(kept)


def _record(handover: Handover, action: str, by: Actor, facts: Mapping[str, Any]) -> HistoryEntry:
    return history.append(
        subject=(Subject.HANDOVER, handover.id), action=action, by=by, site_id=handover.site_id, facts=facts
    )
