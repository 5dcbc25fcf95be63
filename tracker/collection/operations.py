"""Everything that changes donors and collections, and how devices come in and go back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.collection import queries
from tracker.collection.models import Collection, Donor, Intake
from tracker.collection.rules import (
    DonorKind,
    Line,
    Reachable,
    SameSerial,
    clean_siret,
    leads_on,
    must_be_a_reference,
    must_be_named,
)
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind
from tracker.database import session
from tracker.devices import codes, particulars
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.operations import perform, tell
from tracker.devices.particulars import MERGEABLE
from tracker.devices.queries import with_imei, with_serial
from tracker.devices.rules import Accessories
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.history import number_operations as numbers
from tracker.history import operations as history
from tracker.history.models import EVERY_YEAR, HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_


def add_donor(
    kind: DonorKind,
    by: Actor,
    *,
    name: str | None = None,
    siret: str | None = None,
    reachable: Reachable | None = None,
    reference: str | None = None,
) -> Donor:
    """A new donor. `name` is an organisation's; a person's is in `reachable`. Without a reference, one is made: D-001."""
    by.must(Permission.COORDINATE)
    reachable = reachable or Reachable()
    must_be_named(kind, name, reachable)
    donor = Donor(
        reference=_reference("D", None, reference, queries.is_donor_reference),
        kind=kind,
        name=None if kind is DonorKind.PERSON else name,
        siret=clean_siret(siret),
    )
    session.add(donor)
    _keep_reachable(donor, reachable)
    session.flush()
    _about_donor(donor, "add_donor", by, {"reference": donor.reference, "kind": kind.value})
    return donor


def edit_donor(
    donor: Donor,
    by: Actor,
    *,
    kind: DonorKind,
    name: str | None,
    siret: str | None,
    reachable: Reachable,
) -> HistoryEntry | None:
    """Correct a donor. History says which fields changed, never what a person is called."""
    by.must(Permission.COORDINATE)
    must_be_named(kind, name, reachable)
    wanted = {"kind": kind, "name": None if kind is DonorKind.PERSON else name, "siret": clean_siret(siret)}
    changed = [field for field, value in wanted.items() if getattr(donor, field) != value]
    for field in changed:
        setattr(donor, field, wanted[field])
    if _keep_reachable(donor, reachable):
        changed.append("contact")
    session.flush()
    return _about_donor(donor, "edit_donor", by, {"fields": sorted(changed)}) if changed else None


def _keep_reachable(donor: Donor, reachable: Reachable) -> bool:
    """Write the contact behind a donor; True when that changed anything."""
    kind = ContactKind.PERSON if donor.kind is DonorKind.PERSON else ContactKind.BODY
    values = vars(reachable)
    if donor.contact is None:
        if not any(values.values()):
            return False
        donor.contact = Contact(kind=kind, **values)
        return True
    before = {name: getattr(donor.contact, name) for name in values}
    for name, value in values.items():
        setattr(donor.contact, name, value)
    donor.contact.kind = kind
    return before != values


def _about_donor(donor: Donor, action: str, by: Actor, facts: Mapping[str, Any]) -> HistoryEntry:
    return history.append(subject=(Subject.DONOR, donor.id), action=action, by=by, facts=facts)


def open_collection(
    donor: Donor,
    date: dt.date,
    by: Actor,
    *,
    reference: str | None = None,
    note: str | None = None,
    site_id: int | None = None,
) -> Collection:
    """A new gift. Without a reference, the year's next one is made: C-2026-001."""
    by.must(Permission.WORK)
    _must_be_a_likely_day(date)
    collection = Collection(
        reference=_reference("C", date.year, reference, queries.is_collection_reference),
        donor_id=donor.id,
        site_id=site_id or by.site_id,
        date=date,
    )
    session.add(collection)
    session.flush()
    if donor.contact is not None:
        donor.contact.last_contact_at = clock.now()
    history.append(
        subject=(Subject.COLLECTION, collection.id),
        action="open_collection",
        by=by,
        site_id=collection.site_id,
        facts={"reference": collection.reference, "donor": donor.reference, "date": date.isoformat()},
        note=note,
    )
    return collection


def _must_be_a_likely_day(date: dt.date) -> None:
    today = clock.local(clock.now()).date()
    if not dt.date(2000, 1, 1) <= date <= today + dt.timedelta(days=366):
        raise Malformed(N_("The date of a collection is between 2000 and a year from now."), field="date")


def _reference(series: str, year: int | None, wished: str | None, taken: Callable[[str], object]) -> str:
    """The reference given by hand if it is free, else the next of the series."""
    if wished and wished.strip():
        reference = must_be_a_reference(wished)
        if taken(reference):
            raise Conflict(N_("The reference %(reference)s is taken. Choose another."), reference=reference)
        return reference
    begins = f"{series}-{year}" if year else series
    while taken(reference := f"{begins}-{numbers.take(series, year or EVERY_YEAR):03}"):
        pass
    return reference


def add_device(
    collection: Collection,
    line: Line,
    action: Action,
    by: Actor,
    *,
    code: str | None = None,
    another: bool = False,
) -> Device:
    """A new device in a collection, whose journey begins with `action`. `code`: a minted tag to put on it.

    Raises `SameSerial` where devices on record have its serial number or IMEI, unless `another` says that it is none
    of them.
    """
    queries.locked(collection.id)
    if not another:
        must_be_new(line.serial, line.imei, line.imei2)
    intake = Intake(collection_id=collection.id, position=queries.last_position(collection.id) + 1)
    return take_in(collection, line, action, by, intake, code=code)


def must_be_new(serial: str | None, *imeis: str | None) -> None:
    """Raise `SameSerial` where devices on record have this serial number, or one of these IMEIs."""
    known = with_serial(serial)
    phones = () if known else with_imei(serial, *imeis)
    if known or phones:
        raise SameSerial([one.code for one in known or phones], imei=bool(phones))


def take_in(
    collection: Collection, line: Line, action: Action, by: Actor, intake: Intake, *, code: str | None = None
) -> Device:
    """As `add_device`, at a place already counted out under the collection's lock."""
    by.must(Permission.WORK)
    device = particulars.register(
        line.type,
        action,
        by,
        code=code,
        manufacturer=line.manufacturer,
        model=line.model,
        serial=line.serial,
        imei=line.imei,
        imei2=line.imei2,
        weight_g=line.weight_g,
        specification=line.specification,
        site_id=collection.site_id,
        accessories={Accessories.CHARGER} if line.charger else (),
        facts={"collection": collection.reference, "position": intake.position},
    )
    intake.device_id = device.id
    session.add(intake)
    session.flush()
    return device


def same_again(collection: Collection, device: Device, action: Action, by: Actor) -> HistoryEntry | None:
    """The device being added is one we know: take it further on its way in, or into this collection.

    None when there is nothing left to do. Refuses a device that came with another collection, or is past its arrival.
    """
    gift = queries.gift_of(device.id)
    if gift is not None and gift.collection.id != collection.id:
        raise RuleBroken(
            N_("%(code)s came with the collection %(reference)s. Open its page to see where it stands."),
            code=codes.shown(device.code),
            reference=gift.collection.reference,
        )
    if gift is None:
        _join(collection, device, by)
    if leads_on(device.stage, action):
        return perform(device, action, by)
    return None


def _join(collection: Collection, device: Device, by: Actor) -> None:
    by.must(Permission.WORK)
    if device.stage not in MERGEABLE:
        raise RuleBroken(
            N_("%(code)s is already past its arrival. Open its page, and record what happens to it there."),
            code=codes.shown(device.code),
        )
    queries.locked(collection.id)
    position = queries.last_position(collection.id) + 1
    session.add(Intake(device_id=device.id, collection_id=collection.id, position=position))
    tell(device, "join_collection", by, {"collection": collection.reference, "position": position})


def merge_intakes(kept: Device, gone: Device, by: Actor) -> None:
    """The record kept takes the place of the other in its collection, unless it has one. Else the place stays with the
    record that is gone, so that the list it came from still knows its row."""
    places = session.scalars(select(Intake).where(Intake.device_id.in_([kept.id, gone.id]))).all()
    if [place.device_id for place in places] == [gone.id]:
        places[0].device_id = kept.id
