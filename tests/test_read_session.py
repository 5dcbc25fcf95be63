"""What a page reads before its session begins is read by one connection, and by the session's own from then on."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import make
from tests.test_prepared import BY_ID, SITE_CODES
from tracker.accounts.models import Site
from tracker.database import (
    db,
    read_once,
    read_only,
    session,
    session_here,
    transaction,
)
from tracker.devices.look_queries import looked_at
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.statements import table_of

DEVICES = table_of(Device)


def rename(number: int, model: str) -> None:
    """By somebody else, in another connection."""
    with db.engine.begin() as other:
        other.execute(sa.update(DEVICES).where(DEVICES.c.id == number).values(model=model))


@pytest.fixture
def device(app: Flask) -> Device:
    made = make.device(model="before")
    session.rollback()
    return made


def refused_after_it_wrote() -> None:
    session.add(Site(id=930, code="S930", name="half"))
    session.flush()
    raise RuleBroken("No.")


def in_use() -> int:
    pool: Any = db.engine.pool
    return int(pool.checkedout())


def test_one_connection_is_held_until_the_session_begins_and_none_after_its_end(device: Device) -> None:
    number = device.id
    session.rollback()
    assert in_use() == 0
    BY_ID.all(number=number)
    mine = session_here().at_hand()
    BY_ID.all(number=number)
    assert session_here().at_hand() is mine and in_use() == 1 and not session().in_transaction()
    session.execute(sa.select(sa.literal(1)))
    assert session().in_transaction() and in_use() == 1
    assert session_here().at_hand() is None
    BY_ID.all(number=number)
    assert in_use() == 1
    session.rollback()
    assert in_use() == 0


@pytest.mark.parametrize("end", ["rollback", "commit", "close", "remove"])
def test_whatever_ends_the_session_gives_the_connection_back(device: Device, end: str) -> None:
    number = device.id
    session.rollback()
    BY_ID.all(number=number)
    assert in_use() == 1
    getattr(session, end)()
    assert in_use() == 0


def test_a_page_gives_back_what_it_held(device: Device, signed_in: Any) -> None:
    code, volunteer = device.code, signed_in("volunteer")
    session.rollback()
    assert volunteer.get(f"/devices/{code}").status_code == 200
    session.remove()
    assert in_use() == 0


def test_what_was_read_is_read_anew_after_a_rollback(device: Device) -> None:
    number, code = device.id, device.code
    session.expunge_all()
    session.rollback()
    seen = looked_at(code)
    assert seen.model == "before" and not session().in_transaction()
    session.rollback()
    rename(number, "after")
    assert seen.model == "after"


def test_what_was_read_once_is_read_anew_after_a_rollback(device: Device) -> None:
    number, asked = device.id, []

    @read_once
    def model(number: int) -> Any:
        asked.append(number)
        return BY_ID.one_or_none(number=number).model

    session.rollback()
    assert (model(number), model(number), len(asked)) == ("before", "before", 1)
    session.rollback()
    rename(number, "after")
    assert (model(number), len(asked)) == ("after", 2)


def test_a_write_after_reading_is_whole_or_nothing(app: Flask) -> None:
    """Though what is only read is read statement by statement on PostgreSQL."""
    session.rollback()
    read_only()
    SITE_CODES.all(first=1)
    session.execute(sa.select(Site.code)).all()
    with pytest.raises(RuleBroken), transaction():
        refused_after_it_wrote()
    assert "S930" not in [row[0] for row in SITE_CODES.all(first=1)]
    with transaction():
        session.add(Site(id=931, code="S931", name="whole"))
    assert "S931" in [row[0] for row in SITE_CODES.all(first=1)]
