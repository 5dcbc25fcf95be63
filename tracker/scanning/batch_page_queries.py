"""What the page of a batch shows: its scans sorted by what became of them, in a few statements for any number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tracker.i18n import Sentence
from tracker.scanning import batch_queries as queries
from tracker.scanning import queries as before
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_queries import Counts, Row
from tracker.scanning.batch_rules import UNDO_ACTION, unsent_in
from tracker.scanning.rules import Outcome


@dataclass(frozen=True)
class Page:
    """`done`: devices that count; `undone`: taken back; `kept`: not to be taken back, with why. `again`: scanned once
    more, or already so. `open`: unknown codes that nobody has dealt with, `dealt`: the others."""

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
    return found


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
