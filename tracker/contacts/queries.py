"""Who can be reached, found by what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from tracker.contacts.models import Contact
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_


def contact(contact_id: int) -> Contact:
    found = session.get(Contact, contact_id)
    if found is None:
        raise NotHere(N_("There is no such contact."))
    return found


def same_person(name: str | None, email: str | None) -> Contact | None:
    """A contact with this e-mail, else with this very name, so that nobody is recorded twice."""
    for column, value in ((Contact.email, email), (Contact.name, name)):
        wanted = " ".join((value or "").split()).lower()
        if wanted:
            same = select(Contact).where(func.lower(column) == wanted).order_by(Contact.id)
            found = session.execute(same).scalars().first()
            if found:
                return found
    return None


def with_email(email: str) -> Sequence[Contact]:
    """Every contact that is reached at this address, given without capitals."""
    return session.scalars(select(Contact).where(Contact.email == email).order_by(Contact.id)).all()


def search(text: str, *, limit: int = 20) -> Sequence[Contact]:
    """Contacts whose name, e-mail or town begins with `text`; names first by the alphabet."""
    pattern = f"{_literally(text.strip().lower())}%"
    columns = (Contact.name, Contact.email, Contact.city)
    chosen = select(Contact).where(or_(*(func.lower(one).like(pattern, escape="\\") for one in columns)))
    return session.execute(chosen.order_by(func.lower(Contact.name), Contact.id).limit(limit)).scalars().all()


def untouched_since(moment: datetime) -> Sequence[Contact]:
    """Contacts with no contact since `moment`, that are due to be forgotten."""
    due = (Contact.last_contact_at < moment, Contact.forgotten.is_(False))
    return session.execute(select(Contact).where(*due).order_by(Contact.last_contact_at)).scalars().all()


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
