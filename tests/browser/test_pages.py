"""Every page that a person can open without naming a thing: readable to all, silent in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FILES = (".csv", ".xlsx", ".pdf")  # a browser downloads them instead of showing a page
NOT_PAGES = ("/api/", "/static/", "/metrics", "/healthz", "/readyz", "/logout")


def addresses(app: Flask) -> list[str]:
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    return sorted({rule for rule in rules if not rule.startswith(NOT_PAGES) and not rule.endswith(FILES)})


def sign_in(opened: Callable[..., Any], email: str, **options: Any) -> Any:
    page = opened("/login", **options)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(make.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(app: Flask, opened: Callable[..., Any], dark: bool) -> None:
    person = make.user("admin")
    page = sign_in(opened, person.email, dark=dark)
    faults: list[str] = []
    for address in addresses(app):
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        faults += axe_faults(page)
        screenshot(page, f"page{address.replace('/', '-')}-{'dark' if dark else 'light'}")
    assert not faults, "\n".join(faults)


def test_no_page_is_wider_than_a_phone(app: Flask, opened: Callable[..., Any]) -> None:
    person = make.user("admin")
    page = sign_in(opened, person.email)
    wide = []
    for address in addresses(app):
        answer = page.goto(address)
        if answer and "text/html" in answer.headers.get("content-type", ""):
            width = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if width > 0:
                wide.append(f"{address}: {width} px")
    assert not wide
