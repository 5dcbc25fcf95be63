"""A finder's word reaches the workshop, is answered, and is erased when its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker import clock
from tracker.accounts.rules import Actor, ActorKind, Permission, Role
from tracker.contacts import operations as contacts
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind, Purpose
from tracker.database import session
from tracker.devices import codes
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.scanning import stranger_queries as queries
from tracker.scanning import stranger_rules as rules
from tracker.scanning.stranger_models import FoundReport, PublicContact
from tracker.scanning.stranger_queries import Seen


def write(
    seen: Seen, words: str, *, name: str | None = None, email: str | None = None, phone: str | None = None
) -> FoundReport:
    """Keep what somebody wrote who found this. The way to answer is kept for that alone, and not for long.

    Raises `RuleBroken` for a label that is on nothing of ours, `Malformed` for an address that is none.
    """
    if seen.what not in rules.OURS or seen.site_id is None:
        raise RuleBroken(N_("This label is on nothing of ours: there is nobody to tell."))
    text = words.strip()[: rules.LONGEST_WORDS]
    if not text:
        raise Malformed(N_("Write where it is, or what happened."), field="words")
    anybody = Actor(Role.ASSOCIATION, site_id=seen.site_id, kind=ActorKind.LINK)
    until = rules.kept_until(clock.now())
    contact = _contact(name, email, phone, until)
    entry = _about(seen.code, "found_report", anybody, {"contact": contact.id if contact else None}, text)
    report = FoundReport(
        site_id=seen.site_id,
        code=seen.code,
        device_id=seen.device.id if seen.device else None,
        contact_id=contact.id if contact else None,
        history_id=entry.id,
        keep_until=until,
    )
    session.add(report)
    session.flush()
    if seen.device is not None:
        history.append(
            subject=(Subject.DEVICE, seen.device.id),
            action="found_by_stranger",
            by=anybody,
            facts={"report": report.id},
        )
    return report


def _contact(name: str | None, email: str | None, phone: str | None, until: Any) -> Contact | None:
    if not (email or phone):
        return None  # a name alone reaches nobody
    return contacts.add(
        ContactKind.PERSON,
        name=name or email or phone,
        email=email,
        phone=phone,
        purpose=Purpose.FOUND,
        keep_until=until,
    )


def answer(report: FoundReport, by: Actor, note: str | None = None) -> HistoryEntry | None:
    """Somebody has answered, or there is nothing to answer: the message is closed. None when it was already."""
    by.must(Permission.COORDINATE)
    if report.answered_at is not None:
        return None
    report.answered_at, report.answered_by = clock.now(), by.user_id
    report.keep_until = rules.kept_until(report.at, report.answered_at)
    if report.contact is not None and not report.contact.forgotten:
        report.contact.keep_until = report.keep_until
        contacts.touch(report.contact)
    session.flush()
    return _about(report.code, "found_answered", by, {"report": report.id}, note, site_id=report.site_id)


def set_public_contact(site_id: int, by: Actor, values: Mapping[str, str | None]) -> Contact:
    """Say how everyone reaches a workshop: `name`, `email`, `phone`, `address`, `postcode`, `city`."""
    by.must(Permission.COORDINATE)
    row = session.get(PublicContact, site_id, with_for_update=True)
    if row is None:
        contact = contacts.add(ContactKind.BODY, name=values.get("name"))
        contacts.change(contact, values)
        session.add(PublicContact(site_id=site_id, contact_id=contact.id))
    else:
        contact = row.contact
        contacts.change(contact, values)
    session.flush()
    facts = {"contact": contact.id}
    history.append(
        subject=(Subject.CONTACT, contact.id),
        action="set_public_contact",
        by=by,
        site_id=site_id,
        facts=facts,
    )
    return contact


def erase_due(by: Actor) -> int:
    """Erase the words and addresses of finders whose time is over. How many there were."""
    moment = clock.now()
    notes = queries.notes_of([FoundReport.keep_until <= moment])
    due = queries.due_contacts(moment)
    for note in notes:
        history.erase_note(note)
    for contact in due:
        contacts.forget(contact)
        history.append(
            subject=(Subject.CONTACT, contact.id), action="forget", by=by, facts={"contact": contact.id}
        )
    session.flush()
    return len(notes) + len(due)


def forget_words(contact_id: int) -> int:
    """Erase what this person wrote, who asks to be forgotten. How many texts there were."""
    notes = queries.notes_of([FoundReport.contact_id == contact_id])
    for note in notes:
        history.erase_note(note)
    session.flush()
    return len(notes)


def _about(
    code: str,
    action: str,
    by: Actor,
    facts: Mapping[str, Any],
    note: str | None,
    *,
    site_id: int | None = None,
) -> HistoryEntry:
    return history.append(
        subject=(Subject.TAG, codes.number_of(code)),
        action=action,
        by=by,
        site_id=site_id,
        facts={"code": code, **facts},
        note=note,
    )
