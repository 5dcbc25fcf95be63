"""A stock check: what is found, what is not, and what moves meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests import make
from tracker.accounts.rules import Actor, Role
from tracker.database import session, transaction
from tracker.devices import codes
from tracker.devices.models import Device
from tracker.errors import Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.stock import box_operations, check_operations, check_queries, operations, queries
from tracker.stock.check_models import StockCheck
from tracker.stock.check_operations import Found
from tracker.stock.models import Location, Placement


def put(device: Device, location: Location) -> None:
    with transaction():
        operations.put(device, location, make.system())


def begin(location: Location, by: Actor | None = None) -> StockCheck:
    with transaction():
        return check_operations.begin(location, by or make.system())


def find(check: StockCheck, typed: str) -> Found:
    with transaction():
        return check_operations.find(check_queries.locked(check.id), typed, make.system())[0]


def close(check: StockCheck) -> None:
    with transaction():
        check_operations.close(check_queries.locked(check.id), make.system())


def told(check: StockCheck) -> dict[str, list[str]]:
    result = check_queries.result(check)
    return {name: [one.line.code for one in rows] for name, rows in vars(result).items() if rows}


def test_each_thing_is_found_unexpected_or_unknown_and_missing_only_once_closed(app: Flask) -> None:
    shelf, other = make.location("A"), make.location("B")
    here, left, stranger, lying = (make.device() for _ in range(4))
    for device, place in ((here, shelf), (left, shelf), (stranger, other)):
        put(device, place)
    check, unknown = begin(shelf), codes.new_code()
    assert told(check) == {"waiting": [here.code, left.code]}
    said = [
        find(check, f"https>!!x!d!{one}")
        for one in (here.code, here.code, stranger.code, lying.code, unknown)
    ]
    assert said == [Found.FOUND, Found.AGAIN, Found.UNEXPECTED, Found.UNEXPECTED, Found.UNKNOWN]
    result = told(check)
    assert (result["found"], result["waiting"], result["unknown"]) == ([here.code], [left.code], [unknown])
    assert set(result["unexpected"]) == {stranger.code, lying.code}
    assert not any(one.line.missing for one in check_queries.result(check).waiting)
    close(check)
    assert told(check)["waiting"] == [left.code] and check_queries.result(check).waiting[0].line.missing
    entry = past.of_subject(Subject.LOCATION, shelf.id)[0]
    assert (entry.action, entry.facts["missing"], entry.facts["found"]) == (
        "close_stock_check",
        [left.code],
        1,
    )
    assert queries.place_of(stranger.id) is other, "scanning during a check moves nothing"


def test_what_belongs_elsewhere_is_moved_here_by_one_press(app: Flask) -> None:
    shelf, other, device = make.location("A"), make.location("B"), make.device()
    put(device, other)
    check = begin(shelf)
    find(check, device.code)
    with transaction():
        check_operations.move_here(check_queries.locked(check.id), device.code, make.system())
    assert queries.place_of(device.id) is shelf
    with pytest.raises(NotHere), transaction():
        check_operations.move_here(check_queries.locked(check.id), make.device().code, make.system())


def test_what_somebody_takes_away_during_a_check_is_not_missing(app: Flask) -> None:
    shelf, other, device = make.location("A"), make.location("B"), make.device()
    put(device, shelf)
    check = begin(shelf)
    put(device, other)
    assert told(check) == {"gone": [device.code]}
    close(check)
    assert told(check) == {"gone": [device.code]}


def test_two_people_at_one_place_share_one_check(app: Flask) -> None:
    shelf, device = make.location(), make.device()
    put(device, shelf)
    first, second = begin(shelf, make.actor()), begin(shelf, make.actor(email="two@example.org"))
    assert first.id == second.id
    find(first, device.code)
    assert find(second, device.code) is Found.AGAIN
    close(first)
    close(second)
    assert (
        len([one for one in past.of_subject(Subject.LOCATION, shelf.id) if one.action == "close_stock_check"])
        == 1
    )
    assert begin(shelf).id != first.id


def test_a_closed_check_takes_nothing_more_and_no_place_is_a_device(app: Flask) -> None:
    shelf = make.location()
    check = begin(shelf)
    with pytest.raises(RuleBroken, match="place or a card"):
        find(check, shelf.code)
    with pytest.raises(Malformed):
        find(check, "bonjour")
    close(check)
    with pytest.raises(RuleBroken, match="closed"):
        find(check, make.device().code)
    with pytest.raises(NotAllowed), transaction():
        check_operations.begin(shelf, make.actor(Role.ASSOCIATION))


def test_a_box_is_carried_with_all_that_is_in_it(app: Flask) -> None:
    shelf, box = make.location("A"), make.location("Caisse 1", "box")
    inner = make.location("Caisse 2", "box", parent=box)
    inside = [make.device() for _ in range(3)]
    for device, place in zip(inside, (box, box, inner), strict=True):
        put(device, place)
    with transaction():
        assert box_operations.carry(box, shelf, make.system()) == 3
    assert queries.path_of(inner) == "A › Caisse 1 › Caisse 2"
    for device in inside:
        entry = past.of_subject(Subject.DEVICE, device.id)[0]
        assert (entry.action, entry.facts["to"]) == ("carry", shelf.code)
    written = session.scalar(select(func.count()).select_from(HistoryEntry))
    with transaction():
        assert box_operations.carry(box, shelf, make.system()) == 0
    assert session.scalar(select(func.count()).select_from(HistoryEntry)) == written


def statements(work: Callable[[], object]) -> int:
    """How many statements a transaction takes, those of the history among them; many rows at once are one."""
    said: list[str] = []
    engine = session.get_bind()

    def note(*given: Any) -> None:
        said.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    with transaction():
        work()
    event.remove(engine, "before_cursor_execute", note)
    return len(said)


def statements_for(number: int) -> list[int]:
    """What it takes to check a box with this many devices, none of which is found, and to carry it elsewhere."""
    box, shelf = make.location(f"Caisse {number}", "box"), make.location(f"A{number}")
    with transaction():
        here = queries.location_by_code(box.code)
        ids = [make.device().id for _ in range(number)]
        session.add_all(Placement(device_id=one, location_id=here.id) for one in ids)
    by, boxed, shelved = make.system(), box.code, shelf.code
    begun = statements(lambda: check_operations.begin(queries.location_by_code(boxed), by))
    check = check_queries.open_check(queries.location_by_code(boxed))
    assert check is not None
    session.remove()
    closed = statements(lambda: check_operations.close(check_operations.held(check.id), by))
    carried_box, into = (queries.location_by_code(one) for one in (boxed, shelved))
    carried = statements(lambda: box_operations.carry(carried_box, into, by))
    session.rollback()
    assert past.chain_faults() == []
    return [begun, closed, carried]


def test_checking_and_carrying_many_devices_asks_no_more_than_few(app: Flask) -> None:
    assert statements_for(5) == statements_for(50)


def test_the_counts_and_pages_of_a_check_are_the_whole_check_in_pieces(app: Flask) -> None:
    shelf, other = make.location("A"), make.location("B")
    expected = [make.device() for _ in range(9)]
    for device in expected:
        put(device, shelf)
    check = begin(shelf)
    for code in (
        *(one.code for one in expected[:3]),
        make.device().code,
        make.device().code,
        codes.new_code(),
    ):
        find(check, code)
    put(expected[3], other)
    with transaction():
        session.delete(session.get(Placement, expected[4].id))
    for _again in ("open", "closed"):
        whole = told(check)
        assert check_queries.counts(check) == {name: len(whole.get(name, [])) for name in check_queries.LISTS}
        assert {name: len(rows) for name, rows in whole.items()} == {
            "found": 3, "waiting": 4, "gone": 2, "unexpected": 2, "unknown": 1,
        }  # fmt: skip
        for name, rows in whole.items():
            assert paged(check, name) == rows
        close(check)


def paged(check: StockCheck, name: str) -> list[str]:
    """The codes of a list, two at a time."""
    rows: list[str] = []
    cursor = None
    while True:
        page = check_queries.page(check, name, cursor=cursor, limit=2)
        assert len(page.items) <= 2
        rows += [one.line.code for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return rows
