"""Everything that changes a contact, down to forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tracker.clock import now
from tracker.contacts.models import Contact
from tracker.contacts.rules import LENGTHS, ContactKind, Purpose, checked
from tracker.database import session
from tracker.errors import RuleBroken
from tracker.i18n import N_

FIELDS = tuple(LENGTHS)


def add(
    kind: ContactKind,
    *,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    postcode: str | None = None,
    city: str | None = None,
    purpose: Purpose | None = None,
    keep_until: datetime | None = None,
) -> Contact:
    """A new contact; its name is needed. With a purpose it is kept for that alone, and until when. Raises `Malformed`,
    naming the field."""
    values = {
        "name": name,
        "email": email,
        "phone": phone,
        "address": address,
        "postcode": postcode,
        "city": city,
    }
    added = Contact(kind=kind, purpose=purpose, keep_until=keep_until, **checked(values))
    session.add(added)
    session.flush()
    return added


def change(contact: Contact, values: Mapping[str, str | None]) -> None:
    """Replace the fields given, and note that there was contact today."""
    if contact.forgotten:
        raise RuleBroken(N_("This contact was erased on request. Record a new one."))
    kept = {field: getattr(contact, field) for field in FIELDS}
    for field, value in checked({**kept, **values}).items():
        setattr(contact, field, value)
    touch(contact)


def touch(contact: Contact) -> None:
    """There was contact just now: what is kept for two years counts from here (RGPD)."""
    contact.last_contact_at = now()
    session.flush()


def forget(contact: Contact) -> None:
    """Blank every personal field; the row and its id stay, so that the record still holds. Cannot be undone."""
    for field in FIELDS:
        setattr(contact, field, None)
    contact.forgotten = True
    session.flush()
