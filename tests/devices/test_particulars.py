"""Two records that turn out to be one device: nothing that speaks against it gets lost on the way."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tracker.database import session, transaction
from tracker.devices import particulars, queries
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Flag
from tracker.devices.models import Device
from tracker.errors import RuleBroken


def merge(kept: Device, gone: Device) -> None:
    with transaction():
        particulars.merge(queries.locked(kept.id), queries.locked(gone.id), make.actor())


@pytest.mark.parametrize("stage", ["delivered", "recycled", "declined", "lost"])
def test_what_stands_here_is_not_merged_into_a_record_that_has_left(app: Flask, stage: str) -> None:
    """Its drives would leave the workshop on paper, with all that is on them."""
    left, here = make.device(stage), make.device()
    with pytest.raises(RuleBroken, match="record its return first"):
        merge(left, here)
    assert session.get_one(Device, here.id).merged_into_id is None


def test_a_problem_marked_on_either_record_stays_marked(app: Flask) -> None:
    """A volunteer may not clear a locked account; merging the record away must not do it for her."""
    kept, gone = make.device(), make.device()
    with transaction():
        particulars.raise_flag(queries.locked(gone.id), Flag.ACCOUNT_LOCKED, make.actor())
        particulars.raise_flag(queries.locked(gone.id), Flag.NEEDS_PART, make.actor())
        particulars.raise_flag(queries.locked(kept.id), Flag.NEEDS_PART, make.actor())
    merge(kept, gone)
    session.expire_all()
    assert {row.flag for row in kept.flags} == {Flag.ACCOUNT_LOCKED, Flag.NEEDS_PART}


def test_every_tag_leads_to_the_record_kept_in_the_end(app: Flask) -> None:
    first, second, third = make.device(), make.device(), make.device()
    old = first.code
    with transaction():
        fresh = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(queries.locked(first.id), fresh, make.actor())
    merge(second, first)
    merge(third, second)
    assert {queries.by_code(code).id for code in (old, fresh, second.code, third.code)} == {third.id}


def test_a_serial_number_that_says_nothing_gives_way_to_one_that_does(app: Flask) -> None:
    kept, gone = make.device(serial="Default string"), make.device(serial="PF-3XQ90")
    merge(kept, gone)
    session.expire_all()
    assert (kept.serial, kept.serial_key) == ("PF-3XQ90", "PF3XQ90")
