"""The mode of the scan page in a real browser: it holds for what is scanned after it, however soon, and stands after a reload."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.browser.chromium import WAIT_MS, axe_faults
from tests.browser.people import here
from tests.browser.test_offline import ALL_SENT, KEPT_PAGE, READ, typed
from tracker import clock
from tracker.cards import operations as cards
from tracker.cards import queries as card_queries
from tracker.database import session, transaction
from tracker.devices.codes import shown
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.models import Scan
from tracker.stock import queries as stock

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

# The browser's store opens, and does not say so before the test lets it.
HELD_BACK = """(() => {
    const listen = EventTarget.prototype.addEventListener;
    const gate = new Promise((done) => { globalThis.letGo = () => done(); });
    IDBOpenDBRequest.prototype.addEventListener = function (name, hears, ...more) {
        if (name !== "success") return listen.call(this, name, hears, ...more);
        globalThis.isAsked = true;
        return listen.call(this, name, (event) => gate.then(() => hears.call(this, event)), ...more);
    };
})()"""
WHAT_IS_KEPT = """new Promise((done, failed) => {
    const asked = indexedDB.open("ricochet");
    asked.onerror = failed;
    asked.onsuccess = () => {
        const all = asked.result.transaction(["kept", "scans"]), names = [...all.objectStoreNames], found = [];
        for (const name of names) all.objectStore(name).getAll().onsuccess = ({ target }) => found.push(target.result);
        all.oncomplete = () => { asked.result.close(); done(JSON.stringify(found)); };
    };
})"""
ROWS = (
    """[...document.querySelectorAll("[data-before] > li")].map(one => one.innerText.replace(/\\s+/g, " "))"""
)
PICTURE = "document.querySelector('.mode:not([hidden] *) b > svg').innerHTML"
WIPING, PLACED = "Commencer l’effacement", "Commencer l’effacement → Étagère 1"
RECORDING = "Enregistrer l’effacement"


def card(key: str) -> str:
    """The code of a printed card."""
    by = make.actor()
    with transaction():
        cards.mint_missing(by, [key])
    return card_queries.cards(by.site_id)[key].code


def received(number: int) -> list[str]:
    return [make.device(Stage.RECEIVED, model="ProBook").code for _ in range(number)]


def until(page: Any, true: Callable[[], bool]) -> None:
    for _ in range(WAIT_MS // 30):
        if true():
            return
        page.wait_for_timeout(30)
    raise AssertionError("never")


def judged(page: Any, number: int) -> None:
    """So many scans have come to the server."""

    def there() -> bool:
        session.rollback()
        return len(session.scalars(select(Scan.id)).all()) >= number

    until(page, there)


def closed() -> datetime | None:
    """When the one batch was closed."""
    session.rollback()
    return session.scalars(select(ScanBatch)).one().closed_at


def of(code: str) -> tuple[Stage, str | None]:
    """Where a device stands, and lies."""
    session.rollback()
    device = session.scalars(select(Device).where(Device.code == code)).one()
    place = stock.place_of(device.id)
    return device.stage, place.name if place else None


def band(page: Any, words: str) -> None:
    page.locator("[data-mode-name]", has_text=words).wait_for()


def held_back(page: Any) -> None:
    """Reload, and stop before the page has read its mode."""
    page.add_init_script(HELD_BACK)
    page.goto("/scan")
    until(page, lambda: bool(page.evaluate("Boolean(globalThis.isAsked)")))


def test_a_card_scanned_before_the_page_knows_its_mode_holds_for_what_is_scanned_after_it(
    app: Flask, opened: Callable[..., Any]
) -> None:
    start, (code,) = card("do:start_wiping"), received(1)
    page = here(opened, make.user().email)
    held_back(page)
    typed(page, start)
    typed(page, code)
    page.evaluate("letGo()")
    judged(page, 1)
    assert of(code) == (Stage.WIPING, None), "done, not looked up"
    band(page, WIPING)


def test_what_is_scanned_before_the_page_knows_its_mode_is_done_in_the_mode_that_stood_then(
    app: Flask, opened: Callable[..., Any]
) -> None:
    start, shelf, (before, after) = card("do:start_wiping"), make.location("Étagère 1").code, received(2)
    page = here(opened, make.user().email)
    page.goto("/scan")
    typed(page, start)
    band(page, WIPING)
    held_back(page)
    for code in (before, shelf, after):
        typed(page, code)
    page.evaluate("letGo()")
    judged(page, 2)
    assert of(before) == (Stage.WIPING, None), "in the mode that was stored"
    assert of(after) == (Stage.WIPING, "Étagère 1"), "in that of the card"
    band(page, PLACED)


def test_a_series_of_one_instant_is_judged_in_its_order(app: Flask, opened: Callable[..., Any]) -> None:
    start, end, (*codes, last) = card("do:start_wiping"), card("scan:end"), received(13)
    page = here(opened, make.user().email)
    page.goto("/scan")
    typed(page, start)
    band(page, WIPING)
    page.evaluate(f"(all) => all.forEach((raw) => ({READ})([raw, 'wedge']))", [*codes, end, last])
    judged(page, 13)
    assert {of(code)[0] for code in codes} == {Stage.WIPING} and of(last)[0] is Stage.RECEIVED
    until(page, lambda: closed() is not None)
    scans = session.scalars(select(Scan).where(Scan.batch_id.is_not(None))).all()
    assert len(scans) == 12 and max(one.received_at for one in scans) <= (closed() or clock.now())


def test_a_mode_that_the_server_begins_takes_the_place_of_a_cards_and_ends_with_the_next(
    app: Flask, opened: Callable[..., Any]
) -> None:
    start, end, shelf, (code,) = (
        card("do:start_wiping"),
        card("scan:end"),
        make.location("Étagère 1").code,
        received(1),
    )
    page = here(opened, make.user().email, trouble=True)
    page.goto("/scan")
    typed(page, start)
    band(page, WIPING)
    page.locator("[data-mode-choice] summary").click()
    page.locator("button[value=finish_wiping]").click()  # without a card of its own
    band(page, RECORDING)
    typed(page, shelf)
    band(page, f"{RECORDING} → Étagère 1")
    typed(page, end)
    page.locator("[data-mode-counts]").wait_for(state="detached")
    page.goto("/scan")
    typed(page, code)
    page.wait_for_url(f"**/scan?code={code}")
    assert of(code) == (Stage.RECEIVED, None), "all modes are over: it is looked up"


def test_what_the_batch_has_scanned_stands_again_after_a_reload_and_without_network(
    app: Flask, opened: Callable[..., Any]
) -> None:
    start, codes = card("do:start_wiping"), received(3)
    page = here(opened, make.user().email, trouble=True)
    page.goto("/scan")
    page.evaluate(KEPT_PAGE)
    typed(page, start)
    band(page, WIPING)
    rows = page.locator("[data-scans] > li")
    for code in (*codes, codes[0], "BCDFGHJJ"):
        typed(page, code)
        rows.first.get_by_text(shown(code) if code in codes else code).wait_for()
    page.evaluate(ALL_SENT)
    page.locator("[data-scans] .verdict-already").wait_for()
    drawn = page.evaluate(PICTURE)

    page.goto("/scan")
    until(page, lambda: len(page.evaluate(ROWS)) == 4 and "ProBook" in page.evaluate(ROWS)[1])
    told = page.evaluate(ROWS)
    assert "BCDFGHJJ" in told[0] and shown(codes[0]) in told[1] and "2 fois" in told[1]
    assert "Déjà" in told[1] and [shown(codes[2]) in told[2], shown(codes[1]) in told[3]] == [True, True]
    typed(page, codes[1])
    rows.first.get_by_text(shown(codes[1])).wait_for()
    rows.first.get_by_text("2 fois").wait_for()
    assert len(page.evaluate(ROWS)) == 3, "a code is one line, wherever it stood"
    page.evaluate(ALL_SENT)
    page.locator("[data-scans] .verdict-already").wait_for()
    assert not axe_faults(page)

    kept = page.evaluate(WHAT_IS_KEPT)
    assert codes[1] in kept and not [one for one in ("ProBook", make.user().name, "GHJJ") if one in kept]
    page.context.set_offline(True)
    page.goto("/scan")
    until(page, lambda: len(page.evaluate(ROWS)) == 4)
    told = page.evaluate(ROWS)
    assert [shown(one) in row for one, row in zip((codes[1], codes[0], codes[2]), (told[0], *told[2:]), strict=True)] == [True] * 3  # fmt: skip
    assert "2 fois" in told[0] and "Inconnu" in told[1] and "Fait" in told[3]
    assert page.evaluate(PICTURE) == drawn
    page.context.set_offline(False)
    state = json.loads(kept)
    batch = next(one["batch"] for many in state for one in many if isinstance(one, dict) and "batch" in one)
    page.goto(f"/scan/batches/{batch}")
    assert page.evaluate(PICTURE) == drawn, "the script's band bears what the server's does"
