"""A phone or tablet goes no further before a person has said that no account locks it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask

from tests import make
from tests.api.calls import Caller, done, refused
from tests.web.browsing import send
from tests.wiping.arrivals import (
    BEFORE_THE_LOGS,
    NVME,
    SSD,
    arrived,
    ends,
    flags,
    is_gone,
    missing,
    move,
    upload,
)
from tests.wiping.reports import NEW, text
from tests.wiping.test_declaration_operations import declare
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import NotAllowed, RuleBroken
from tracker.wiping.rules import Declaration, DeclarationKind, DrivePart, data_is_gone

RESET, FREE, FOUND = DeclarationKind.FACTORY_RESET, DeclarationKind.LOCK_FREE, DeclarationKind.LOCK_FOUND
ARRIVED = BEFORE_THE_LOGS
LATER, LAST = ARRIVED + timedelta(hours=1), ARRIVED + timedelta(hours=2)


def phone(kind: str = "smartphone") -> Device:
    return arrived(kind=kind, serial=None)


def part(*, wiped: bool = True, built_in: bool = True) -> DrivePart:
    return DrivePart("memory", ARRIVED, wiped_at=LATER if wiped else None, built_in=built_in)


def held(*declared: Declaration, parts: tuple[DrivePart, ...] = ()) -> bool:
    return data_is_gone("tablet", parts, declared, ARRIVED).held


@pytest.mark.parametrize("kind", ["smartphone", "tablet"])
def test_a_phone_does_not_leave_wiping_before_its_lock_is_checked(app: Flask, kind: str) -> None:
    device = phone(kind)
    move(device, Action.START_WIPING)
    with pytest.raises(Unproven, match="account lock"):
        move(device, Action.FINISH_WIPING)
    declare(device, RESET, lock_checked=True)
    move(device, Action.FINISH_WIPING)
    assert device.stage is Stage.WIPED


def test_a_wiped_card_says_nothing_of_the_phones_memory() -> None:
    card = part(built_in=False)
    assert not held(parts=(card,)) and not held(Declaration(FREE, LATER, 7), parts=(card,))
    assert held(Declaration(RESET, LATER, 7, lock_checked=True), parts=(card,))


def test_a_reset_phone_with_a_card_that_holds_data_is_not_done() -> None:
    card = part(wiped=False, built_in=False)
    assert not held(Declaration(RESET, LATER, 7, lock_checked=True), parts=(card,))


def test_a_tablet_whose_memory_was_wiped_still_needs_its_lock_answered() -> None:
    proof = data_is_gone("tablet", [part()], [], ARRIVED)
    assert not proof.held and "Nobody has said" in str(proof.missing[0])
    assert held(Declaration(FREE, LATER, 7), parts=(part(),))
    assert not held(Declaration(FREE, LATER, None), parts=(part(),)), "by nobody"
    assert not held(Declaration(FREE, ARRIVED - timedelta(days=1), 7), parts=(part(),)), "before it came back"


def test_the_last_answer_about_the_lock_counts() -> None:
    reset = Declaration(RESET, LATER, 7, lock_checked=True)
    assert not held(reset, Declaration(FOUND, LAST, 7))
    assert held(Declaration(FOUND, LATER, 7), Declaration(RESET, LAST, 7, lock_checked=True))
    assert held(reset, Declaration(FOUND, LAST, 7), Declaration(FREE, LAST + timedelta(hours=1), 7))


def test_an_answer_alone_is_no_reset() -> None:
    assert not held(Declaration(FREE, LATER, 7)) and not held()


def test_a_tablet_that_nwipe_wiped_goes_on_with_the_answer_alone(app: Flask) -> None:
    device = arrived(kind="tablet")
    upload(("nwipe.txt", text(NEW)))
    assert not is_gone(device) and "Nobody has said" in missing(device)
    declare(device, FREE)
    assert is_gone(device)


def test_a_tablets_card_reader_is_no_proof_of_its_memory(app: Flask) -> None:
    """A card looks like soldered memory to every tool."""
    device = arrived(kind="tablet")
    cards = [{"name": f"mmcblk{n}", "type": "disk", "serial": one} for n, one in enumerate((SSD, NVME))]
    upload(("lsblk.json", json.dumps({"blockdevices": cards})), device=device)
    upload(("nwipe.txt", text(NEW)), device=device)
    assert set(ends(device).values()) == {"wiped"}
    declare(device, FREE)
    assert not is_gone(device)


def test_a_found_lock_marks_the_phone_until_someone_says_that_it_is_gone(app: Flask) -> None:
    device = phone()
    declare(device, RESET, lock_checked=True)
    declare(device, FOUND)
    assert flags(device) == {"account_locked"} and "still locks" in missing(device)
    move(device, Action.START_WIPING)
    with pytest.raises(Unproven, match="still locks"):
        move(device, Action.FINISH_WIPING)
    with pytest.raises(NotAllowed, match="quality checker"):
        declare(device, FREE)
    declare(device, FREE, by=make.actor("quality"))
    assert flags(device) == set() and is_gone(device)


def test_a_laptop_is_not_asked_about_its_lock(app: Flask) -> None:
    for kind in (FREE, FOUND):
        with pytest.raises(RuleBroken, match="phones and tablets only"):
            declare(arrived(serial=None), kind)


def test_a_phone_that_comes_back_is_asked_again(app: Flask) -> None:
    device = phone()
    declare(device, RESET, lock_checked=True)
    move(device, Action.FINISH_WIPING)
    move(device, Action.WIPE_AGAIN, reason="in doubt")
    assert not is_gone(device)


def test_the_page_says_how_to_check_and_takes_the_answer(app: Flask) -> None:
    client, device = make.signed_in(app), phone()
    page = f"/wiping/{device.code}"
    shown = client.get(page).text
    for kind in ("factory_reset", "lock_free", "lock_found"):
        assert f"{page}/declare/{kind}" in shown
        form = client.get(f"{page}/declare/{kind}").text
        assert "iPhone" in form and "MDM" in form
    assert (
        send(client, f"{page}/declare/lock_found", {"reason": "asks for an Apple account"}).status_code == 303
    )
    assert flags(device) == {"account_locked"}


def test_a_program_answers_about_the_lock(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), phone()
    path = f"/devices/{device.code}/declarations"
    answer = {"kind": "lock_found", "reason": "asks for an account"}
    assert done(caller.post(path, answer), 201)["counts"] is True
    refused(caller.post(f"/devices/{arrived().code}/declarations", answer), 409, "phones and tablets")


def test_a_program_declares_a_destruction_that_waits(app: Flask) -> None:
    caller, device = Caller(app, "volunteer"), arrived(serial=None)
    gone = {"kind": "destroyed", "serial": "WD-RICO0001", "reason": "drilled", "slip": "BSD-7"}
    assert done(caller.post(f"/devices/{device.code}/declarations", gone), 201)["counts"] is False
    (told,) = done(caller.get(f"/devices/{device.code}"))["drives"]
    assert told["end"] is None and told["to_confirm"] and told["page"].startswith("/wiping/drives/")
