"""Sheets and rolls that a workshop adds: never another workshop's, and never changed under what was printed on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from labels.errors import LabelError
from tests import make
from tracker.accounts.rules import Actor, Role
from tracker.database import session, transaction
from tracker.errors import Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.printing import medium_operations, medium_queries
from tracker.printing.medium_models import OwnMedium
from tracker.printing.medium_rules import Packet

PACKET = Packet("Étiquettes du bac", "sheet", 63.5, 38.1, 3, 7, left_mm=7.2, top_mm=15.15)


@pytest.fixture
def by(app: Flask) -> Actor:
    return make.actor(Role.COORDINATOR)


def add(by: Actor, packet: Packet = PACKET) -> OwnMedium:
    with transaction():
        return medium_operations.add_medium(packet, by)


def entries() -> list[HistoryEntry]:
    chosen = select(HistoryEntry).where(HistoryEntry.subject_kind == Subject.MEDIUM)
    return list(session.scalars(chosen.order_by(HistoryEntry.id)))


def test_what_was_added_can_be_printed_on_here_and_nowhere_else(by: Actor) -> None:
    row = add(by)
    other = make.site("SUD").id
    assert row.name == "own-etiquettes-du-bac"
    assert medium_queries.media(by.site_id)[0].name == row.name
    assert medium_queries.medium(row.name.upper(), by.site_id).cells == 21
    assert all(one.name != row.name for one in medium_queries.media(other))
    with pytest.raises(LabelError, match="no label medium"):
        medium_queries.medium(row.name, other)
    with pytest.raises(NotHere):
        medium_queries.own_medium(row.name, other)


def test_adding_changing_and_retiring_are_on_record_in_whole_numbers(by: Actor) -> None:
    row = add(by)
    with transaction():
        medium_operations.change_medium(row, replace(PACKET, top_mm=15.0), by, printed=False)
        assert medium_operations.retire_medium(row, by) is not None
        assert medium_operations.retire_medium(row, by) is None
        assert medium_operations.restore_medium(row, by) is not None
    assert [one.action for one in entries()] == [
        "add_medium",
        "change_medium",
        "retire_medium",
        "restore_medium",
    ]
    facts = entries()[1].facts
    assert (facts["name"], facts["top_um"], facts["width_um"]) == (row.name, 15_000, 63_500)
    assert not any(isinstance(value, float) for value in facts.values())


def test_one_that_was_printed_on_is_kept_and_a_copy_takes_its_place(by: Actor) -> None:
    row = add(by)
    with transaction():
        copy = medium_operations.change_medium(row, replace(PACKET, rows=6), by, printed=True)
    assert (row.rows, copy.rows) == (7, 6)
    assert row.retired_at is not None and copy.name == f"{row.name}-2" and copy.words == row.words
    assert medium_queries.ever(row.name).rows == 7
    with pytest.raises(LabelError):
        medium_queries.medium(row.name, by.site_id)


def test_a_change_that_changes_nothing_leaves_no_trace(by: Actor) -> None:
    row = add(by)
    with transaction():
        assert medium_operations.change_medium(row, PACKET, by, printed=True) is row
    assert [one.action for one in entries()] == ["add_medium"] and row.retired_at is None


def test_two_in_use_never_bear_the_same_words(by: Actor) -> None:
    row = add(by)
    with pytest.raises(Malformed) as refusal:
        add(by, replace(PACKET, words="ÉTIQUETTES du bac"))
    assert refusal.value.field == "words"
    with transaction():
        medium_operations.retire_medium(row, by)
    assert add(by).name == f"{row.name}-2"
    with pytest.raises(Malformed), transaction():
        medium_operations.restore_medium(row, by)


def test_what_is_retired_is_not_changed(by: Actor) -> None:
    row = add(by)
    with transaction():
        medium_operations.retire_medium(row, by)
    with pytest.raises(RuleBroken, match="retired"), transaction():
        medium_operations.change_medium(row, replace(PACKET, rows=6), by, printed=False)


def test_volunteers_use_media_and_do_not_add_them(by: Actor) -> None:
    row = add(by)
    volunteer = make.actor(Role.VOLUNTEER)
    with pytest.raises(NotAllowed):
        add(volunteer, replace(PACKET, words="Autre"))
    with pytest.raises(NotAllowed), transaction():
        medium_operations.retire_medium(row, volunteer)


def test_an_impossible_one_is_not_added(by: Actor) -> None:
    with pytest.raises(Malformed, match="overlap"):
        add(by, replace(PACKET, columns=4))
    assert not medium_queries.own(by.site_id) and not entries()
