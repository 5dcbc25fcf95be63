"""Reading donors and collections."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from tracker.accounts.rules import Actor, Permission
from tracker.collection.models import Collection, Donor, Intake, PendingList
from tracker.collection.rules import DonorKind
from tracker.contacts.models import Contact
from tracker.database import read_once, session, told
from tracker.devices import codes, registry
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, Accessories
from tracker.errors import NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.web.pagination import ROWS, Key, Page, page_of

WAITING = (Stage.ANNOUNCED, Stage.COLLECTED)


@dataclass(frozen=True)
class Gift:
    """Where a device came from: its place in its collection, `position` of `total`."""

    collection: Collection
    donor: Donor
    position: int
    total: int


def donor(reference: str) -> Donor:
    """The donor of this reference. Raises `NotHere`."""
    found = session.scalars(select(Donor).where(Donor.reference == reference.strip().upper())).first()
    if found is None:
        raise NotHere(
            N_("There is no donor %(reference)s. Look in the list of donors."), reference=reference[:40]
        )
    return found


def collection(reference: str) -> Collection:
    """The collection of this reference. Raises `NotHere`."""
    found = session.scalars(
        select(Collection).where(Collection.reference == reference.strip().upper())
    ).first()
    if found is None:
        raise NotHere(
            N_("There is no collection %(reference)s. Look in the list of collections."),
            reference=reference[:40],
        )
    return found


def is_donor_reference(reference: str) -> bool:
    return session.scalar(select(Donor.id).where(Donor.reference == reference)) is not None


def is_collection_reference(reference: str) -> bool:
    return session.scalar(select(Collection.id).where(Collection.reference == reference)) is not None


def locked(collection_id: int) -> None:
    """Hold the collection until the transaction ends: places in it are counted out one by one."""
    session.execute(select(Collection.id).where(Collection.id == collection_id).with_for_update())


def last_position(collection_id: int) -> int:
    """The highest place given in a collection, 0 in an empty one."""
    return session.scalar(select(func.max(Intake.position)).where(Intake.collection_id == collection_id)) or 0


def shown_name(one: Donor, actor: Actor) -> str | None:
    """The donor's name, as far as this person may know it: a private person's only to a coordinator."""
    if actor.may(Permission.COORDINATE):
        return one.name or (one.contact.name if one.contact else None)
    return one.name if actor.may(Permission.SEE_WORKSHOP) else None


def donors(text: str | None, by: Actor, *, cursor: str | None = None, limit: int = ROWS) -> Page:
    """Donors, the newest first, whose reference, SIRET or name (as far as `by` may know it) holds `text`."""
    chosen = (
        select(Donor)
        .outerjoin(Contact, Contact.id == Donor.contact_id)
        .options(contains_eager(Donor.contact))
    )
    places: list[Any] = [Donor.name, Donor.reference, Donor.siret]
    if by.may(Permission.COORDINATE):
        places += [Contact.name, Contact.city]
    return page_of(_holding(chosen, text, places), [Key(Donor.id, descending=True)], cursor, limit)


def collections(
    text: str | None = None, *, of: Donor | None = None, cursor: str | None = None, limit: int = ROWS
) -> Page:
    """Collections, the newest first, whose reference or donor (reference, organisation's name) holds `text`."""
    with_donor = contains_eager(Collection.donor).joinedload(Donor.contact)
    chosen = select(Collection).join(Donor).options(with_donor)
    if of is not None:
        chosen = chosen.where(Collection.donor_id == of.id)
    chosen = _holding(chosen, text, [Collection.reference, Donor.reference, Donor.name])
    return page_of(chosen, [Key(Collection.id, descending=True)], cursor, limit)


def _holding(chosen: Select[Any], text: str | None, places: Sequence[Any]) -> Select[Any]:
    wanted = " ".join((text or "").lower().split())
    if not wanted:
        return chosen
    return chosen.where(or_(*(func.lower(place).contains(wanted, autoescape=True) for place in places)))


def counts(ids: Some[int]) -> dict[int, dict[Stage, int]]:
    """collection id → stage → how many of its devices stand there now, in one query."""
    rows = session.execute(
        select(Intake.collection_id, Device.stage, func.count())
        .join(Device, Device.id == Intake.device_id)
        .where(Intake.collection_id.in_(list(ids)), Device.merged_into_id.is_(None))
        .group_by(Intake.collection_id, Device.stage)
    ).all()
    found: dict[int, dict[Stage, int]] = {one: {} for one in ids}
    for collection_id, stage, number in rows:
        found[collection_id][stage] = number
    return found


def contents(
    one: Collection,
    *,
    stages: Some[Stage] = (),
    newest_first: bool = True,
    cursor: str | None = None,
    limit: int = ROWS,
) -> Page:
    """The devices of a collection, each as a row (place, device), the last added first."""
    chosen: Any = (
        select(Intake.position, Device)
        .join(Device, Device.id == Intake.device_id)
        .where(Intake.collection_id == one.id, Device.merged_into_id.is_(None))
    )
    if stages:
        chosen = chosen.where(Device.stage.in_(list(stages)))
    return page_of(chosen, [Key(Intake.position, descending=newest_first)], cursor, limit)


def ids_in(one: Collection) -> Select[Any]:
    """The ids of a collection's devices, for `devices.queries.Wanted(among=…)`."""
    return select(Intake.device_id).where(Intake.collection_id == one.id)


@read_once
def gift_of(device_id: int) -> Gift | None:
    """The collection a device came with, its donor and place; None when nobody has said."""
    row = session.execute(_gift(), {"device_id": device_id}).one_or_none()
    if row is None:
        return None
    return Gift(row[1], row[2], row[0], row[3])


@cache
def _gift() -> Any:
    """Built once: the page of nearly every device asks it."""
    fellow = aliased(Intake)
    total = select(func.max(fellow.position)).where(fellow.collection_id == Intake.collection_id)
    return (
        select(Intake.position, Collection, Donor, total.scalar_subquery())
        .join(Collection, Collection.id == Intake.collection_id)
        .join(Donor, Donor.id == Collection.donor_id)
        .where(Intake.device_id == bindparam("device_id"))
    )


@registry.leaves_trace(lambda: select(Intake.device_id).where(Intake.device_id == Device.id))
def without_gift(device: Device) -> None:
    told(gift_of, None, device.id)


def references_of(device_ids: Some[int]) -> dict[int, str]:
    """device id → the reference of the collection it came with, for those that have one."""
    rows = session.execute(
        select(Intake.device_id, Collection.reference)
        .join(Collection, Collection.id == Intake.collection_id)
        .where(Intake.device_id.in_(list(device_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}


def reference_of(collection_id: int) -> str:
    """The reference of a collection, by its row's id."""
    return session.scalar(select(Collection.reference).where(Collection.id == collection_id)) or ""


def device_meant(one: Collection, typed: str) -> Device:
    """The device of this collection that a code or a serial number names. Raises `RuleBroken`, saying what it is."""
    if not isinstance(codes.read(typed), codes.Fault):
        found = [devices.by_code(typed)]
    else:
        found = list(devices.with_serial(typed) or devices.with_imei(typed))
    here = [device for device in found if (gift := gift_of(device.id)) and gift.collection.id == one.id]
    if len(here) == 1:
        return here[0]
    if here:
        raise RuleBroken(
            N_(
                "Several devices of this collection have this serial number: scan the code of the one you hold."
            )
        )
    if found:
        raise RuleBroken(
            N_("%(code)s is not of this collection. Open its page to see where it belongs."),
            code=codes.shown(found[0].code),
        )
    raise NotHere(
        N_(
            "No device of this collection has “%(text)s” as code or serial number. If it is not on the list, add it."
        ),
        text=typed[:60],
    )


def origin_of(device_id: int) -> DonorKind | None:
    """Who gave a device, which decides who may receive it; None when nobody has said."""
    gift = gift_of(device_id)
    return gift.donor.kind if gift else None


def note_of(one: Collection) -> str | None:
    """The note written when a collection was opened, unless it was erased."""
    first = past.of_subject(Subject.COLLECTION, one.id, newest_first=False, limit=1)
    return past.note_of(first[0]) if first else None


def pending_list(token: str, one: Collection) -> PendingList:
    """The list that waits for a word. Raises `NotHere` when it was imported or is a day old."""
    found = session.get(PendingList, token)
    if found is None or found.collection_id != one.id:
        raise NotHere(
            N_("This list is imported already, or was left for more than a day. Choose the file again.")
        )
    return found


def waiting() -> tuple[int, int]:
    """(devices announced or collected that wait to be received, in how many collections)."""
    row = session.execute(
        select(func.count(), func.count(func.distinct(Intake.collection_id)))
        .select_from(Intake)
        .join(Device, Device.id == Intake.device_id)
        .where(Device.stage.in_(WAITING), Device.merged_into_id.is_(None))
    ).one()
    return row[0], row[1]


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page says about where it came from. Associations are not told."""
    if not actor.may(Permission.SEE_WORKSHOP):
        return None
    gift = gift_of(device.id)
    return {
        "gift": gift,
        "donor_name": shown_name(gift.donor, actor) if gift else None,
        "may_see_donor": actor.may(Permission.COORDINATE),
        "weight_g": device.weight_g,
        "accessories": [ACCESSORIES[Accessories(row.kind)] for row in device.accessories],
    }
