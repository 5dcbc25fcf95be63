"""A chain's head is read and written once in a transaction, and says what the chain says, whatever is taken back."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.statements import counted
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history import queries
from tracker.history.models import ChainHead, HistoryEntry
from tracker.scanning import rules
from tracker.scanning.operations import scan_many


def add(by: Actor, site: int, number: int) -> None:
    history.append(subject=("report", number), action="report_received", by=by, site_id=site)


def refused_after(by: Actor, site: int, number: int) -> None:
    """Writes in a savepoint, then refuses."""
    with session.begin_nested():
        add(by, site, number)
        raise RuleBroken("No.")


def agree() -> None:
    """The head of each chain is its last entry."""
    assert queries.chain_faults() == []
    last = select(HistoryEntry.site_id, func.max(HistoryEntry.sequence)).group_by(HistoryEntry.site_id)
    assert {tuple(row) for row in session.execute(last)} == {row[:2] for row in heads() if row[1]}


def heads() -> list[tuple[int, int, str]]:
    rows = session.execute(select(ChainHead.site_id, ChainHead.sequence, ChainHead.hash))
    return [(site, sequence, digest) for site, sequence, digest in rows]


@pytest.mark.parametrize("seed", range(4))
def test_the_head_is_the_last_entry_whatever_savepoints_are_taken_back(app: Flask, seed: int) -> None:
    drawn, by = random.Random(seed), make.actor()
    sites = [make.site(code).id for code in ("NORD", "SUD", "EST")]
    for _ in range(4):
        with transaction():
            for number in range(8):
                site = drawn.choice(sites)
                match drawn.randrange(4):
                    case 0:
                        with pytest.raises(RuleBroken):
                            refused_after(by, site, number)
                    case 1:
                        with session.begin_nested():
                            add(by, site, number)
                    case 2:
                        history.append_many([history.Line(("report", n), "seen", site) for n in (1, 2)], by)
                    case _:
                        add(by, site, number)
            bound = history.checkpoint().heads
        for site, sequence, digest in heads():
            assert bound[str(site)] == [sequence, digest]
        agree()


def test_a_transaction_that_is_undone_leaves_the_head_where_it_was(app: Flask) -> None:
    by = make.actor()
    before = heads()

    def undone() -> None:
        add(by, by.site_id, 1)
        raise RuleBroken("No.")

    with pytest.raises(RuleBroken), transaction():
        undone()
    assert heads() == before
    with transaction():
        add(by, by.site_id, 2)
    agree()


def test_one_call_reads_and_writes_its_head_once_however_many_scans_it_holds(app: Flask) -> None:
    codes, by = [make.device(Stage.RECEIVED).code for _ in range(9)], make.actor()
    session.rollback()
    with counted() as asked, transaction():
        scan_many([rules.asked(code, action="start_wiping") for code in codes], by)
    about = [one.split()[0] for one in asked if "chain_heads" in one]
    assert about == ["SELECT", "UPDATE"]
    agree()
