"""Reading handovers, and proving what a handover demands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Association
from tracker.accounts.rules import Actor, Permission, Role
from tracker.allocation import eligibility_rules as eligibility
from tracker.allocation import queries as allocation
from tracker.allocation.models import Allocation, EquipmentRequest, RequestLine
from tracker.allocation.origin_queries import donor_kinds
from tracker.collection import queries as collections
from tracker.collection.rules import DonorKind
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.lifecycle import Fact, Stage
from tracker.devices.models import Accessory, Device
from tracker.devices.rules import DEMANDED, Accessories, Lead, Proof
from tracker.distribution import rules
from tracker.distribution.models import Handover, HandoverItem, Signature
from tracker.distribution.rules import Signed
from tracker.errors import NotHere
from tracker.i18n import N_, Sentence
from tracker.web.pagination import Key, Page, page_of


def handover(handover_id: int) -> Handover:
    found = session.get(Handover, handover_id) if 0 < handover_id < 2**31 else None
    if found is None:
        raise NotHere(N_("There is no such handover."))
    return found


def theirs(handover_id: int, by: Actor) -> Handover:
    """The handover, if the actor may see it. Raises `NotHere`: another association's does not even exist."""
    found = handover(handover_id)
    if not by.may(Permission.SEE_WORKSHOP) and (
        by.role is not Role.ASSOCIATION or found.association_id != by.association_id
    ):
        raise NotHere(N_("There is no such handover."))
    return found


def page(*, request_id: int | None = None, cursor: str | None = None) -> Page:
    """Handovers, the newest first."""
    chosen = select(Handover).options(joinedload(Handover.request), joinedload(Handover.association))
    if request_id is not None:
        chosen = chosen.where(Handover.request_id == request_id)
    return page_of(chosen, [Key(Handover.id, descending=True)], cursor)


def of_request(request_id: int) -> Sequence[Handover]:
    return session.scalars(
        select(Handover).where(Handover.request_id == request_id).order_by(Handover.id)
    ).all()


def item_counts(handovers: Sequence[Handover]) -> dict[int, tuple[int, int]]:
    """handover id → devices in it, and how many of them came back."""
    rows = session.execute(
        select(HandoverItem.handover_id, func.count(), func.count(HandoverItem.returned_at))
        .where(HandoverItem.handover_id.in_([one.id for one in handovers]))
        .group_by(HandoverItem.handover_id)
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def signature(handover_id: int) -> Signature | None:
    return session.get(Signature, handover_id)


@read_once
def items_of_device(device_id: int) -> Sequence[HandoverItem]:
    """Every time this device was handed over, the latest first."""
    return session.scalars(
        select(HandoverItem)
        .where(HandoverItem.device_id == device_id)
        .options(joinedload(HandoverItem.handover).joinedload(Handover.association))
        .order_by(HandoverItem.id.desc())
    ).all()


@registry.leaves_trace(lambda: select(HandoverItem.id).where(HandoverItem.device_id == Device.id))
def without_handover(device: Device) -> None:
    told(items_of_device, (), device.id)


def item_in_hand(device_id: int) -> HandoverItem | None:
    """The handover under which the device is with an association now."""
    return next((one for one in items_of_device(device_id) if one.returned_at is None), None)


@dataclass(frozen=True)
class Waiting:
    """A request with devices set aside: how many still to prepare, how many ready to go."""

    request: EquipmentRequest
    to_prepare: int
    prepared: int


def waiting() -> list[Waiting]:
    """Requests with devices to prepare or to hand over, the one promised longest first."""
    rows = session.execute(
        select(RequestLine.request_id, Device.stage, func.count(), func.min(Allocation.reserved_at))
        .join(Allocation, Allocation.line_id == RequestLine.id)
        .join(Device, Device.id == Allocation.device_id)
        .where(Allocation.active, Device.stage.in_([Stage.RESERVED, Stage.PREPARED]))
        .group_by(RequestLine.request_id, Device.stage)
    ).all()
    counts: dict[int, dict[Stage, int]] = {}
    since: dict[int, datetime] = {}
    for request_id, stage, count, first in rows:
        counts.setdefault(request_id, {})[stage] = count
        since[request_id] = min(first, since.get(request_id, first))
    found = session.scalars(
        select(EquipmentRequest)
        .where(EquipmentRequest.id.in_(list(counts)))
        .options(joinedload(EquipmentRequest.association))
    ).all()
    return [
        Waiting(one, counts[one.id].get(Stage.RESERVED, 0), counts[one.id].get(Stage.PREPARED, 0))
        for one in sorted(found, key=lambda one: since[one.id])
    ]


@dataclass(frozen=True)
class Parcel:
    """A device that could go with the next handover: what it demands, what is packed, where it came from."""

    device: Device
    allocation: Allocation
    demanded: tuple[Accessories, ...]
    packed: frozenset[str]
    origin: DonorKind | None

    @property
    def complete(self) -> bool:
        return all(one.value in self.packed for one in self.demanded)


def parcels(request_id: int) -> list[Parcel]:
    """The devices set aside for a request, prepared ones first."""
    devices = allocation.promised(request_id)
    ids = [one.id for one in devices]
    standing = {one.device_id: one for one in allocation.allocations(request_id) if one.active}
    packed, origins = packed_of(ids), donor_kinds(tuple(ids))
    found = [
        Parcel(one, standing[one.id], tuple(sorted(DEMANDED[one.type])), packed[one.id], origins.get(one.id))
        for one in devices
        if one.stage in (Stage.RESERVED, Stage.PREPARED)
    ]
    return sorted(found, key=lambda one: (one.device.stage is not Stage.PREPARED, one.device.id))


def packed_of(device_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """device id → kinds of accessories that are packed with it."""
    rows = session.execute(
        select(Accessory.device_id, Accessory.kind).where(
            Accessory.device_id.in_(device_ids), Accessory.packed_at.is_not(None)
        )
    ).all()
    found: dict[int, set[str]] = {device_id: set() for device_id in device_ids}
    for device_id, kind in rows:
        found[device_id].add(kind)
    return {device_id: frozenset(kinds) for device_id, kinds in found.items()}


def accessories_of(device_id: int) -> dict[str, bool]:
    """kind of accessory on record with the device → whether it is packed."""
    rows = session.execute(
        select(Accessory.kind, Accessory.packed_at)
        .where(Accessory.device_id == device_id)
        .order_by(Accessory.id)
    ).all()
    return {row[0]: row[1] is not None for row in rows}


# ------------------------------------------------------------------------------------------------------- provers


@registry.proves(Fact.ACCESSORIES_PRESENT)
def accessories_present(device: Device, by: Actor, case: registry.Case) -> Proof:
    packed = frozenset(row.kind for row in device.accessories if row.packed_at is not None)
    stop = rules.accessories_obstacle(device.type, packed)
    return Proof(held=stop is None, evidence={"packed": sorted(packed)}, missing=(stop,) if stop else ())


@registry.solves(Fact.ACCESSORIES_PRESENT)
def pack_them(device: Device, by: Actor) -> Lead | None:
    """A reserved device is packed on a page of its own; of a prepared one, what was taken out since is packed as it
    goes."""
    if device.stage is not Stage.RESERVED:
        return hand_it_over(device, by)
    return Lead(Sentence(N_("Pack and prepare the device")), f"/devices/{device.code}/prepare", "package")


@registry.proves(Fact.RECIPIENT_ELIGIBLE)
def recipient_eligible(device: Device, by: Actor, case: registry.Case) -> Proof:
    """The association is the one the device is promised to, never one that the caller names."""
    association = recipient(device.id)
    if association is None:
        return Proof.refused(
            N_("This device is promised to no request: reserve it from the request that it is for.")
        )
    origin = collections.origin_of(device.id)
    stop = eligibility.obstacle(
        active=association.active,
        ground=association.ground,
        name=association.name,
        from_public_body=origin is DonorKind.PUBLIC_BODY,
    )
    evidence = {"association": association.id, "ground": association.ground.value, "origin": _coded(origin)}
    return Proof(held=stop is None, evidence=evidence, missing=(stop,) if stop else ())


@registry.solves(Fact.RECIPIENT_ELIGIBLE)
def look_at_recipient(device: Device, by: Actor) -> Lead | None:
    association = recipient(device.id)
    if association is None or not by.may(Permission.COORDINATE):
        return None
    words = Sentence(N_("Look at the association’s record"))
    return Lead(words, f"/associations/{association.id}", "users")


@registry.proves(Fact.PRICE_WITHIN_CAP)
def price_within_cap(device: Device, by: Actor, case: registry.Case) -> Proof:
    price = rules.must_be_a_price(case.get("price_cents", 0))
    association = recipient(device.id)
    if association is None:
        return Proof.refused(
            N_("This device is promised to no request: reserve it from the request that it is for.")
        )
    origin = collections.origin_of(device.id)
    stop = rules.price_obstacle(device.type, origin, association.ground, price)
    evidence: dict[str, Any] = {"price_cents": price, "origin": _coded(origin)}
    if price and origin not in (DonorKind.COMPANY, DonorKind.PERSON):
        evidence |= {"cap_cents": rules.PRICE_CAPS_CENTS[device.type], "decree": "2022-1413"}
    return Proof(held=stop is None, evidence=evidence, missing=(stop,) if stop else ())


@registry.proves(Fact.SIGNED)
def signed(device: Device, by: Actor, case: registry.Case) -> Proof:
    given = case.get("signed")
    if not isinstance(given, Signed):
        standing = allocation.active(device.id)
        if standing is None:
            return Proof.refused(N_("Nobody has signed: hand the device over from the page of its request."))
        return Proof.refused(
            N_(
                "Nobody has signed: open “Handovers”, choose request %(number)s, and let the person sign there."
            ),
            number=standing.line.request.number,
        )
    return Proof(held=True, evidence={"drawn": given.drawing is not None, "contact": case.get("contact")})


@registry.solves(Fact.SIGNED)
def hand_it_over(device: Device, by: Actor) -> Lead | None:
    standing = allocation.active(device.id)
    if standing is None:
        return None
    page = f"/requests/{standing.line.request_id}/handover"
    return Lead(Sentence(N_("Have the handover signed")), page, "heart-handshake")


def recipient(device_id: int) -> Association | None:
    standing = allocation.active(device_id)
    return standing.line.request.association if standing else None


def _coded(origin: DonorKind | None) -> str:
    return origin.value if origin else "not_recorded"


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page says of its handovers."""
    if not actor.may(Permission.SEE_WORKSHOP):
        return None
    items = items_of_device(device.id)
    to_prepare, may_go = device.stage is Stage.RESERVED, device.stage in (Stage.RESERVED, Stage.PREPARED)
    if not items and not may_go:
        return None
    standing = allocation.active(device.id)
    return {
        "items": items,
        "to_prepare": to_prepare and actor.may(Permission.WORK),
        "request": standing.line.request if standing and may_go and actor.may(Permission.WORK) else None,
    }
