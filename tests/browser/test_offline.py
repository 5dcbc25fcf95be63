"""Scanning with the Wi-Fi off, in a real browser: kept first, sent later, each once, and never said to be done before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.browser.chromium import axe_faults
from tests.browser.test_pages import sign_in
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.scanning.models import Scan

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

READ = """([raw, source]) => document.dispatchEvent(new CustomEvent("ricochet:read",
    { cancelable: true, detail: { raw, source, at: new Date().toISOString() } }))"""
WAITING = "[data-waiting]:not([hidden])"
KEPT_PAGE = "caches.match('/scan/shell', { cacheName: 'ricochet-page' }).then(Boolean)"


def at_the_bench(opened: Callable[..., Any], email: str, **options: Any) -> Any:
    """The scan page, ready to be opened without network."""
    page = sign_in(opened, email, trouble=True, **options)
    page.goto("/scan")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.wait_for_function(KEPT_PAGE)
    return page


def typed(page: Any, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def kept() -> list[tuple[str, int | None, str]]:
    """(raw, user, verdict) of every scan that the server knows, in the order in which it was judged."""
    session.rollback()
    return [
        (one.raw, one.user_id, one.verdict.value) for one in session.scalars(select(Scan).order_by(Scan.id))
    ]


def all_sent(page: Any) -> None:
    page.locator(WAITING).wait_for(
        state="detached" if not page.locator("[data-waiting]").count() else "hidden"
    )


def test_the_page_opens_without_network_and_sends_in_order_when_it_is_back(
    app: Flask, opened: Callable[..., Any]
) -> None:
    codes = [make.device(Stage.RECEIVED).code for _ in range(3)]
    person = make.user("volunteer", name="Personne au nom rare")
    page = at_the_bench(opened, person.email)
    page.context.set_offline(True)
    page.goto("/scan")
    for code in codes:
        typed(page, code)
    page.get_by_text("3 scans en attente").wait_for()
    assert page.title().startswith("(3) ")
    rows = page.locator("[data-scans] li")
    assert rows.count() == 3 and "Gardé" in rows.first.inner_text()
    assert not page.locator(".verdict-good").count() and not kept()
    assert "Personne au nom rare" not in page.content() and not axe_faults(page)
    page.context.set_offline(False)
    page.get_by_text("3 scans en attente").wait_for(state="hidden")
    assert kept() == [(code, person.id, "done") for code in codes]
