"""The scan page at phone width with nothing but keys: what a scanner types, and what a hand can reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults
from tests.browser.people import here
from tracker.database import session
from tracker.devices import codes
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.stock import queries as stock

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FOCUSED = "document.activeElement.matches('[data-scan-field]')"


def test_a_device_is_scanned_moved_and_undone_with_keys_alone(app: Flask, opened: Callable[..., Any]) -> None:
    device, person = make.device(Stage.RECEIVED, model="ProBook"), make.user("volunteer")
    number, code = device.id, device.code
    page = here(opened, person.email)
    assert page.evaluate(FOCUSED), "on the home page too, the field is where the keys go"
    page.goto("/scan")
    assert page.evaluate(FOCUSED) and not axe_faults(page)

    page.keyboard.type(f"https>!!trqcker:exq,ple!d!{code.lower()}")  # a French scanner reads the QR code
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/scan?code={code}")
    assert page.locator(".code-huge").inner_text() == codes.shown(code)
    assert page.evaluate(FOCUSED) and not axe_faults(page)

    strong = page.locator("main .strong")
    assert strong.count() == 1 and strong.bounding_box()["height"] >= 72
    assert strong.bounding_box()["y"] + 72 <= 844, "the one strong action is in sight without scrolling"
    strong.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan?done=*")
    assert page.locator(".verdict-good").is_visible() and page.evaluate(FOCUSED) and not axe_faults(page)

    page.locator("input[name=undoes] ~ button").focus()
    page.keyboard.press("Enter")
    page.locator("input[name=undoes]").wait_for(state="detached")
    session.rollback()
    assert session.get(Device, number).stage is Stage.RECEIVED  # type: ignore[union-attr]

    page.keyboard.type("bcdf ghjk")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict-unknown")
    assert page.evaluate(FOCUSED) and not axe_faults(page)


def test_letters_typed_nowhere_belong_to_the_field(app: Flask, opened: Callable[..., Any]) -> None:
    code, person = make.device().code, make.user("volunteer")
    page = here(opened, person.email)
    page.goto("/scan")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/scan?code={code}")


def test_the_pages_of_a_device_are_readable_to_all(app: Flask, opened: Callable[..., Any]) -> None:
    codes_ = [make.device(stage, model="ProBook", serial="5CD1").code for stage in Stage]
    person = make.user("coordinator")
    for dark in (False, True):
        page = here(opened, person.email, dark=dark)
        faults: list[str] = []
        for address in (
            "/devices",
            *(f"/devices/{code}" for code in codes_[:12:3]),
            f"/scan?code={codes_[2]}",
        ):
            page.goto(address)
            faults += axe_faults(page)
            assert page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
        assert not faults, "\n".join(faults)


def test_the_pages_of_a_stranger_are_readable_to_all(app: Flask, opened: Callable[..., Any]) -> None:
    code = make.device(model="ProBook").code
    page = opened(f"/d/{code.lower()}")
    assert codes.shown(code) in page.content() and not axe_faults(page)


def test_a_shelf_scanned_into_a_mode_that_a_button_began_is_put_into_and_the_mode_goes_on(
    app: Flask, opened: Callable[..., Any]
) -> None:
    device, shelf, person = make.device(Stage.RECEIVED), make.location("Étagère 1"), make.user("volunteer")
    number = device.id
    page = here(opened, person.email)
    page.goto("/scan")
    page.locator("[data-mode-choice] summary").click()
    page.locator("button[value=start_wiping]").click()  # no card was ever printed: the server begins it
    page.locator("[data-mode-counts] li").wait_for()
    page.keyboard.type(shelf.code)
    page.keyboard.press("Enter")
    page.locator(".mode b", has_text="Commencer l’effacement → Étagère 1").wait_for()
    page.keyboard.type(device.code)
    page.keyboard.press("Enter")
    page.locator("[data-scans] .verdict-good").wait_for()
    page.set_viewport_size({"width": 320, "height": 560})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    counts = page.locator("[data-mode-counts]").bounding_box()
    assert 0 <= counts["y"] < 250, "the banner and its counts stay in sight, however far one scrolls"
    session.rollback()
    place = stock.place_of(number)
    assert (
        session.get_one(Device, number).stage is Stage.WIPING
        and place is not None
        and place.name == "Étagère 1"
    )
