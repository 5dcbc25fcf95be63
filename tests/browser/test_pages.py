"""Every page that a person can open without naming a thing: readable to all, silent in the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults, screenshot
from tests.browser.people import here
from tracker.accounts.rules import Actor
from tracker.benches import pin_operations
from tracker.cards import operations as cards
from tracker.database import transaction
from tracker.devices.lifecycle import Stage
from tracker.https import authority
from tracker.https.rules import names
from tracker.stock.operations import put

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FILES = (
    ".csv",
    ".xlsx",
    ".pdf",
    ".json",
    ".sh",
    "/verify/verifier",
    "/ricochet-print.py",
    "/https/certificate.crt",
    "/labels/media/preview",  # a piece of a page
    "/bench",  # for a browser that is one
    ".webmanifest",
)  # downloaded, or shown by the browser's own viewer
PARTS = 2  # of the walk over all pages, so that two processes share it
RULES_OF_COLOUR = ("color-contrast", "link-in-text-block")
NOT_PAGES = (
    "/api/",
    "/static/",
    "/metrics",
    "/healthz",
    "/readyz",
    "/logout",
    "/favicon.ico",
    "/service-worker.js",
)


def addresses(app: Flask) -> list[str]:
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    return sorted({rule for rule in rules if not rule.startswith(NOT_PAGES) and not rule.endswith(FILES)})


def pages(app: Flask, opened: Callable[..., Any], part: int) -> Iterator[tuple[str, Any]]:
    """Each page of this part in turn, as somebody who may open all of them sees it."""
    page = here(opened, make.user("admin").email)
    for address in addresses(app)[part::PARTS]:
        page.emulate_media(color_scheme="light")
        answer = page.goto(address)
        if answer and "text/html" in answer.headers.get("content-type", ""):
            yield address, page


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_serious_on_any_page_light_or_dark_and_none_is_wider_than_a_phone(
    app: Flask, opened: Callable[..., Any], part: int
) -> None:
    """Dark pages are the same pages in other colours, so that of axe's rules those of colour are asked."""
    faults: list[str] = []
    for address, page in pages(app, opened, part):
        faults += axe_faults(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if width > 0:
            faults.append(f"{address}: {width} px too wide")
        screenshot(page, f"page{address.replace('/', '-')}-light")
        page.emulate_media(color_scheme="dark")
        faults += [f"dark: {one}" for one in axe_faults(page, only=RULES_OF_COLOUR)]
        screenshot(page, f"page{address.replace('/', '-')}-dark")
    assert not faults, "\n".join(faults)


def test_the_pages_of_a_bench_and_of_its_certificate_are_open_to_everybody(
    app: Flask, opened: Callable[..., Any]
) -> None:
    """The pages that the walk above does not come to, because the browser is no bench and has no certificate."""
    authority.make(
        authority.folder_of(app.config["SETTINGS"].instance),
        names("ricochet.local", ["192.168.1.10"]),
        "Atelier",
    )
    boss = make.user("coordinator")
    by = Actor(boss.role, boss.id, site_id=1)
    with transaction():
        code = cards.issue_badge(boss, by).code
        pin_operations.set_pin(by, "8302", "8302")
    page = here(opened, boss.email, trouble=True)  # a wrong PIN is an error in the console
    faults = [*looked_at(page, "/benches"), *looked_at(page, "/badge"), *looked_at(page, "/https")]
    page.goto("/benches")
    page.fill("input[name=name]", "Table")
    page.locator("form[action='/benches'] button").click()
    page.wait_for_url("**/bench")
    faults += [*looked_at(page, "/bench"), *looked_at(page, f"/bench?badge={code}")]
    page.fill("input[name=pin]", "8303")
    page.locator("form[action='/bench/pin'] button[type=submit]").click()
    page.locator("[aria-invalid=true]").wait_for()
    faults += looked_at(page)
    page.fill("input[name=pin]", "8302")
    page.locator("form[action='/bench/pin'] button[type=submit]").click()
    page.wait_for_url("**/scan")
    faults += [*looked_at(page), *looked_at(page, "/bench")]
    assert not faults, "\n".join(faults)


def looked_at(page: Any, address: str | None = None) -> list[str]:
    """What is wrong with a page at both widths, by day and by night."""
    faults = []
    if address:
        page.goto(address)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            faults += axe_faults(page, only=() if colours == "light" else RULES_OF_COLOUR)
            screenshot(page, f"here-{page.url.split('/', 3)[3]}-{width}-{colours}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{page.url}: wider than {width} px")
    return faults


# Each word of the menu that reaches past the box of its own line, as the browser draws it.
WORDS_OUT_OF_THEIR_BOX = """[...document.querySelectorAll(".top nav li > a")]
  .filter(line => line.offsetParent)
  .filter(line => {
    const words = document.createRange();
    words.selectNodeContents(line.querySelector("span"));
    const room = line.getBoundingClientRect(), inside = parseFloat(getComputedStyle(line).paddingRight) / 2;
    return words.getBoundingClientRect().right > room.right - inside;
  }).map(line => line.textContent)"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_word_of_the_menu_leaves_its_box(app: Flask, opened: Callable[..., Any], width: int) -> None:
    page = here(opened, make.user("admin").email)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/reconditioning")  # its own line is the boldest there
    if page.locator(".menu > summary").is_visible():
        page.locator(".menu > summary").click()
    assert page.locator(".top nav li > a:visible").count() > 10
    assert page.evaluate(WORDS_OUT_OF_THEIR_BOX) == []
    screenshot(page, f"menu-{width}")


def test_paper_has_no_foot(app: Flask, opened: Callable[..., Any]) -> None:
    page = here(opened, make.user("volunteer").email)
    page.emulate_media(media="print")
    assert page.locator(".foot").count() == 1 and not page.locator(".foot").is_visible()


def test_a_private_link_is_copied_with_a_button(app: Flask, opened: Callable[..., Any]) -> None:
    admin, somebody = make.user("admin"), make.user("volunteer")
    page = here(opened, admin.email)
    page.goto(f"/users/{somebody.id}")
    page.locator("form[action$='/link'] button").click()
    link = page.locator("#secret").text_content()
    assert link.startswith("http")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier").click()
    page.get_by_role("button", name="Copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("width", [320, 390])
def test_stages_stay_inside_the_card_of_their_shelf(
    app: Flask, opened: Callable[..., Any], width: int
) -> None:
    shelf = make.location("Étagère R1")
    by = make.actor()
    for stage in (Stage.RECONDITIONING, Stage.RECEIVED, Stage.READY):
        device = make.device(stage=stage)
        with transaction():
            put(device, shelf, by)
    page = here(opened, make.user("volunteer").email)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/stock")
    assert page.locator(".list .pill").count() == 3
    assert page.evaluate(OUT_OF_THEIR_CARD) == []


# Each pill with its count that reaches past the inside of its card.
OUT_OF_THEIR_CARD = """[...document.querySelectorAll(".list .flags li")].filter(one => {
    const card = one.closest("tr"), inside = parseFloat(getComputedStyle(card).paddingRight);
    return one.getBoundingClientRect().right > card.getBoundingClientRect().right - inside + 1;
  }).map(one => one.textContent)"""
