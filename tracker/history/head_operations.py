"""The head of each site's chain within a transaction: locked and read once, moved in memory by each entry, and written
once before the end. Fifty scans in one call would else read and write it fifty times."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from tracker.database import is_postgresql, session
from tracker.history import rules
from tracker.history.models import ChainHead
from tracker.prepared import Prepared
from tracker.prepared_writes import PreparedWrite
from tracker.statements import table_of

_HEADS = table_of(ChainHead)
_HEAD = Prepared(
    lambda: (
        select(_HEADS.c.sequence, _HEADS.c.hash)
        .where(_HEADS.c.site_id == bindparam("site"))
        .with_for_update()
    )
)
_NEW_HEAD = PreparedWrite(
    lambda _database: (
        update(_HEADS)
        .where(_HEADS.c.site_id == bindparam("site"))
        .values(hash=bindparam("hash"), sequence=bindparam("sequence"))
    )
)
# Where the session keeps them: site id → (sequence, hash), those not yet written, and what held before each savepoint.
_TAKEN, _MOVED, _BEFORE = "chain_heads", "chain_heads_moved", "chain_heads_before"


def take(site_id: int) -> tuple[int, str]:
    """(sequence, hash) of the site's last entry, its head locked until the transaction ends; a site's first one is made.

    Outside of `transaction()` nothing is remembered: what is read there is read anew each time.
    """
    info = session().info
    known: dict[int, tuple[int, str]] = info.setdefault(_TAKEN, {}) if info.get("writing") else {}
    if site_id not in known:
        known[site_id] = _locked(site_id) or _made(site_id)
    return known[site_id]


def move(site_id: int, sequence: int, digest: str) -> None:
    """The site's last entry is this one now. Written with `write`, at the latest when the transaction is committed."""
    info = session().info
    info[_TAKEN][site_id] = (sequence, digest)
    info.setdefault(_MOVED, set()).add(site_id)


def write() -> None:
    """Write the heads that moved, for who reads the table itself."""
    _write(session())


def _write(current: Session) -> None:
    moved: set[int] = current.info.get(_MOVED, set())
    for site_id in sorted(moved):
        sequence, digest = current.info[_TAKEN][site_id]
        _NEW_HEAD.count(site=site_id, hash=digest, sequence=sequence)
    moved.clear()


def _made(site_id: int) -> tuple[int, str]:
    make = postgresql.insert if is_postgresql() else sqlite.insert
    first = make(ChainHead).values(site_id=site_id, sequence=0, hash=rules.GENESIS)
    session.execute(first.on_conflict_do_nothing())
    made = _locked(site_id)
    assert made is not None
    return made


def _locked(site_id: int) -> tuple[int, str] | None:
    row = _HEAD.one_or_none(site=site_id)
    return (row.sequence, row.hash) if row else None


@event.listens_for(Session, "before_commit")
def _write_before_the_end(current: Session) -> None:
    if not current.in_nested_transaction():
        _write(current)


@event.listens_for(Session, "after_transaction_create")
def _remember(current: Session, begun: SessionTransaction) -> None:
    """A savepoint that is rolled back takes its entries with it, and the lock of a head first taken in it."""
    if begun.nested:
        now = dict(current.info.get(_TAKEN, {})), set(current.info.get(_MOVED, ()))
        current.info.setdefault(_BEFORE, {})[begun] = now


@event.listens_for(Session, "after_soft_rollback")
def _go_back(current: Session, undone: SessionTransaction) -> None:
    before: dict[SessionTransaction, Any] = current.info.get(_BEFORE, {})
    if undone in before:
        current.info[_TAKEN], current.info[_MOVED] = before[undone]


@event.listens_for(Session, "after_transaction_end")
def _forget(current: Session, ended: SessionTransaction) -> None:
    if (
        ended.parent is None
    ):  # a savepoint ends before it is said to be rolled back: what held before it stays till then
        for name in (_TAKEN, _MOVED, _BEFORE):
            current.info.pop(name, None)
