"""Places, and devices in them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device, Tag
from tracker.devices.operations import perform
from tracker.errors import Conflict, Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.stock import operations, queries
from tracker.stock.models import Location, Placement
from tracker.stock.rules import DEEPEST


def put(device: Device, location: Location) -> None:
    with transaction():
        operations.put(device, location, make.system())


def test_a_place_gets_a_code_of_its_kind(app: Flask) -> None:
    shelf, box = make.location("Étagère 1"), make.location("Caisse 1", "box")
    kinds = [session.get(Tag, one.code).kind for one in (shelf, box)]  # type: ignore[union-attr]
    assert kinds == [Kind.LOCATION, Kind.BOX]


def test_a_place_is_found_by_its_code_however_it_is_typed(app: Flask) -> None:
    shelf = make.location()
    code = shelf.code
    for typed in (code.lower(), f"{code[:4]}-{code[4:]}", f"https://x/L/{code}"):
        assert queries.location_by_code(typed).id == shelf.id


@pytest.mark.parametrize("typed", ["", "XXXXXXXX", "étagère", "BCDFGHJX", "'; --"])
def test_a_code_that_is_no_place_is_said_to_be_none(app: Flask, typed: str) -> None:
    make.location()
    with pytest.raises(NotHere):
        queries.location_by_code(typed)


def test_a_device_is_not_a_place(app: Flask) -> None:
    with pytest.raises(NotHere):
        queries.location_by_code(make.device().code)


def test_a_device_is_where_it_was_last_put_and_history_knows_the_way(app: Flask) -> None:
    device, first, second = make.device(), make.location("A"), make.location("B")
    put(device, first)
    put(device, second)
    assert queries.place_of(device.id) is second
    newest, before = past.of_subject(Subject.DEVICE, device.id)[:2]
    assert (before.facts, newest.facts) == (
        {"location": first.code, "from": None}, {"location": second.code, "from": first.code}
    )  # fmt: skip


def test_putting_a_device_where_it_is_writes_nothing(app: Flask) -> None:
    device, shelf = make.device(), make.location()
    put(device, shelf)
    entries = len(past.of_subject(Subject.DEVICE, device.id))
    with transaction():
        assert operations.put(device, shelf, make.system()) is None
    assert len(past.of_subject(Subject.DEVICE, device.id)) == entries


@pytest.mark.parametrize(
    "stage", [Stage.ANNOUNCED, Stage.COLLECTED, Stage.DELIVERED, Stage.RECYCLED, Stage.DECLINED, Stage.LOST]
)
def test_what_is_not_in_the_workshop_is_put_nowhere(app: Flask, stage: Stage) -> None:
    device, shelf = make.device(stage), make.location()
    with pytest.raises(RuleBroken, match="not in the workshop"):
        put(device, shelf)


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.READY, Stage.PREPARED, Stage.PARTS])
def test_what_is_in_the_workshop_can_be_put_away(app: Flask, stage: Stage) -> None:
    device, shelf = make.device(stage), make.location()
    put(device, shelf)
    assert queries.place_of(device.id) is shelf


def test_an_association_puts_nothing_away(app: Flask) -> None:
    with pytest.raises(NotAllowed), transaction():
        operations.put(make.device(), make.location(), make.actor(Role.ASSOCIATION))


def test_a_lost_device_leaves_its_place_with_an_entry(app: Flask) -> None:
    device, shelf = make.device(), make.location()
    put(device, shelf)
    with transaction():
        perform(device, Action.LOSE, make.actor(Role.COORDINATOR), {"reason": "pas retrouvé"})
    assert queries.place_of(device.id) is None
    assert past.of_subject(Subject.DEVICE, device.id)[0].facts["from"] == shelf.code


def test_a_device_put_into_another_workshop_belongs_to_it(app: Flask) -> None:
    device = make.device()
    south = make.site("SUD")
    shelf = make.location("Étagère sud", site_id=south.id)
    before = device.site_id
    put(device, shelf)
    assert device.site_id == south.id
    assert past.of_subject(Subject.DEVICE, device.id)[0].facts["sites"] == [before, south.id]


def test_the_record_that_is_kept_takes_the_place(app: Flask) -> None:
    kept, gone, shelf = make.device(), make.device(), make.location()
    put(gone, shelf)
    with transaction():
        particulars.merge(kept, gone, make.system())
    assert queries.place_of(kept.id) is shelf
    assert len(session.scalars(select(Placement)).all()) == 1


# ---- places themselves


def test_two_places_of_one_workshop_have_two_names(app: Flask) -> None:
    make.location("Étagère 1")
    with pytest.raises(Conflict):
        make.location("  Étagère   1 ")
    make.location("Étagère 1", site_id=make.site("SUD").id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_place_without_a_fitting_name_is_refused(app: Flask, name: str) -> None:
    with pytest.raises(Malformed):
        make.location(name)


def test_a_place_never_lies_in_itself(app: Flask) -> None:
    room = make.location("Pièce", "room")
    shelf = make.location("Étagère", parent=room)
    box = make.location("Caisse", "box", parent=shelf)
    for parent in (room, shelf, box):
        with pytest.raises(RuleBroken, match="in itself"), transaction():
            operations.edit_location(room, make.system(), name="Pièce", parent=parent)
    assert queries.path_of(box) == "Pièce › Étagère › Caisse"


def test_places_are_not_nested_without_end(app: Flask) -> None:
    around = None
    for number in range(DEEPEST):
        around = make.location(f"P{number}", parent=around)
    with pytest.raises(RuleBroken, match="deep"):
        make.location("Trop", parent=around)


def test_a_place_in_another_workshop_is_around_nothing_here(app: Flask) -> None:
    south = make.location("Sud", site_id=make.site("SUD").id)
    with pytest.raises(RuleBroken, match="another workshop"):
        make.location("Ici", parent=south)


def test_a_place_that_holds_something_is_not_closed(app: Flask) -> None:
    room = make.location("Pièce", "room")
    shelf = make.location("Étagère", parent=room)
    put(make.device(), shelf)
    for place in (room, shelf):
        with pytest.raises(RuleBroken), transaction():
            operations.close_location(place, make.system())


def test_nothing_goes_into_a_closed_place_until_it_is_open_again(app: Flask) -> None:
    shelf, device = make.location(), make.device()
    with transaction():
        operations.close_location(shelf, make.system())
    with pytest.raises(RuleBroken, match="closed"):
        put(device, shelf)
    with transaction():
        operations.reopen_location(shelf, make.system())
    put(device, shelf)
    assert queries.location_by_code(shelf.code).active


def test_a_place_that_moves_takes_its_content_along(app: Flask) -> None:
    room, box, device = make.location("Pièce", "room"), make.location("Caisse", "box"), make.device()
    put(device, box)
    with transaction():
        operations.edit_location(box, make.system(), name="Caisse 7", parent=room)
    place = queries.place_of(device.id)
    assert place is not None and queries.path_of(place) == "Pièce › Caisse 7"


# ---- what is where


def test_the_overview_counts_what_is_directly_in_each_place(app: Flask) -> None:
    room = make.location("Pièce", "room")
    shelf = make.location("Étagère", parent=room)
    put(make.device(Stage.READY), shelf)
    put(make.device(), shelf)
    put(make.device(), room)
    found = {
        one.location.name: (one.depth, one.count, one.by_stage) for one in queries.overview(room.site_id)
    }
    assert found == {
        "Pièce": (0, 1, {Stage.RECEIVED: 1}),
        "Étagère": (1, 2, {Stage.READY: 1, Stage.RECEIVED: 1}),
    }


def test_what_is_here_but_in_no_place_is_counted(app: Flask) -> None:
    placed, lying = make.device(), make.device()
    make.device(Stage.ANNOUNCED), make.device(Stage.DELIVERED)
    put(placed, make.location())
    assert [device.id for device in queries.nowhere(placed.site_id).items] == [lying.id]
    assert queries.count_nowhere(placed.site_id) == 1
