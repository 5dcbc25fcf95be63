"""What a label is to a stranger, how workshops are reached, and what finders wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Site
from tracker.accounts.rules import Actor, Role
from tracker.cards import queries as cards
from tracker.contacts.models import Contact
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.models import Device, Tag
from tracker.devices.tags import FREE, TagState
from tracker.errors import NotHere
from tracker.history.models import HistoryEntry, Note
from tracker.i18n import N_
from tracker.scanning.stranger_models import FoundReport, PublicContact
from tracker.scanning.stranger_rules import Label
from tracker.stock.models import Location
from tracker.wiping import certificate_queries as certificates
from tracker.wiping.models import Certificate

SHOWN = 100


@dataclass(frozen=True)
class Seen:
    """What a label is. `site_id` is the workshop that it belongs to, None where it belongs to none."""

    what: Label
    code: str = ""
    site_id: int | None = None
    device: Device | None = None
    certificate: Certificate | None = None


def seen(text: str) -> Seen:
    """What a label with this code is to everyone; never who, never where a device stands."""
    code = codes.read(text)
    found = None if isinstance(code, codes.Fault) else devices.resolve(code)
    if found is None:
        return Seen(Label.UNKNOWN)
    if found.device is not None:
        one = found.device
        number = certificates.numbers([one.id]).get(one.id)
        certificate = certificates.by_number(number) if number else None
        return Seen(Label.DEVICE, one.code, one.site_id, one, certificate)
    return _without_device(found.tag)


def _without_device(tag: Tag) -> Seen:
    if tag.state in FREE:
        return Seen(Label.FREE, tag.code)
    if tag.state is TagState.VOID:
        return Seen(Label.VOID, tag.code)
    if tag.kind in (Kind.LOCATION, Kind.BOX):
        site = session.scalar(select(Location.site_id).where(Location.code == tag.code))
        return Seen(Label.PLACE, tag.code, site)
    meaning = cards.meaning(tag.code)
    if meaning is None or not meaning.in_force:
        return Seen(Label.VOID, tag.code)
    return Seen(Label.BADGE if meaning.badge else Label.CARD, tag.code, meaning.site_id)


def ways_to_reach(site_id: int | None) -> Sequence[tuple[Site, Contact]]:
    """How the workshop is reached by anybody; all workshops where it is not known which."""
    chosen = (
        select(Site, Contact)
        .join(PublicContact, PublicContact.site_id == Site.id)
        .join(Contact, Contact.id == PublicContact.contact_id)
        .order_by(Site.id)
    )
    if site_id is not None:
        chosen = chosen.where(Site.id == site_id)
    return [(row[0], row[1]) for row in session.execute(chosen).all()]


def public_contact(site_id: int) -> Contact | None:
    row = session.get(PublicContact, site_id)
    return row.contact if row else None


def reports(by: Actor, *, answered: bool = False) -> Sequence[FoundReport]:
    """What finders wrote to the actor's workshop, an administrator's to all: the oldest first of what waits, the
    latest first of what was answered."""
    done = FoundReport.answered_at.is_not(None) if answered else FoundReport.answered_at.is_(None)
    chosen = (
        select(FoundReport)
        .where(done)
        .options(joinedload(FoundReport.contact), joinedload(FoundReport.device))
    )
    if not by.is_at_least(Role.ADMIN):
        chosen = chosen.where(FoundReport.site_id == by.site_id)
    order = FoundReport.answered_at.desc() if answered else FoundReport.id
    return session.scalars(chosen.order_by(order).limit(SHOWN)).all()


def count_waiting(by: Actor) -> int:
    chosen = select(func.count()).select_from(FoundReport).where(FoundReport.answered_at.is_(None))
    if not by.is_at_least(Role.ADMIN):
        chosen = chosen.where(FoundReport.site_id == by.site_id)
    return session.scalar(chosen) or 0


def report(number: int, by: Actor) -> FoundReport:
    """One that the actor may answer, its row locked. Raises `NotHere`."""
    found = session.get(FoundReport, number, with_for_update=True)
    if found is None or (found.site_id != by.site_id and not by.is_at_least(Role.ADMIN)):
        raise NotHere(N_("There is no such message of a finder. Look at the list."))
    return found


def words_of(found: Sequence[FoundReport]) -> dict[int, str]:
    """report id → what was written, where it is still kept."""
    rows = session.execute(
        select(FoundReport.id, Note.text)
        .join(HistoryEntry, HistoryEntry.id == FoundReport.history_id)
        .join(Note, Note.id == HistoryEntry.note_id)
        .where(FoundReport.id.in_([one.id for one in found]))
    )
    return {row[0]: row[1] or "" for row in rows}


def notes_of(conditions: Sequence[object]) -> Sequence[Note]:
    """The words that are still kept of the reports that meet these conditions."""
    return session.scalars(
        select(Note)
        .join(HistoryEntry, HistoryEntry.note_id == Note.id)
        .join(FoundReport, FoundReport.history_id == HistoryEntry.id)
        .where(Note.text.is_not(None), *conditions)  # type: ignore[arg-type]
    ).all()


def due_contacts(moment: datetime) -> Sequence[Contact]:
    """Contacts whose time is over."""
    return session.scalars(
        select(Contact).where(Contact.keep_until <= moment, Contact.forgotten.is_(False)).order_by(Contact.id)
    ).all()
