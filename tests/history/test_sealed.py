"""History is only ever added to: every way of changing it is tried on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests import make
from tracker.accounts.rules import Actor
from tracker.database import is_postgresql, session, transaction
from tracker.history import operations, queries
from tracker.history.models import HistoryEntry, Note
from tracker.history.rules import Subject

FORBIDDEN = [
    "UPDATE history_entries SET action = 'lose'",
    "UPDATE history_entries SET facts = '{}' WHERE id = 1",
    "DELETE FROM history_entries",
    "DELETE FROM history_entries WHERE id = 1",
    "UPDATE checkpoints SET hash = 'x'",
    "DELETE FROM checkpoints",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO history_entries SELECT * FROM history_entries WHERE id = 1",
    "REPLACE INTO history_entries SELECT * FROM history_entries WHERE id = 1",
    "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints",
    "UPDATE OR REPLACE history_entries SET id = 2 WHERE id = 1",
]
ON_POSTGRESQL = [
    "TRUNCATE history_entries",
    "TRUNCATE history_entries CASCADE",
    "TRUNCATE sites CASCADE",
    "TRUNCATE checkpoints",
    (
        "INSERT INTO history_entries SELECT * FROM history_entries WHERE id = 1 "
        "ON CONFLICT (id) DO UPDATE SET action = 'lose'"
    ),
]


@pytest.fixture
def written(app: Flask) -> None:
    make.device()
    make.device()
    with transaction():
        operations.checkpoint()


def everything() -> list[tuple[object, ...]]:
    session.rollback()
    rows = session.execute(text("SELECT id, sequence, action, hash FROM history_entries ORDER BY id")).all()
    marks = session.execute(text("SELECT id, hash FROM checkpoints ORDER BY id")).all()
    return [tuple(row) for row in (*rows, *marks)]


def test_no_statement_changes_or_removes_an_entry(written: None) -> None:
    before = everything()
    assert len(before) == 3
    for statement in FORBIDDEN + (ON_POSTGRESQL if is_postgresql() else ON_SQLITE):
        session.rollback()
        with pytest.raises(DatabaseError, match=r"only ever added to|cannot truncate"):
            session.execute(text(statement))
        assert everything() == before, statement


def test_sqlite_refuses_a_replacement_even_from_a_client_without_recursive_triggers(written: None) -> None:
    if is_postgresql():
        return  # the statement exists on SQLite only
    before = everything()
    session.rollback()
    session.execute(text("PRAGMA recursive_triggers=OFF"))
    for statement in ON_SQLITE[:3]:
        with pytest.raises(DatabaseError, match="only ever added to"):
            session.execute(text(statement))
        session.rollback()
        session.execute(text("PRAGMA recursive_triggers=OFF"))
    assert everything() == before


def _append_and_fail(by: Actor) -> None:
    operations.append(subject=(Subject.DEVICE, 1), action="edit", by=by)
    raise RuntimeError("the power fails")


def test_a_rolled_back_change_leaves_no_gap_in_the_sequence(written: None) -> None:
    by = make.system()
    with pytest.raises(RuntimeError), transaction():
        _append_and_fail(by)
    with transaction():
        entry = operations.append(subject=(Subject.DEVICE, 1), action="edit", by=by)
        sequence = entry.sequence
    assert sequence == 3
    assert queries.chain_faults() == []


def test_an_erased_note_leaves_the_chain_whole_and_a_changed_one_shows(app: Flask) -> None:
    device = make.device()
    with transaction():
        operations.append(
            subject=(Subject.DEVICE, device.id), action="lose", by=make.system(), note="left in the van"
        )
    with transaction():
        operations.erase_note(session.query(Note).one())
    assert queries.chain_faults() == []
    with transaction():
        operations.append(
            subject=(Subject.DEVICE, device.id), action="find", by=make.system(), note="behind the door"
        )
    with transaction():
        session.query(Note).order_by(Note.id.desc()).first().text = "someone else had it"  # type: ignore[union-attr]
    assert [str(fault.sentence) for fault in queries.chain_faults()] == ["The note of entry 3 was changed."]


def test_sites_have_chains_of_their_own(app: Flask) -> None:
    first, second = make.site("NORD"), make.site("SUD")
    ids = (first.id, second.id)
    with transaction():
        for site_id in (*ids, *ids):
            operations.append(subject=(Subject.DEVICE, 1), action="edit", by=make.system(), site_id=site_id)
    found = session.query(HistoryEntry.site_id, HistoryEntry.sequence).order_by(HistoryEntry.id).all()
    assert [tuple(row) for row in found] == [(ids[0], 1), (ids[1], 1), (ids[0], 2), (ids[1], 2)]
    with transaction():
        operations.checkpoint()
    assert queries.chain_faults() == []
