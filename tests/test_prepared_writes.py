"""A write that the driver carries out by itself is SQLAlchemy's: in what it sends, what it counts, how it fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.statements import counted
from tracker.accounts.models import Site
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.errors import Conflict
from tracker.prepared_writes import PreparedWrite
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome
from tracker.statements import table_of, writes

SITES, SCANS = table_of(Site), table_of(Scan)
RENAME = PreparedWrite(
    lambda _database: (
        sa.update(SITES)
        .where(SITES.c.id == sa.bindparam("number"), SITES.c.code != "NONE")
        .values(name=sa.bindparam("new"))
    )
)
OPEN = PreparedWrite(lambda _database: sa.insert(SITES).returning(SITES.c.id))
KEEP = PreparedWrite(lambda _database: sa.insert(SCANS).returning(SCANS.c.id))


def test_it_says_how_many_rows_it_wrote(app: Flask) -> None:
    with transaction():
        assert (RENAME.count(number=1, new="changed"), RENAME.count(number=999, new="changed")) == (1, 0)
    assert session.get_one(Site, 1).name == "changed"


def test_it_gives_what_comes_back_of_its_row(app: Flask) -> None:
    with transaction():
        assert OPEN.first(id=901, code="S901", name="new") == 901
    assert session.get_one(Site, 901).code == "S901"


def test_values_are_kept_as_the_session_would_keep_them(app: Flask) -> None:
    paris = datetime(2026, 11, 24, 16, 8, tzinfo=timezone(timedelta(hours=1)))
    given = {"scan_id": "x" * 36, "site_id": 1, "raw": "é", "at": paris, "received_at": paris}
    with transaction():
        number = KEEP.first(**given, verdict=Outcome.DONE, stage=Stage.WIPING, message={"with": {"a": "é"}})
    kept = session.get_one(Scan, number)
    assert (kept.verdict, kept.stage, kept.message) == (Outcome.DONE, Stage.WIPING, {"with": {"a": "é"}})
    assert (kept.at, kept.raw) == (paris.astimezone(UTC), "é")


def test_a_clash_is_told_as_sqlalchemy_tells_it(app: Flask) -> None:
    with transaction():
        with pytest.raises(IntegrityError), session.begin_nested():
            OPEN.first(id=1, code="S1", name="twice")
        RENAME.count(number=1, new="after it")
    assert session.get_one(Site, 1).name == "after it"
    session.rollback()
    with pytest.raises(Conflict), transaction():
        OPEN.first(id=1, code="S1", name="twice")


def test_it_is_counted_as_a_write_and_refused_where_nothing_may_be_written(app: Flask) -> None:
    with transaction():
        before = writes()
        RENAME.count(number=1, new="changed")
        assert writes() == before + 1
    with pytest.raises(RuntimeError, match="outside of transaction"):
        RENAME.count(number=1, new="lost")
    session.rollback()
    assert session.get_one(Site, 1).name == "changed"


def test_what_waits_in_the_session_is_written_first(app: Flask) -> None:
    with transaction():
        session.add(Site(id=902, code="S902", name="new"))
        assert RENAME.count(number=902, new="changed") == 1


def test_whoever_counts_statements_is_told_of_it(app: Flask) -> None:
    with counted() as told, transaction():
        RENAME.count(number=1, new="changed")
    assert [one.split()[0] for one in told] == ["UPDATE"]
