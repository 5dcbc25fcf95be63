"""Scanning with the Wi-Fi off, in a real browser: kept first, sent later, each once, and never said to be done before."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.browser.chromium import ARGUMENTS, PHONE, WAIT_MS, axe_faults, executable
from tests.browser.people import here, sign_in
from tests.serving import Served
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.scanning.models import Scan

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

READ = """([raw, source]) => document.dispatchEvent(new CustomEvent("ricochet:read",
    { cancelable: true, detail: { raw, source, at: new Date().toISOString() } }))"""
NEWER_STORE = """new Promise((done, failed) => {
    const asked = indexedDB.open("ricochet", 99);
    asked.onsuccess = () => { asked.result.close(); done(); };
    asked.onerror = failed;
})"""
# What a browser does not offer to a page that came by plain HTTP.
WITHOUT_HTTPS = """
    Object.defineProperty(window, "isSecureContext", { value: false });
    Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined });
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
    Object.defineProperty(Navigator.prototype, "storage", { value: undefined });
    Object.defineProperty(Crypto.prototype, "randomUUID", { value: undefined });
"""
ALL_SENT = """(async () => {
    const { unsent } = await import("/static/js/scan/store.js");
    while (await unsent()) await new Promise((done) => setTimeout(done, 50));
})()"""
ALL_BUT_ONE_SENT = ALL_SENT.replace("await unsent()", "(await unsent()) > 1")
# A browser that has used its share says the first, Chromium on a disk that is full the second.
NO_ROOM = ("QuotaExceededError", "UnknownError")
FULL = """(name) => {
    window.roomFor ??= IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = name
        ? function () { throw new DOMException("no room", name); }
        : window.roomFor;
}"""
WAITING = "[data-waiting]:not([hidden])"
KEPT_PAGE = """(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller || !(await caches.match("/scan/shell"))) {
        await new Promise((done) => setTimeout(done, 50));
    }
})()"""


def at_the_bench(opened: Callable[..., Any], email: str, **options: Any) -> Any:
    """The scan page, ready to be opened without network."""
    page = here(opened, email, trouble=True, **options)
    page.goto("/scan")
    page.evaluate(KEPT_PAGE)
    return page


def typed(page: Any, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def kept() -> list[tuple[str, int | None, str]]:
    """(raw, user, verdict) of every scan that the server knows, in the order in which each browser made them."""
    session.rollback()
    return [
        (one.raw, one.user_id, one.verdict.value)
        for one in session.scalars(select(Scan).order_by(Scan.client, Scan.sequence))
    ]


@contextmanager
def lasting(chromium: Any, served: Served, profile: Path) -> Iterator[Any]:
    """A browser with a profile on the disk, as a phone has one."""
    context = chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=executable(),
        args=ARGUMENTS,
        base_url=served.url,
        viewport=PHONE,
        locale="fr-FR",
    )
    context.set_default_timeout(WAIT_MS)
    yield context
    with suppress(Exception):  # it was killed: there is nothing left to close
        context.close()


def killed(profile: Path) -> None:
    """As a phone whose battery is taken out: every process of the browser on this profile, at once."""
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and f"--user-data-dir={profile}" in (process / "cmdline").read_text():
                os.kill(int(process.name), signal.SIGKILL)


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
    typed(page, codes[0])
    page.get_by_text("4 scans en attente").wait_for()
    again = rows.first.inner_text()
    assert rows.count() == 3 and "2 fois" in again and codes[0][:4] in again, (
        "a code is one line, and says how often"
    )
    assert not page.locator(".verdict-good").count() and not kept()
    assert "Personne au nom rare" not in page.content() and not axe_faults(page)
    page.context.set_offline(False)
    page.get_by_text("4 scans en attente").wait_for(state="hidden")
    assert kept() == [(code, person.id, "done") for code in (*codes, codes[0])]


def test_an_answer_lost_after_it_was_done_comes_again_and_nothing_is_done_twice(
    app: Flask, opened: Callable[..., Any]
) -> None:
    device, person = make.device(Stage.RECEIVED), make.user("volunteer")
    page = at_the_bench(opened, person.email)
    calls: list[int] = []

    def network(route: Any) -> None:
        """The first call arrives and is answered; its answer does not come back."""
        calls.append(route.fetch().status if not calls else 0)
        route.abort() if len(calls) == 1 else route.continue_()

    page.route("**/scan/sync", network)
    typed(page, device.code)
    page.get_by_text("1 scan en attente").wait_for()
    page.locator(".code-huge").wait_for()
    page.locator(WAITING).wait_for(state="hidden")
    assert calls == [200, 0] and kept() == [(device.code, person.id, "done")]


def test_a_full_phone_says_so_and_refuses_new_scans_rather_than_lose_old_ones(
    app: Flask, opened: Callable[..., Any]
) -> None:
    codes, person = [make.device(Stage.RECEIVED).code for _ in range(3)], make.user("volunteer")
    page = at_the_bench(opened, person.email)
    page.context.set_offline(True)
    typed(page, codes[0])
    page.get_by_text("1 scan en attente").wait_for()
    field = page.locator("[data-scan-field]")
    for name, code in zip(NO_ROOM, reversed(codes[1:]), strict=True):
        page.evaluate(FULL, name)
        field.fill("")
        typed(page, code)
        first = page.locator("[data-scans] > li").first
        first.get_by_text(code).wait_for()
        told = first.inner_text()
        assert "PAS gardé" in told and "plus de place" in told, name
        assert not page.get_by_text("Tout est gardé").count(), "nothing on the page says the contrary"
        assert page.get_by_text("1 scan en attente").is_visible()
        assert field.input_value() == code, "what was read can be tried again"
    page.evaluate(FULL, "")
    page.keyboard.press("Enter")
    page.get_by_text("2 scans en attente").wait_for()
    assert not page.get_by_text("PAS gardé").count()
    page.context.set_offline(False)
    page.locator(WAITING).wait_for(state="hidden")
    assert kept() == [(code, person.id, "done") for code in codes[:2]]


def test_scans_wait_for_the_person_who_made_them_or_for_a_coordinator(
    app: Flask, opened: Callable[..., Any]
) -> None:
    device, hers = make.device(Stage.RECEIVED), make.user("volunteer")
    page = at_the_bench(opened, hers.email)
    page.route("**/scan/sync", lambda route: route.abort())
    typed(page, device.code)
    page.get_by_text("1 scan en attente").wait_for()
    page.context.clear_cookies(name="session")  # her session has ended, before the network is back
    page.unroute("**/scan/sync")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Vous n’êtes plus connecté").wait_for()
    other = sign_in(opened, make.user("quality").email, trouble=True)
    other.goto("/scan")
    other.get_by_text("1 scan d’ici est à quelqu’un d’autre").wait_for()
    assert not kept() and not other.get_by_role("button", name="Les envoyer en mon nom").count()
    other.context.clear_cookies(name="session")
    coordinator = sign_in(opened, make.user("coordinator").email, trouble=True)
    coordinator.goto("/scan")
    coordinator.get_by_role("button", name="Les envoyer en mon nom").click()
    coordinator.locator(WAITING).wait_for(state="hidden")
    session.rollback()
    (row,) = session.scalars(select(Scan))
    assert (row.user_id, row.scanned_by) == (make.user("coordinator").id, hers.id)


def test_two_tabs_at_once_send_each_scan_once_and_in_order(app: Flask, opened: Callable[..., Any]) -> None:
    codes, person = [make.device(Stage.RECEIVED).code for _ in range(6)], make.user("volunteer")
    first = at_the_bench(opened, person.email)
    second = opened("/scan", trouble=True)
    first.context.set_offline(True)
    for number, code in enumerate(codes):
        (first, second)[number % 2].evaluate(READ, [code, "wedge"])
        (first, second)[number % 2].locator(f"[data-scans] li:nth-child({number // 2 + 1})").wait_for()
    first.get_by_text("6 scans en attente").wait_for()
    second.get_by_text("6 scans en attente").wait_for()
    first.context.set_offline(False)
    for page in (first, second):
        page.locator(WAITING).wait_for(state="hidden")
    assert kept() == [(code, person.id, "done") for code in codes]


def test_one_scan_that_the_server_cannot_take_is_set_apart_and_holds_up_no_other(
    app: Flask, opened: Callable[..., Any]
) -> None:
    codes, person = [make.device(Stage.RECEIVED).code for _ in range(4)], make.user("volunteer")
    # The worker would send by itself what the page cannot, and its calls pass by the test's network.
    page = here(opened, person.email, trouble=True, service_workers="block")
    page.goto("/scan")
    page.route(
        "**/scan/sync",
        lambda route: (
            route.fulfill(status=500, body="") if codes[1] in route.request.post_data else route.continue_()
        ),
    )
    for code in codes:
        page.evaluate(READ, [code, "wedge"])
    page.get_by_text("Le serveur n’a pas pu prendre 1 scan").wait_for()
    page.evaluate(ALL_BUT_ONE_SENT)
    assert [raw for raw, _, _ in kept()] == [codes[0], codes[2], codes[3]]
    page.unroute("**/scan/sync")
    page.get_by_role("button", name="Réessayer").click()
    page.locator(WAITING).wait_for(state="hidden")
    assert len(kept()) == 4


def test_a_page_older_than_its_store_refuses_and_touches_nothing(
    app: Flask, opened: Callable[..., Any]
) -> None:
    page = here(opened, make.user("volunteer").email)
    page.evaluate(NEWER_STORE)
    page.goto("/scan")
    page.evaluate(READ, [make.device().code, "camera"])
    page.locator("[data-scans]").get_by_text("PAS gardé").wait_for()
    page.locator("[data-scans]").get_by_text("Rechargez-la").wait_for()


def test_without_https_the_page_still_keeps_and_sends_and_says_what_it_cannot(
    app: Flask, opened: Callable[..., Any]
) -> None:
    device, person = make.device(Stage.RECEIVED), make.user("volunteer")
    page = here(opened, person.email, trouble=True)
    page.add_init_script(WITHOUT_HTTPS)
    page.goto("/scan")
    page.get_by_text("Sans HTTPS, cette page ne peut pas s’ouvrir sans réseau").wait_for()
    page.context.set_offline(True)
    typed(page, device.code)
    page.get_by_text("1 scan en attente").wait_for()
    page.context.set_offline(False)
    page.locator(WAITING).wait_for(state="hidden")
    assert kept() == [(device.code, person.id, "done")]


def test_a_killed_browser_and_a_new_start_lose_nothing(
    app: Flask, chromium: Any, served: Served, tmp_path: Path
) -> None:
    codes, person = [make.device(Stage.RECEIVED).code for _ in range(3)], make.user("volunteer")
    with lasting(chromium, served, tmp_path) as context:
        page = context.new_page()
        page.goto("/login")
        page.locator("input[name=email]").fill(person.email)
        page.locator("input[name=password]").fill(make.PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: not url.endswith("/login"))
        page.goto("/scan")
        page.evaluate(KEPT_PAGE)
        page.route("**/scan/sync", lambda route: route.abort())
        for code in codes:
            page.evaluate(READ, [code, "wedge"])
        page.get_by_text("3 scans en attente").wait_for()
        killed(tmp_path)
    assert not kept()
    with lasting(chromium, served, tmp_path) as context:
        page = context.new_page()
        page.goto("/scan")
        if page.url.endswith("/login?next=/scan"):  # a cookie of the session may be gone with the browser
            page.locator("input[name=email]").fill(person.email)
            page.locator("input[name=password]").fill(make.PASSWORD)
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/scan")
        page.locator("[data-scan-page]").wait_for(state="attached")
        page.locator(WAITING).wait_for(state="hidden")
        page.evaluate(ALL_SENT)
        killed(tmp_path)
    assert kept() == [(code, person.id, "done") for code in codes]
