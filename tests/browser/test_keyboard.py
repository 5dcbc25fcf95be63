"""The same morning with keys alone: no mouse, no finger. Where the keys are is always seen, and what happened is said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from labels.label import Label
from tests.browser import filmed, workshop
from tests.browser.chromium import axe_faults, screenshot
from tests.browser.filming import Filmed
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
        if not leaves:
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def scans(self, code: str, says: str) -> None:
        """Typed into the field: the live region says what became of it, and the keys stay there."""
        assert FIELD in self.focused()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.hears(says)
        assert FIELD in self.focused()

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
    keys.sees(r"faits\s:\s1 · déjà faits\s:\s1")
    keys.scans(work.far, "Refusé.*Réceptionner")
    keys.scans(work.unknown, "Inconnu")
    keys.scans(work.free, "libre")
    keys.scans("BCDFGHJJ", "une lettre est fausse|pas une de nos étiquettes")
    bottom = keys.page.evaluate(
        "document.querySelector('[data-scans] li .verdict-head').getBoundingClientRect().bottom + scrollY"
    )
    assert bottom <= 844, "what happened is in sight without scrolling"
    screenshot(keys.page, "keys-batch")


def _the_same_by_a_card(keys: Keys, work: workshop.Workshop) -> None:
    keys.page.keyboard.type(work.end)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
    keys.sees("Close le")
    assert workshop.stage(work.done) is Stage.WIPING
    keys.page.keyboard.press("Tab")
    keys.goes_to("C’est sur l’appareil|Il est sur l’appareil|sur l’appareil")
    keys.page.keyboard.type(work.other)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
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
