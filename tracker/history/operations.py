"""Adding to the chain, and erasing a note."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.history import head_operations as heads
from tracker.history import rules
from tracker.history.models import ChainHead, Checkpoint, HistoryEntry, Note
from tracker.prepared_writes import PreparedWrite
from tracker.statements import at_once, is_kept, table_of

# What every move of every device does: built once, on the table itself.
_ENTRIES = table_of(HistoryEntry)
_ENTRY = PreparedWrite(lambda _database: insert(_ENTRIES).returning(_ENTRIES.c.id))
_ENTRIES_AT_ONCE = insert(_ENTRIES)  # without ids asked back: one statement for any number of rows

_occasion: ContextVar[Mapping[str, Any]] = ContextVar("occasion", default=MappingProxyType({}))


@contextmanager
def during(**facts: Any) -> Iterator[None]:
    """What every entry says that is written in this block, whichever domain writes it: the batch that a scan is of.
    What an entry says itself comes first."""
    before = _occasion.set({**_occasion.get(), **facts})
    try:
        yield
    finally:
        _occasion.reset(before)


@dataclass(frozen=True)
class Line:
    """One of many entries written at once, without a note: `subject`, `action`, `facts` and `site_id` as in `append`."""

    subject: tuple[str, int]
    action: str
    site_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def append(
    *,
    subject: tuple[str, int],
    action: str,
    by: Actor,
    site_id: int | None = None,
    from_stage: str | None = None,
    to_stage: str | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str | None = None,
    at: datetime | None = None,
    dwell_s: int | None = None,
) -> HistoryEntry:
    """Write one entry at the head of the site's chain, in the running transaction.

    `subject` is a kind of `rules.Subject` and an id. `facts` hold codes, ids, numbers; `note` is free text, kept
    apart so that it can be erased. `at` defaults to now; `dwell_s` is the time spent in `from_stage`, in seconds.
    """
    site = site_id if site_id is not None else by.site_id
    sequence, previous = _take_head(site)
    kept = _keep_note(note)
    written = rules.Written(
        site_id=site,
        sequence=sequence,
        at=at or clock.now(),
        actor_kind=by.kind.value,
        actor_id=by.user_id if by.user_id is not None else by.token_id,
        subject_kind=subject[0],
        subject_id=subject[1],
        action=action,
        from_stage=from_stage,
        to_stage=to_stage,
        facts={**_occasion.get(), **(facts or {}), **_where(by)},
        note_hash=kept[1] if kept else None,
        previous=previous,
    )
    digest = rules.entry_hash(written)
    row = {**_columns(written), "hash": digest, "note_id": kept[0] if kept else None, "dwell_s": dwell_s}
    row["id"] = _ENTRY.first(**row)
    heads.move(site, sequence, digest)
    return is_kept(HistoryEntry, row)


def append_many(lines: Sequence[Line], by: Actor) -> None:
    """What `append` would write for each line in turn, in one statement a site. Sites are held in the order of their
    ids."""
    at = clock.now()
    by_site: dict[int, list[Line]] = {}
    for line in lines:
        by_site.setdefault(line.site_id if line.site_id is not None else by.site_id, []).append(line)
    for site in sorted(by_site):
        first, previous = _take_head(site)
        rows = []
        for sequence, line in enumerate(by_site[site], start=first):
            written = rules.Written(
                site_id=site,
                sequence=sequence,
                at=at,
                actor_kind=by.kind.value,
                actor_id=by.user_id if by.user_id is not None else by.token_id,
                subject_kind=line.subject[0],
                subject_id=line.subject[1],
                action=line.action,
                from_stage=None,
                to_stage=None,
                facts={**_occasion.get(), **line.facts, **_where(by)},
                note_hash=None,
                previous=previous,
            )
            previous = rules.entry_hash(written)
            rows.append({**_columns(written), "hash": previous, "note_id": None, "dwell_s": None})
        at_once(_ENTRIES_AT_ONCE, rows)
        heads.move(site, first + len(rows) - 1, previous)


def _where(by: Actor) -> dict[str, Any]:
    """The shared bench that somebody worked at, and where it is so, that only her badge said who she was."""
    if by.bench_id is None:
        return {}
    return {"bench": by.bench_id} if by.proven else {"bench": by.bench_id, "badge_alone": True}


def hold(*site_ids: int) -> None:
    """Lock the sites' chains, in the order of their ids, before any of them is written and after the devices are locked,
    so that two people never wait for each other crosswise."""
    for site_id in sorted(set(site_ids)):
        heads.take(site_id)


def head_of(site_id: int) -> tuple[int, str]:
    """(sequence, hash) of the last entry of a site's chain, with those of this transaction; (0, `GENESIS`) before any."""
    return heads.take(site_id)


def _columns(written: rules.Written) -> dict[str, Any]:
    return vars(written).copy()


def _take_head(site_id: int) -> tuple[int, str]:
    """Lock the site's head; the next sequence and the hash before it."""
    sequence, last = heads.take(site_id)
    return sequence + 1, last


def _keep_note(text: str | None) -> tuple[int, str] | None:
    if not text or not text.strip():
        return None
    note = Note(salt=rules.new_salt(), text=text.strip())
    session.add(note)
    session.flush()
    return note.id, rules.note_hash(note.salt or "", note.text or "")


def erase_note(note: Note) -> None:
    """Forget a free text for good; the chain still verifies."""
    note.text = None
    note.salt = None


def erase_notes_by(user_id: int) -> int:
    """Forget every free text that this user wrote, through a page or a key. How many there were."""
    wrote = (HistoryEntry.actor_id == user_id, HistoryEntry.actor_kind.in_(("user", "token")))
    written = session.scalars(
        select(Note).join(HistoryEntry).where(*wrote, Note.text.is_not(None)).distinct()
    ).all()
    for note in written:
        erase_note(note)
    session.flush()
    return len(written)


def checkpoint(at: datetime | None = None) -> Checkpoint:
    """Bind the heads of all sites together under one hash."""
    heads.write()
    rows = session.execute(
        select(ChainHead.site_id, ChainHead.sequence, ChainHead.hash)
        .order_by(ChainHead.site_id)
        .with_for_update()
    ).all()
    summary = {str(site): [sequence, digest] for site, sequence, digest in rows}
    digest = hashlib.sha256(rules.canonical(summary).encode()).hexdigest()
    made = Checkpoint(at=at or clock.now(), heads=summary, hash=digest)
    session.add(made)
    session.flush()
    return made
