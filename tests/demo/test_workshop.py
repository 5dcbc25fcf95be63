"""The demonstration is made through the real operations, and all that the product promises holds for it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import Column, MetaData, Table, Text, cast, select

from tests import make
from tests.conftest import DATABASES
from tracker import clock
from tracker.accounts.models import Association, Site
from tracker.cli import group
from tracker.collection.models import Donor
from tracker.collection.rules import DonorKind
from tracker.database import session, transaction
from tracker.demo import workshop
from tracker.demo.bulk import add_devices
from tracker.demo.timeline import CLOSES, OPENS
from tracker.devices.check_queries import balance_faults, stage_faults
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device, Tag
from tracker.devices.queries import count_by_stage
from tracker.errors import RuleBroken
from tracker.history.models import HistoryEntry
from tracker.history.queries import chain_faults
from tracker.history.rules import moment_text
from tracker.labelling.models import PrintRun
from tracker.labelling.queue_queries import due
from tracker.reports import queries as reports
from tracker.reports.flow_queries import cohorts
from tracker.reports.move_queries import last_year
from tracker.reports.people_queries import coverage
from tracker.statements import table_of


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
def test_a_believable_workshop_has_every_stage_and_every_promise_holds(app: Flask) -> None:
    told = workshop.fill(seed=1)
    counts = count_by_stage()
    assert [stage.value for stage in Stage if counts[stage] == 0] == []
    assert sum(counts.values()) == told.devices
    kinds = list(session.scalars(select(Donor.kind)).all())
    assert {kind: kinds.count(kind) for kind in DonorKind} == dict.fromkeys(DonorKind, 2)
    assert session.query(Association).count() == 6
    assert session.query(Site).count() == 4
    assert chain_faults() == []
    assert list(stage_faults()) == []
    assert list(balance_faults()) == []
    found = coverage(last_year())
    assert found.delivered > 0
    assert list(found.missed) == []
    for cohort in cohorts(last_year()).values():
        assert cohort.open >= 0
        assert cohort.rate is None or 0 <= cohort.rate <= 1
    figures = {figure.key: figure for figure in reports.statistics(last_year())}
    assert figures["wipe_coverage"].value == 100
    assert figures["people_equipped"].value
    assert all(figure.formula and figure.source for figure in figures.values())
    assert session.query(PrintRun).count() > 40  # a year of weeks
    assert 0 < sum(group.total for site in session.scalars(select(Site.id)) for group in due(site)) < 25
    hours = {
        clock.local(entry.at).hour
        for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.to_stage.is_not(None)))
    }
    assert hours <= set(range(OPENS, CLOSES)), "nobody works at night"
    with pytest.raises(RuleBroken, match="empty one"):
        workshop.fill(seed=1)


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL is left out of this run")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_workshop_with_fewer_gifts_keeps_every_promise_on_the_other_database_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "GIFTS", 3)
    told = workshop.fill(seed=1)
    counts = count_by_stage()
    assert sum(counts.values()) == told.devices > 40
    assert counts[Stage.DELIVERED] and len(counts) > 3  # of so few, not every stage has one on every day
    assert chain_faults() == []
    assert list(stage_faults()) == []
    assert list(balance_faults()) == []
    found = coverage(last_year())
    assert found.delivered > 0 and list(found.missed) == []
    assert all(figure.formula and figure.source for figure in reports.statistics(last_year()))
    with pytest.raises(RuleBroken, match="empty one"):
        workshop.fill(seed=1)


def test_devices_in_bulk_come_with_a_history_that_verifies(app: Flask) -> None:
    make.device()
    add_devices(300, seed=2)
    assert session.query(Device).count() == 301
    assert chain_faults() == []
    assert list(stage_faults()) == []
    make.device()  # an id after those in bulk
    assert session.query(Device).count() == 302
    add_devices(1, seed=2)  # the same seed draws a code that is taken
    assert session.query(Device).count() == 303


def test_rows_in_bulk_are_kept_as_the_orm_keeps_them(app: Flask) -> None:
    """To the letter of what stands in the table: moments, enums, JSON, nothing."""
    make.device()
    add_devices(40, seed=3, entries=8)
    assert session.query(HistoryEntry).count() > 8 * 40
    for model in (HistoryEntry, Tag, Device):
        columns = list(table_of(model).columns)
        as_text = [cast(column, Text) for column in columns]
        key = columns[0]
        read = [dict(row._mapping) for row in session.execute(select(*columns).order_by(key))]
        kept = session.execute(select(*as_text).order_by(key)).all()
        copy = Table(
            f"{model.__tablename__}_again", MetaData(), *(Column(one.name, one.type) for one in columns)
        )
        with transaction():
            copy.create(session.connection())
            session.execute(copy.insert(), read)
            again = session.execute(
                select(*(cast(one, Text) for one in copy.columns)).order_by(copy.columns[0])
            )
            assert again.all() == kept
            copy.drop(session.connection())


def test_a_moment_is_hashed_in_utc_to_the_microsecond() -> None:
    moment = datetime(2026, 3, 29, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert moment_text(moment) == "2026-03-28T23:00:00.000000Z"
    assert moment_text(moment.replace(microsecond=5)) == "2026-03-28T23:00:00.000005Z"


def test_a_changed_stage_is_found_by_the_check(app: Flask, runner: FlaskCliRunner) -> None:
    device = make.device()
    assert runner.invoke(group, ["check"]).exit_code == 0
    session.connection().exec_driver_sql("UPDATE devices SET stage = 'ready'")
    session.connection().commit()
    answer = runner.invoke(group, ["check"])
    assert answer.exit_code == 1
    assert device.code in answer.output


def test_a_device_that_vanished_upsets_the_balance(app: Flask) -> None:
    make.device()
    device = make.device()
    assert list(balance_faults()) == []
    session.connection().exec_driver_sql(f"UPDATE devices SET stage = 'recycled' WHERE id = {device.id}")
    assert [str(fault) for fault in balance_faults()] == [
        "2 came in and 0 went out by the history, but 1 are here."
    ]
