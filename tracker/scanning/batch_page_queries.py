"""What the page of a batch shows: its scans sorted by what became of them, in a few statements for any number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select

from tracker.accounts import queries as accounts
from tracker.collection.models import Collection
from tracker.database import session
from tracker.i18n import Sentence
from tracker.scanning import batch_queries as queries
from tracker.scanning import queries as before
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_queries import Counts, Row
from tracker.scanning.batch_rules import UNDO_ACTION, unsent_in
from tracker.scanning.mode_rules import Mode
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome
from tracker.stock import queries as places


@dataclass(frozen=True)
class Told:
    """What tells a batch from others of its name: who opened it, where it puts devices, of which collection it is (its
    reference), how many it has, when something was last scanned in it (None: nothing yet)."""

    mode: Mode
    counts: Counts
    who: str
    place: str
    collection: str
    last: datetime | None


def told(batches: Sequence[ScanBatch]) -> Mapping[str, Told]:
    """batch id → what tells it apart, for all of these at once."""
    if not batches:
        return {}
    ids = [one.id for one in batches]
    counts = queries.counts(ids)
    names = accounts.user_names({one.opened_by for one in batches if one.opened_by})
    located = places.names_of({one.place for one in batches if one.place})
    wanted = {one.collection_id for one in batches if one.collection_id}
    of = select(Collection.id, Collection.reference).where(Collection.id.in_(wanted))
    references = dict(session.execute(of).all()) if wanted else {}
    last = select(Scan.batch_id, func.max(Scan.received_at)).where(Scan.batch_id.in_(ids))
    scanned = dict(session.execute(last.group_by(Scan.batch_id)).all())
    return {
        one.id: Told(
            mode=queries.mode_of(one),
            counts=counts[one.id],
            who=names.get(one.opened_by or 0, ""),
            place=located.get(one.place or "", one.place or ""),
            collection=references.get(one.collection_id or 0, ""),
            last=scanned.get(one.id),
        )
        for one in batches
    }


@dataclass(frozen=True)
class Page:
    """`done`: devices that count; `undone`: taken back; `kept`: not to be taken back, with why. `again`: scanned once
    more, or already so. `open`: unknown codes that nobody has dealt with, `dealt`: the others. In each a code stands
    once, with its last verdict and how often it was read."""

    counts: Counts
    done: list[Row] = field(default_factory=list)
    undone: list[Row] = field(default_factory=list)
    kept: list[Row] = field(default_factory=list)
    again: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    conflicts: list[Row] = field(default_factory=list)
    open: list[Row] = field(default_factory=list)
    dealt: list[Row] = field(default_factory=list)
    unsent: int = 0
    where_unsent: Sentence | None = None
    late: int = 0

    @property
    def codes(self) -> list[str]:
        return [row.device.code for row in self.done if row.device]


def page(batch: ScanBatch) -> Page:
    counted = queries.done([batch.id])[batch.id]
    scans = queries.rows(batch.id)
    late = sum(bool(batch.closed_at and one.scan.received_at > batch.closed_at and one.scan.action != UNDO_ACTION) for one in scans)  # fmt: skip
    found = Page(
        queries.counts([batch.id])[batch.id],
        unsent=unsent_in(batch.clients),
        where_unsent=queries.where_unsent(batch),
        late=late,
    )
    for row in _last_of_each(scans):
        _list_of(found, row, counted).append(row)
    found.done[:] = [row for row in found.done if counted.get(row.scan.device_id or 0) == row.scan.id]
    for many in (
        found.undone,
        found.kept,
        found.again,
        found.refused,
        found.conflicts,
        found.open,
        found.dealt,
    ):
        many[:] = _each_once(many)
    return found


def _each_once(rows: Iterable[Row]) -> list[Row]:
    """A code that was read several times in one line, where it stood first: its last verdict, and how many times."""
    once: dict[str, Row] = {}
    for row in rows:
        read = row.scan.code or row.scan.raw
        once[read] = replace(row, times=once[read].times + 1 if read in once else 1)
    return list(once.values())


def _last_of_each(scans: Iterable[Row]) -> Iterable[Row]:
    """A device that was refused, then done, is no longer a refusal to deal with."""
    scans = list(scans)
    settled = {row.scan.device_id for row in scans if row.scan.verdict is Outcome.DONE and row.scan.device_id}
    trouble = (Outcome.REFUSED, Outcome.CONFLICT, Outcome.ELSEWHERE)
    for row in scans:
        solved = row.scan.verdict in trouble and row.scan.device_id in settled
        if not solved or row.scan.action == UNDO_ACTION:
            yield row


def _list_of(page: Page, row: Row, counted: dict[int, int]) -> list[Row]:
    if row.scan.action == UNDO_ACTION:
        if row.scan.verdict is Outcome.DONE:
            return page.undone
        return page.kept if row.scan.device_id in counted else []
    if row.scan.dismissed_at is not None and before.is_nobodys(row.scan):
        return page.dealt
    lists = {
        Outcome.DONE: page.done,
        Outcome.ALREADY: page.again,
        Outcome.REFUSED: page.refused,
        Outcome.ELSEWHERE: page.refused,
        Outcome.CONFLICT: page.conflicts,
        Outcome.UNKNOWN: page.open if row.scan.dismissed_at is None else page.dealt,
    }
    return lists[row.scan.verdict]
