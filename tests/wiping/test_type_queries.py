"""A laptop that is called a screen does not thereby hold no data."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.wiping import arrivals
from tests.wiping.reports import NEW, text
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import particulars, queries
from tracker.devices.lifecycle import Action, Fact
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Unproven
from tracker.errors import RuleBroken
from tracker.wiping import certificate_queries, declaration_operations
from tracker.wiping import queries as wiping
from tracker.wiping.rules import DeclarationKind


def retyped(device: Device, kind: str, by: Actor) -> None:
    with transaction():
        particulars.edit(queries.locked(device.id), by, type=DeviceType(kind))


def declared(device: Device, by: Actor, kind: DeclarationKind = DeclarationKind.NO_STORAGE) -> None:
    with transaction():
        declaration_operations.declare(
            queries.locked(device.id), kind, by, "looked inside", lock_checked=True
        )


def kind_of(device: Device) -> str:
    session.expire_all()
    return session.get_one(Device, device.id).type.value


@pytest.mark.parametrize("kind", ["laptop", "desktop", "all_in_one", "printer"])
def test_what_was_received_becomes_no_screen_on_one_persons_word(app: Flask, kind: str) -> None:
    device, by, other = make.device(kind=kind), make.actor(), make.actor("quality")
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(device, "screen", by)
    declared(device, by)
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(device, "screen", by)
    assert kind_of(device) == kind
    retyped(device, "screen", other)
    assert kind_of(device) == "screen"


def test_a_type_is_changed_freely_before_the_device_came_in(app: Flask) -> None:
    device = make.device("announced")
    retyped(device, "screen", make.actor())
    assert kind_of(device) == "screen"


def test_undoing_the_reception_does_not_open_the_way_to_a_screen(app: Flask) -> None:
    device, by = make.device("announced"), make.actor()
    arrivals.move(device, Action.RECEIVE, by)
    arrivals.move(device, Action.CORRECT, by)
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(device, "screen", by)


def test_a_word_from_before_it_came_back_does_not_let_it_become_a_screen(app: Flask) -> None:
    device = make.ready()
    make.handover(make.request(), device)
    arrivals.move(device, Action.TAKE_BACK, reason="keyboard")
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(device, "screen", make.actor("coordinator"))


def test_a_device_with_a_drive_on_record_becomes_no_screen_until_the_drive_is_out(app: Flask) -> None:
    device, by, other = arrivals.arrived(), make.actor(), make.actor("quality")
    arrivals.upload((NEW, text(NEW)))
    with pytest.raises(RuleBroken, match="is on record for this device"):
        retyped(device, "screen", by)
    for serial in (arrivals.SSD, arrivals.NVME):
        with transaction():
            here = queries.locked(device.id)
            declaration_operations.declare(here, DeclarationKind.REMOVED, by, "in the box", serial=serial)
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(device, "screen", by)
    declared(device, other)
    retyped(device, "screen", by)


def test_a_telephone_becomes_no_screen(app: Flask) -> None:
    device = make.device(kind="smartphone")
    declared(device, make.actor("quality"), DeclarationKind.FACTORY_RESET)
    with pytest.raises(RuleBroken, match="always has storage"):
        retyped(device, "screen", make.actor())


def test_who_calls_a_tablet_a_desktop_does_not_declare_that_it_has_no_storage(app: Flask) -> None:
    device, by, other = make.device(kind="tablet"), make.actor(), make.actor("quality")
    retyped(device, "desktop", by)
    with pytest.raises(RuleBroken, match="another person must declare"):
        declared(device, by)
    declared(device, other)
    assert wiping.data_gone(device).held


def test_a_laptop_is_not_merged_away_into_a_screen(app: Flask) -> None:
    screen, laptop = make.device(kind="screen"), make.device()
    with pytest.raises(RuleBroken, match="keep data in different ways"), transaction():
        particulars.merge(queries.locked(screen.id), queries.locked(laptop.id), make.actor())
    assert session.get_one(Device, laptop.id).merged_into_id is None


def test_a_record_that_never_came_in_takes_over_what_came_in_with_the_laptop(app: Flask) -> None:
    """An announced record may change its type freely: not once a received laptop was merged into it."""
    announced, laptop, by = make.device("announced", kind="screen"), make.device(), make.actor()
    retyped(announced, "laptop", by)
    with transaction():
        particulars.merge(queries.locked(announced.id), queries.locked(laptop.id), by)
    with pytest.raises(RuleBroken, match="Another person"):
        retyped(announced, "screen", by)


def test_a_screen_in_which_a_drive_is_seen_is_certified_as_any_device(app: Flask) -> None:
    device, by = arrivals.arrived(kind="screen"), make.actor()
    arrivals.upload((NEW, text(NEW)))
    arrivals.move(device, Action.FINISH_WIPING, by)
    assert certificate_queries.valid_for(device) is not None
    with transaction():
        found = certificate_queries.valid_for(device)
        assert found is not None
        found.revoked_at = found.issued_at
    session.expire_all()
    assert not certificate_queries.prove_certified(device, by, {}).held


def test_the_page_says_why_the_type_stays(app: Flask) -> None:
    device, client = make.device(), make.signed_in(app, "volunteer")
    page = client.get(f"/devices/{device.code}/edit").text
    answer = client.post(
        f"/devices/{device.code}/edit", data={"csrf_token": make.csrf_token(page), "type": "screen"}
    )
    assert answer.status_code == 422
    assert "Une autre personne que vous" in answer.text
    assert kind_of(device) == "laptop"
    with pytest.raises(Unproven) as refused, transaction():
        moves.perform(queries.locked(device.id), Action.FINISH_WIPING, make.actor())
    assert refused.value.facts == (Fact.DATA_GONE,)
