"""`tracker forget`: a person asks to be erased (RGPD, article 17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tracker.cli import application
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.i18n import N_

if TYPE_CHECKING:
    from tracker.accounts.models import User
    from tracker.accounts.rules import Actor
    from tracker.contacts.models import Contact

CONTACT = "contact:"
FORGET = "forget"  # the action in the history: part of the hash, never to be renamed
# What is counted, in the order in which it is said.
COUNTED = ("users", "contacts", "signatures", "notes")


@dataclass(frozen=True)
class Person:
    """All that a reference leads to: who signs in, and whom we reach."""

    user: User | None
    contacts: tuple[Contact, ...]


@click.command()
@click.argument("reference", metavar="REF")
@click.option("--notes", is_flag=True, help="Erase also the notes that this person wrote in the history.")
@click.option(
    "--by", "by", metavar="EMAIL", help="Who does it: the e-mail of a coordinator or administrator."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(reference: str, notes: bool, by: str | None, yes: bool) -> None:
    """Erase a person for good: name, e-mail, address, signatures, password, sessions, keys.

    REF is an e-mail address (the user's and the contacts' that have it), contact:ID, or a donor's reference (D-001:
    the person we reach there). Devices, documents and the history stay, with numbers in the place of the person. Notes
    that the person wrote stay too, since they are about devices, unless --notes. The history then says that a user or
    a contact was forgotten, by number, and who did it: the one of --by, else this command.
    """
    from tracker.database import session, transaction

    with application():
        person = found(reference)
        if notes and person.user is None:
            raise RuleBroken(N_("Only a user writes notes. Leave out --notes, or give the user’s e-mail."))
        _who(by)
        what = f"{int(person.user is not None)} users and {len(person.contacts)} contacts"
        session.rollback()  # nothing is read for as long as the question stands
        if not yes:
            click.confirm(f"{reference}: {what} will be erased for good. Go on?", abort=True)
        with transaction():
            erased = _erase(found(reference), notes, _who(by))
        click.echo("Erased: " + ", ".join(f"{erased[name]} {name}" for name in COUNTED))


def found(reference: str) -> Person:
    """Who is meant. Raises `NotHere` or `Malformed`, one sentence."""
    wanted = reference.strip()
    if wanted.lower().startswith(CONTACT):
        return Person(None, (_contact(wanted[len(CONTACT) :]),))
    if "@" in wanted:
        return _with_email(wanted)
    return Person(None, (_of_donor(wanted),))


def _contact(number: str) -> Contact:
    from tracker.contacts import queries

    if not (number.isascii() and number.isdigit() and len(number) <= 9):  # fits the column
        raise Malformed(N_("After “contact:” comes the contact’s number, as in contact:12."))
    return queries.contact(int(number))


def _with_email(email: str) -> Person:
    from tracker.accounts import queries as accounts
    from tracker.accounts.rules import normal_email
    from tracker.contacts import queries as contacts

    normal = normal_email(email)
    person = Person(accounts.user_by_email(normal), tuple(contacts.with_email(normal)))
    if person == Person(None, ()):
        raise NotHere(N_("Nobody has the address %(email)s. Look for another spelling."), email=email)
    return person


def _of_donor(reference: str) -> Contact:
    from tracker.collection import queries

    donor = queries.donor(reference)
    if donor.contact is None:
        raise NotHere(
            N_("The donor %(reference)s names no person: there is nothing to erase."),
            reference=donor.reference,
        )
    return donor.contact


def _who(email: str | None) -> Actor:
    """Who does it: the command, or the person behind this address if her role allows it."""
    from tracker.accounts import queries
    from tracker.accounts.rules import SYSTEM, Actor, Permission, normal_email

    if email is None:
        return SYSTEM
    user = queries.user_by_email(normal_email(email))
    if user is None or not user.active:
        raise NotHere(N_("Nobody who may sign in has the address %(email)s: look at --by."), email=email)
    actor = Actor(user.role, user.id, user.association_id, user.site_id)
    actor.must(Permission.COORDINATE)
    return actor


def _erase(person: Person, notes: bool, by: Actor) -> Counter[str]:
    """Inside a transaction. How many of each kind were erased."""
    from tracker.accounts import operations as accounts
    from tracker.api import keyed
    from tracker.history import operations as history
    from tracker.history.rules import Subject

    erased = _erase_contacts(person.contacts, by)
    if person.user is not None:
        site = person.user.site_id
        accounts.forget(person.user, by)
        erased["users"] += 1
        if notes:
            erased["notes"] += history.erase_notes_by(person.user.id)
        facts = {"user": person.user.id, "notes": erased["notes"]}
        history.append(
            subject=(Subject.USER, person.user.id), action=FORGET, by=by, site_id=site, facts=facts
        )
    keyed.erase_answers()  # any of them may name the person
    return erased


def _erase_contacts(found: Iterable[Contact], by: Actor) -> Counter[str]:
    from tracker.collection import arrival_operations as arrivals
    from tracker.contacts import operations as contacts
    from tracker.distribution import operations as handovers
    from tracker.history import operations as history
    from tracker.history.rules import Subject
    from tracker.scanning import stranger_operations as strangers

    erased: Counter[str] = Counter()
    for contact in found:
        signed = handovers.forget_signatures(contact.id) + arrivals.forget_signatures(contact.id)
        erased["notes"] += strangers.forget_words(contact.id)
        contacts.forget(contact)
        erased["contacts"] += 1
        erased["signatures"] += signed
        facts = {"contact": contact.id, "signatures": signed}
        history.append(subject=(Subject.CONTACT, contact.id), action=FORGET, by=by, facts=facts)
    return erased
