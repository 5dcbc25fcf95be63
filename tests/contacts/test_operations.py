"""Contacts: found again, checked, and forgotten so that nothing of the person stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tracker.clock import now
from tracker.contacts import operations, queries
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind
from tracker.database import session, transaction
from tracker.errors import Malformed, RuleBroken

WHO = {
    "name": "Camille  Exemple ",
    "email": "Camille@Example.org",
    "phone": "+33 1 23 45 67 89",
    "address": "1 rue du Port",
    "postcode": "44000",
    "city": "Nantes",
}


def test_a_forgotten_contact_keeps_its_row_and_nothing_else(app: Flask) -> None:
    with transaction():
        contact_id = operations.add(ContactKind.PERSON, **WHO).id
    with transaction():
        operations.forget(queries.contact(contact_id))
    row = session.execute(select(Contact.__table__).where(Contact.id == contact_id)).one()._asdict()
    for word in ("camille", "exemple", "23 45", "port", "44000", "nantes"):
        assert word not in str(row).lower()
    assert row["forgotten"]
    with pytest.raises(RuleBroken), transaction():
        operations.change(queries.contact(contact_id), {"name": "Camille"})


def test_fields_are_cleaned(app: Flask) -> None:
    with transaction():
        kept = operations.add(ContactKind.PERSON, **WHO)
    assert (kept.name, kept.email) == ("Camille Exemple", "camille@example.org")


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("email", "camille"), ("phone", "call me"), ("city", "x" * 121)]
)
def test_a_wrong_field_is_named(app: Flask, field: str, value: str) -> None:
    with pytest.raises(Malformed) as refusal, transaction():
        operations.add(ContactKind.PERSON, **{**WHO, field: value})
    assert refusal.value.field == field


def test_the_same_person_is_found_again(app: Flask) -> None:
    with transaction():
        kept = operations.add(ContactKind.PERSON, **WHO)
    assert queries.same_person(None, "CAMILLE@example.org") == kept
    assert queries.same_person(" camille exemple", None) == kept
    assert queries.same_person("Someone Else", "other@example.org") is None
    assert list(queries.search("nan")) == [kept]
    assert list(queries.search("%")) == []


def test_whoever_was_not_in_touch_for_two_years_is_listed(app: Flask) -> None:
    with transaction():
        kept = operations.add(ContactKind.BODY, name="Mairie")
        kept.last_contact_at = now() - timedelta(days=800)
        operations.add(ContactKind.BODY, name="Région")
    assert [one.name for one in queries.untouched_since(now() - timedelta(days=730))] == ["Mairie"]
