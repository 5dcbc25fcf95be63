"""The same morning with keys alone: no mouse, no finger. Where the keys are is always seen, and what happened is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from labels.label import Label
from tests import make
from tests.browser import filmed, workshop
from tests.browser.chromium import axe_faults, screenshot
from tests.browser.filming import Filmed
from tests.browser.test_offline import ALL_SENT
from tests.labels import samples
from tracker.devices.lifecycle import Stage

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

# What has the keys, in words; "" where it is lost or where nothing shows that it has them.
FOCUSED = """(() => {
  const one = document.activeElement;
  if (!one || one === document.body || !one.checkVisibility()) return "";
  const box = one.getBoundingClientRect(), seen = one.matches("input[type=file]") ? one.parentElement : one;
  const ring = [seen, seen.parentElement].map(part => getComputedStyle(part))
    .some(style => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none");
  if (!ring || box.bottom < 0 || box.top > innerHeight) return "";
  return (one.labels?.[0] ?? one).innerText?.trim() || one.getAttribute("aria-label") || one.name || one.id || one.tagName;
})()"""
# Address without query, bytes as they travel; the page that is kept for use without network is not of the page's weight.
FETCHED = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .map(one => [new URL(one.name).pathname, one.encodedBodySize]).filter(([path]) => path !== "/scan/shell")"""
OF_THE_CAMERA = ("/camera.js", "/lens.js", "/reader.js", "/sticker.js", "/intake.js", "/photo.js", ".wasm")
MOST_BYTES = 100_000
A_SCANNER_ENDS_MS = (
    450  # an Enter or a Tab that comes sooner after a code is the scanner's, and nobody's press
)
FIELD = "Scannez ou tapez un code"
PLACED, BADGE = "Appareil", "badge"  # the fields of a place and of a bench where nobody works


class Keys:
    """A keyboard, and nothing else."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def focused(self) -> str:
        """Where the keys are; it fails where nobody can tell."""
        found = self.page.evaluate(FOCUSED)
        assert found, (
            f"lost on {self.page.url}: {self.page.evaluate('document.activeElement.outerHTML.slice(0, 200)')}"
        )
        return str(found).replace("\N{NO-BREAK SPACE}", " ")

    def press(self, key: str) -> str:
        self.page.keyboard.press(key)
        return self.focused()

    def begins(self) -> None:
        """At the top of a page that has no field for a code."""
        self.page.wait_for_load_state()
        self.page.wait_for_timeout(A_SCANNER_ENDS_MS)
        self.press("Tab")

    def goes_to(self, words: str, key: str = "Tab", most: int = 45) -> None:
        self.page.wait_for_timeout(A_SCANNER_ENDS_MS)
        for _ in range(most):
            if re.search(words, self.focused()):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{words}: not reached with {key} on {self.page.url}")

    def presses(self, words: str, key: str = "Tab", *, leaves: bool = False) -> None:
        """Go to what bears these words, and Enter; `leaves`: another page comes."""
        self.goes_to(words, key)
        self.enters() if leaves else self.page.keyboard.press("Enter")

    def enters(self, text: str = "") -> None:
        """Type where the keys are, and Enter: another page comes."""
        self.page.keyboard.type(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def scans(self, code: str, says: str, field: str = FIELD) -> None:
        """Typed into the field: the live region says what became of it, and the keys stay there."""
        assert field in self.focused()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.hears(says)
        assert field in self.focused()

    def hears(self, words: str) -> None:
        self.page.locator("[data-said]", has_text=re.compile(words)).wait_for(state="attached")

    def sees(self, words: str) -> None:
        self.page.locator("main").get_by_text(re.compile(words)).first.wait_for()


@pytest.fixture
def work(app: Flask) -> workshop.Workshop:
    return workshop.furnished()


def test_a_morning_at_the_bench_with_keys_alone(work: workshop.Workshop, before: Filmed) -> None:
    label = samples.label("wipe", 9)
    page = before([filmed.held(filmed.printed(label))])
    page.reload()  # the table of cards is of now
    keys = Keys(page)
    _the_camera_opens_and_closes(keys, before, label)
    _a_mode_chosen_by_keys(keys, work)
    _the_same_by_a_card(keys, work)
    _the_series_is_taken_back(keys, work)
    _a_device_goes_on(keys, work)
    assert not axe_faults(page)


def _the_camera_opens_and_closes(keys: Keys, before: Filmed, label: Label) -> None:
    fetched = dict(keys.page.evaluate(FETCHED))
    assert not [one for one in fetched if one.endswith(OF_THE_CAMERA)], (
        "fetched when somebody is about to use it"
    )
    assert sum(fetched.values()) <= MOST_BYTES, fetched
    keys.presses("Lire avec l’appareil photo")
    before.readings(keys.page, 1)
    assert "Fermer l’appareil photo" in keys.focused()
    assert "Lire avec l’appareil photo" in keys.press("Escape")
    assert not keys.page.locator("[data-camera-view]").is_visible()
    assert FIELD in keys.press("Escape"), "from anywhere, Escape leads back to the field"


def _a_mode_chosen_by_keys(keys: Keys, work: workshop.Workshop) -> None:
    keys.presses("La même chose pour beaucoup", "Shift+Tab")
    keys.goes_to("Seulement de cette collecte|optionnel|facultatif")
    assert "La même chose pour beaucoup" in keys.press("Escape"), "folded again, and not lost"
    keys.page.keyboard.press("Enter")
    keys.presses("Commencer l’effacement")
    keys.hears("Commencer l’effacement")
    screenshot(keys.page, "keys-mode")
    keys.scans(work.done, "Fait.*En effacement")
    keys.scans(work.already, "Déjà fait")
    keys.sees(r"faits\s:\s1\s*déjà faits\s:\s1")
    keys.scans(work.far, "Refusé.*Réceptionner")
    keys.scans(work.unknown, "Inconnu")
    keys.scans(work.free, "libre")
    keys.scans("BCDFGHJJ", "ne lettre est fausse")
    bottom = keys.page.evaluate(
        "document.querySelector('[data-scans] li .verdict-head').getBoundingClientRect().bottom + scrollY"
    )
    assert bottom <= 844, "what happened is in sight without scrolling"
    screenshot(keys.page, "keys-batch")


def _the_same_by_a_card(keys: Keys, work: workshop.Workshop) -> None:
    keys.page.evaluate(ALL_SENT)  # while a scan waits, the end is told and leads nowhere yet
    keys.enters(work.end)
    keys.sees("Close le")
    assert workshop.stage(work.done) is Stage.WIPING
    keys.page.keyboard.press("Tab")
    keys.goes_to("C’est sur l’appareil|Il est sur l’appareil|sur l’appareil")
    keys.enters(work.other)
    assert workshop.stage(work.other) is Stage.WIPING


def _the_series_is_taken_back(keys: Keys, work: workshop.Workshop) -> None:
    keys.page.keyboard.press("Tab")
    keys.presses("Annuler toute la série", leaves=True)
    keys.sees("là où ils en étaient")
    assert {workshop.stage(one) for one in (work.done, work.other)} == {Stage.RECEIVED}
    keys.page.keyboard.press("Tab")
    keys.presses("^Scanner$", leaves=True)
    keys.page.locator("[data-scans]").wait_for(state="attached")
    keys.page.keyboard.type(work.start)
    keys.page.keyboard.press("Enter")
    keys.hears("Commencer l’effacement")
    keys.scans(work.other, "Fait")
    keys.presses("Annuler le dernier scan", "Shift+Tab", leaves=True)
    assert workshop.stage(work.other) is Stage.RECEIVED
    assert FIELD in keys.focused()
    keys.presses("Terminer la série", "Shift+Tab", leaves=True)


def _a_device_goes_on(keys: Keys, work: workshop.Workshop) -> None:
    keys.page.keyboard.press("Tab")
    keys.presses("^Scanner$", leaves=True)
    keys.scans(work.stranger, "ProBook|Réceptionné")
    keys.page.locator("[data-found] .strong").wait_for()
    keys.presses("Commencer l’effacement", leaves=True)
    assert workshop.stage(work.stranger) is Stage.WIPING
    assert FIELD in keys.focused()
    keys.presses("Annuler", leaves=True)
    assert workshop.stage(work.stranger) is Stage.RECEIVED


def test_a_box_a_stock_check_and_a_shared_bench_with_keys_alone(
    app: Flask, opened: Callable[..., Any]
) -> None:
    work = workshop.furnished()
    keys = Keys(opened("/login", trouble=True, service_workers="block"))
    _signs_in(keys, make.user("coordinator").email)
    _a_box_comes_with_all_that_is_in_it(keys, work)
    _a_stock_check(keys, work)
    _this_browser_becomes_a_bench(keys)
    _her_badge_and_her_pin(keys, work)


def _signs_in(keys: Keys, email: str) -> None:
    keys.begins()
    keys.goes_to("Adresse")
    keys.page.keyboard.type(email)
    keys.goes_to("Mot de passe")
    keys.enters(make.PASSWORD)


def _a_box_comes_with_all_that_is_in_it(keys: Keys, work: workshop.Workshop) -> None:
    keys.presses("^Menu$", "Shift+Tab")
    keys.presses("^Stock$", leaves=True)
    keys.begins()
    keys.presses("^Étagère 1", leaves=True)
    assert PLACED in keys.focused()
    keys.enters(work.box)
    keys.sees("avec 2 appareils")
    assert PLACED in keys.focused()


def _a_stock_check(keys: Keys, work: workshop.Workshop) -> None:
    keys.presses("Faire l’inventaire", leaves=True)
    keys.sees("Rien n’est manquant")
    keys.scans(work.nobodys, "Inconnu", PLACED)
    keys.scans(work.stranger, "place", PLACED)
    keys.page.get_by_role("button", name="Le ranger ici").wait_for()
    lists: list[Any] = []
    keys.page.route(keys.page.url, lambda one: lists.insert(0, one))  # they come when the keys are in them
    keys.scans(work.other, "Fait", PLACED)
    keys.goes_to("Le ranger ici")
    while not lists:
        keys.page.wait_for_timeout(30)
    lists[0].continue_()
    keys.page.locator("[data-check-lists] h2", has_text="Trouvés ici").wait_for()
    screenshot(keys.page, "keys-check")
    assert "Le ranger ici" in keys.focused(), "the lists are new, and the keys where they were"
    keys.page.unroute(keys.page.url)
    keys.presses("Le ranger ici", leaves=True)
    keys.sees("ici maintenant")
    keys.begins()
    keys.presses("Terminer l’inventaire", leaves=True)
    keys.sees("Manquants")


def _this_browser_becomes_a_bench(keys: Keys) -> None:
    keys.page.goto("/benches")
    keys.begins()
    keys.goes_to("Nom")
    keys.enters("Table 1")
    assert BADGE in keys.focused()


def _her_badge_and_her_pin(keys: Keys, work: workshop.Workshop) -> None:
    keys.enters(work.nobodys)
    keys.sees("pas un badge valable")
    assert BADGE in keys.focused(), "the next badge is scanned into the field, not into the list of faults"
    keys.enters(work.badge)
    keys.enters("1111")
    keys.sees("Ce code PIN n’est pas")
    assert keys.focused() == "Votre code PIN"
    assert not axe_faults(keys.page)
    keys.enters(workshop.PIN)
    keys.sees("Vous travaillez")
    keys.scans(work.stranger, "ProBook|Réceptionné")
    keys.page.locator("[data-found] .strong").wait_for()
    keys.presses("Commencer l’effacement", leaves=True)
    assert workshop.stage(work.stranger) is Stage.WIPING
    screenshot(keys.page, "keys-bench")
    keys.presses("^FIN", "Shift+Tab", leaves=True)
    keys.sees("C’est terminé pour vous")
    assert BADGE in keys.focused()
