"""Pages by key: nothing twice, nothing left out, whatever comes in between; a strange cursor is refused."""

from __future__ import annotations

import base64

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tracker.clock import now
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind
from tracker.database import session, transaction
from tracker.errors import Malformed
from tracker.web.pagination import Key, Page, page_of

KEYS = [Key(Contact.last_contact_at, descending=True), Key(Contact.id)]


def fill(count: int) -> list[int]:
    """Contacts in threes of one moment; their ids in the order of `KEYS`."""
    from datetime import timedelta

    start = now()
    with transaction():
        made = [
            Contact(kind=ContactKind.BODY, name=f"n{n}", last_contact_at=start - timedelta(hours=n // 3))
            for n in range(count)
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def page(cursor: str | None, limit: int = 4) -> Page:
    return page_of(select(Contact), KEYS, cursor, limit)


def ids(found: Page) -> list[int]:
    return [one.id for one in found.items]


def test_pages_forward_show_each_row_once(app: Flask) -> None:
    expected, seen, cursor = fill(11), [], None
    while True:
        found = page(cursor)
        seen += ids(found)
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == expected


def test_back_leads_to_the_same_pages(app: Flask) -> None:
    fill(11)
    first = page(None)
    second = page(first.next_cursor)
    third = page(second.next_cursor)
    assert ids(page(third.previous_cursor)) == ids(second)
    assert ids(page(page(third.previous_cursor).previous_cursor)) == ids(first)
    assert first.previous_cursor is None
    assert page(page(third.previous_cursor).previous_cursor).previous_cursor is None


def test_what_comes_in_between_shifts_nothing(app: Flask) -> None:
    expected = fill(8)
    first = page(None)
    with transaction():
        session.add(Contact(kind=ContactKind.BODY, name="new", last_contact_at=now()))
    assert ids(page(first.next_cursor)) == expected[4:]


def test_a_full_last_page_has_no_next(app: Flask) -> None:
    fill(4)
    assert page(None).next_cursor is None


def test_a_page_is_never_longer_than_the_most(app: Flask) -> None:
    fill(3)
    assert len(page(None, limit=-5).items) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=40), st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
    )
)
def test_a_strange_cursor_is_refused_with_a_sentence(app: Flask, cursor: str) -> None:
    if cursor:
        with pytest.raises(Malformed):
            page(cursor)


@pytest.mark.parametrize(
    "text", ['[0,{"t":"2026-01-01T00:00:00"},1]', "[0,1]", "[0,null,1]", f"[0,1,{10**30}]", "[[[", "{}"]
)
def test_a_forged_cursor_is_refused(app: Flask, text: str) -> None:
    with pytest.raises(Malformed):
        page(base64.urlsafe_b64encode(text.encode()).decode())
