"""A shelf is checked with a scanner that types faster than any page reloads: not one code is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make, nursery
from tests.browser.chromium import axe_faults, screenshot
from tests.browser.people import here
from tests.browser.test_offline import WAITING
from tests.serving import Served
from tracker.database import session, transaction
from tracker.stock import check_operations, operations
from tracker.stock.check_models import StockCheck, StockCheckLine
from tracker.stock.models import Location

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

CODES, BETWEEN_KEYS_MS = 30, 20
SLOW_MS = 1500


def shelf(number: int) -> tuple[Location, list[str]]:
    place, devices = make.location("Étagère 1"), [make.device() for _ in range(number)]
    with transaction():
        for one in devices:
            operations.put(one, place, make.system())
    return place, [one.code for one in devices]


def found(check: int) -> set[str]:
    session.rollback()
    chosen = select(StockCheckLine.code).where(
        StockCheckLine.check_id == check, StockCheckLine.found_at.is_not(None)
    )
    return set(session.scalars(chosen))


def scanned(page: Any, codes: list[str]) -> None:
    """As a wedge scanner types: the next code at once, whatever the page does."""
    for code in codes:
        page.keyboard.type(code, delay=BETWEEN_KEYS_MS)
        page.keyboard.press("Enter")


def network(page: Any, latency_ms: int) -> None:
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency_ms, "downloadThroughput": -1, "uploadThroughput": -1},
    )


@pytest.mark.timeout(240)
def test_no_code_is_lost_while_the_server_is_quick_slow_killed_and_back(
    app: Flask, opened: Callable[..., Any], served: Served
) -> None:
    place, codes = shelf(CODES)
    with transaction():
        check = check_operations.begin(place, make.system()).id
    quick, slow, killed, back = codes[:9], codes[9:16], codes[16:23], codes[23:]
    page = here(opened, make.user().email, trouble=True, service_workers="block")
    page.goto(f"/stock/checks/{check}")
    page.locator("[data-check-lists]").get_by_text(codes[-1][:4], exact=False).first.wait_for()
    scanned(page, quick)
    network(page, SLOW_MS)
    scanned(page, slow)
    network(page, 0)
    served.kill()
    scanned(page, killed)
    rows = page.locator("[data-scans] > li")
    rows.nth(len(codes) - len(back) - 1).wait_for(state="attached")  # each is shown as soon as it is kept
    page.locator(WAITING).wait_for()
    page.get_by_role("button", name="Terminer l’inventaire").click()
    page.get_by_text("attendez qu’ils soient envoyés").wait_for()
    assert session.get(StockCheck, check).closed_at is None  # type: ignore[union-attr]
    with nursery.served(urlsplit(served.url).port or 0):
        scanned(page, back)
        page.locator(WAITING).wait_for(state="hidden")
        assert found(check) == set(codes) and rows.count() == CODES
        assert page.locator("[data-scans] .verdict-good").count() == CODES
        assert page.locator("[data-scans] .verdict-good:visible").count() == 3, (
            "the lists are not pushed out of sight"
        )
        page.locator("[data-check-lists]").get_by_text("30", exact=True).first.wait_for()
        assert not axe_faults(page)
        screenshot(page, "stock-check-scanned")
        page.get_by_role("button", name="Terminer l’inventaire").click()
        page.locator("[data-stock-check]").wait_for(state="detached")
    session.rollback()
    assert session.get(StockCheck, check).closed_at is not None  # type: ignore[union-attr]
