"""Many entries at once are written as they would be one by one."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests import make
from tracker.database import session, transaction
from tracker.history import operations as history
from tracker.history import queries
from tracker.history.models import ChainHead, HistoryEntry


def test_many_entries_at_once_continue_the_chain_of_each_site(app: Flask) -> None:
    by, other = make.actor(), make.site("SUD").id
    lines = [history.Line(("report", n), "report_received", other if n % 2 else None, {"n": n}) for n in range(1, 8)]  # fmt: skip
    with transaction():
        history.append(subject=("report", 99), action="report_received", by=by)
        history.append_many(lines, by)
        history.append(subject=("report", 98), action="report_received", by=by)
    told = session.scalars(select(HistoryEntry).order_by(HistoryEntry.site_id, HistoryEntry.sequence)).all()
    here = [one.subject_id for one in told if one.site_id == by.site_id][-5:]
    there = [one.subject_id for one in told if one.site_id == other][-4:]
    assert (here, there) == ([99, 2, 4, 6, 98], [1, 3, 5, 7])
    assert queries.chain_faults() == []


def test_nothing_to_write_writes_nothing(app: Flask) -> None:
    by = make.actor()
    before = session.scalar(select(ChainHead.sequence))
    with transaction():
        history.append_many([], by)
    assert session.scalar(select(ChainHead.sequence)) == before
