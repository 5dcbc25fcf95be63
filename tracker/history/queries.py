"""Reading what happened, and proving that nobody changed it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select

from tracker.database import session
from tracker.history import rules
from tracker.history.models import ChainHead, Checkpoint, HistoryEntry, Note
from tracker.i18n import N_, Sentence
from tracker.web.pagination import ROWS, Key, Page, page_of

CHUNK = 5_000


def of_subject(
    kind: str, subject_id: int, *, newest_first: bool = True, limit: int = 200
) -> Sequence[HistoryEntry]:
    """The entries about one thing."""
    order = HistoryEntry.id.desc() if newest_first else HistoryEntry.id.asc()
    return session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.subject_kind == kind, HistoryEntry.subject_id == subject_id)
        .order_by(order)
        .limit(limit)
    ).all()


def page(kind: str, subject_id: int, *, cursor: str | None = None, limit: int = ROWS) -> Page:
    """The entries about one thing, the first thing first. `limit` ≤ 200."""
    chosen = select(HistoryEntry).where(
        HistoryEntry.subject_kind == kind, HistoryEntry.subject_id == subject_id
    )
    return page_of(chosen, [Key(HistoryEntry.id)], cursor, limit)


def last_move(kind: str, subject_id: int) -> HistoryEntry | None:
    """The last entry that changed the stage of this thing."""
    return session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_kind == kind,
            HistoryEntry.subject_id == subject_id,
            HistoryEntry.to_stage.is_not(None),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    ).first()


def last_of(kind: str, subject_id: int, action: str) -> HistoryEntry | None:
    """The last entry of this action about this thing."""
    return session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_kind == kind,
            HistoryEntry.subject_id == subject_id,
            HistoryEntry.action == action,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    ).first()


def entry(number: int, kind: str, subject_id: int) -> HistoryEntry | None:
    """The entry of this row id, if it is about this thing."""
    found = session.get(HistoryEntry, number)
    return found if found and (found.subject_kind, found.subject_id) == (kind, subject_id) else None


def note_of(entry: HistoryEntry) -> str | None:
    """The free text beside an entry, unless it was erased."""
    note = session.get(Note, entry.note_id) if entry.note_id else None
    return note.text if note else None


def notes_of(entries: Sequence[HistoryEntry]) -> dict[int, str]:
    """note id → text, for a page of entries in one query."""
    ids = [entry.note_id for entry in entries if entry.note_id]
    return note_texts(ids) if ids else {}


def note_texts(note_ids: Collection[int]) -> dict[int, str]:
    """note id → text, of those that were not erased."""
    rows = session.execute(select(Note.id, Note.text).where(Note.id.in_(note_ids), Note.text.is_not(None)))
    return {row[0]: row[1] or "" for row in rows}


def chain_faults() -> list[rules.ChainFault]:
    """Every fault of every site's chain and of the checkpoints; empty when all holds."""
    faults: list[rules.ChainFault] = []
    for head in session.execute(select(ChainHead.site_id, ChainHead.sequence, ChainHead.hash)).all():
        check = rules.ChainCheck(head.site_id)
        for entry in _in_order(head.site_id):
            check.feed(_written(entry), entry.hash)
            _check_note(entry, check)
        check.close(head.sequence, head.hash)
        faults += check.faults
    return faults + _checkpoint_faults()


def _in_order(site_id: int) -> Iterator[Row[Any]]:
    """Plain rows, a chunk at a time, so that ten million entries fit in a small memory."""
    columns = [*HistoryEntry.__table__.c, Note.salt, Note.text]
    after = 0
    while True:
        rows = session.execute(
            select(*columns)
            .outerjoin(Note, Note.id == HistoryEntry.note_id)
            .where(HistoryEntry.site_id == site_id, HistoryEntry.sequence > after)
            .order_by(HistoryEntry.sequence)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].sequence


def _written(entry: Row[Any]) -> rules.Written:
    return rules.Written(**{name: getattr(entry, name) for name in rules.Written.__dataclass_fields__})


def _check_note(entry: Row[Any], check: rules.ChainCheck) -> None:
    if entry.text is not None and rules.note_hash(entry.salt or "", entry.text) != entry.note_hash:
        sentence = Sentence(N_("The note of entry %(sequence)s was changed."), {"sequence": entry.sequence})
        check.faults.append(rules.ChainFault(entry.site_id, entry.sequence, sentence))


def _checkpoint_faults() -> list[rules.ChainFault]:
    faults = []
    for mark in session.scalars(select(Checkpoint)).all():
        bound = hashlib.sha256(rules.canonical(mark.heads).encode()).hexdigest()
        if bound != mark.hash:
            sentence = Sentence(N_("Checkpoint %(id)s was changed after it was written."), {"id": mark.id})
            faults.append(rules.ChainFault(0, mark.id, sentence))
        for site, (sequence, digest) in mark.heads.items():
            stored = session.execute(
                select(HistoryEntry.hash).where(
                    HistoryEntry.site_id == int(site), HistoryEntry.sequence == sequence
                )
            ).scalar()
            if sequence and stored != digest:
                sentence = Sentence(
                    N_("Checkpoint %(id)s names another entry %(sequence)s than the chain holds."),
                    {"id": mark.id, "sequence": sequence},
                )
                faults.append(rules.ChainFault(int(site), sequence, sentence))
    return faults
