"""A whole morning at the bench in a browser whose JavaScript is switched off: typed, sent, read, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser import workshop
from tests.browser.chromium import screenshot
from tests.browser.people import sign_in
from tracker.devices.lifecycle import Stage

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

# What only scripts fill: nothing of it may take room on the page, and nothing that is seen may do nothing.
HOLES = """[...document.querySelectorAll("[data-camera] button, [data-scans], [data-notices], [data-waiting], [data-sound-button], [data-pin-keys]")]
  .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 90))"""
GAPS = """[...document.querySelectorAll("main *")].filter(one => one.checkVisibility() && !one.closest("svg"))
  .filter(one => one.childElementCount && one.offsetHeight > 0 && !one.innerText?.trim() && !one.querySelector("input, select, textarea, svg") && !one.closest("[role=img]"))
  .map(one => one.outerHTML.slice(0, 90))"""


class Hands:
    """Fingers on a page of plain forms."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def opens(self, path: str) -> Hands:
        self.page.goto(path)
        return self

    def types(self, text: str, field: str = "input[autofocus]") -> str:
        """Into the field, then Enter: what the page says then."""
        self.page.locator(f"main {field}").first.fill(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self.said()

    def presses(self, words: str, *, within: str = "main") -> str:
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=re.compile(words)).first.click()
        return self.said()

    def said(self) -> str:
        assert self.page.evaluate(HOLES) == [] and self.page.evaluate(GAPS) == [], self.page.url
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())


def test_a_morning_at_the_bench_without_javascript(app: Flask, opened: Callable[..., Any]) -> None:
    work, coordinator = workshop.furnished(), make.user("coordinator").email
    hands = Hands(sign_in(opened, work.email, java_script_enabled=False))
    _the_same_for_six(hands, work)
    _the_series_ends_and_is_taken_back(hands, work)
    _a_box_and_a_stock_check(hands, work)
    hands.page.context.clear_cookies()
    _at_a_shared_bench(Hands(sign_in(opened, coordinator, trouble=True)), work)


def _the_same_for_six(hands: Hands, work: workshop.Workshop) -> None:
    said = hands.opens("/scan").said()
    assert "Sans JavaScript" in said and "Prendre une photo" not in said
    hands.page.get_by_text("La même chose pour beaucoup d’appareils").click()
    hands.page.locator("#mode-collection").fill(work.collection)
    assert "0 fait" in hands.presses("Commencer l’effacement")
    for code, number, why in zip(
        work.six,
        ("1 fait", "1 déjà fait", "1 refusé", "1 inconnu", "2 refusés", "1 d’une autre collecte"),
        (
            "« En effacement »",
            "Déjà fait : cet appareil",
            "Sa prochaine étape est « Réceptionner »",
            "n’est pas une de nos étiquettes",
            "est libre : aucun appareil ne la porte encore",
            f"est pour {work.collection}",
        ),
        strict=True,
    ):
        said = hands.types(code)
        assert number in said and why in said.replace("\N{NO-BREAK SPACE}", " "), (number, why, said)
        screenshot(hands.page, "plain-verdict")
        verdict = hands.page.locator("[data-found] .verdict").bounding_box()
        assert verdict["y"] + min(verdict["height"], 240) <= 844, (
            "what happened is in sight without scrolling"
        )
    screenshot(hands.page, "plain-verdict")


def _the_series_ends_and_is_taken_back(hands: Hands, work: workshop.Workshop) -> None:
    hands.presses("Terminer la série")
    screenshot(hands.page, "plain-batch")
    assert workshop.stage(work.done) is Stage.WIPING
    said = hands.types(work.other, "section:has(h2:text('Codes inconnus')) .link-code input[name=code]")
    assert "Codes inconnus, réglés 1" in said, said
    assert "2 faits" in said and workshop.stage(work.other) is Stage.WIPING
    assert "2 appareils sont de nouveau là où ils en étaient" in hands.presses("Annuler toute la série")
    assert {workshop.stage(one) for one in (work.done, work.other)} == {Stage.RECEIVED}
    assert workshop.stage(work.already) is Stage.WIPING, "what was so before stays so"
    said = hands.opens("/scan").types(work.done)
    assert "ProBook" in said and "Réceptionné" in said and "Terminer la série" not in said
    hands.types(work.nobodys)
    assert "Codes qui ne sont pas à nous (1)" in hands.said()
    hands.page.locator("details.more", has_text="Codes qui ne sont pas à nous").locator("summary").click()
    assert "Codes qui ne sont pas à nous" not in hands.presses("Écarter")


def _a_box_and_a_stock_check(hands: Hands, work: workshop.Workshop) -> None:
    place = f"/stock/locations/{work.shelf}"
    assert "avec 2 appareils" in hands.opens(place).types(work.box)
    assert "Rien n’est manquant" in hands.presses("Faire l’inventaire")
    for code in (work.stranger, work.nobodys):
        hands.types(code)
    screenshot(hands.page, "plain-check")
    assert "N’avait pas de place" in hands.said() and "Manquants" not in hands.said()
    assert "ici maintenant" in hands.presses("Le ranger ici")
    said = hands.presses("Terminer l’inventaire")
    assert "Manquants" in said and work.other[:4] in said and work.already[:4] not in said


def _at_a_shared_bench(hands: Hands, work: workshop.Workshop) -> None:
    hands.opens("/benches").types("Table 1", "input[name=name]")
    hands.types(work.badge)
    assert "Claire" in hands.said()
    assert "Ce code PIN n’est pas" in hands.types("1111")
    assert "Vous travaillez : Claire" in hands.types(workshop.PIN).replace("\N{NO-BREAK SPACE}", " ")
    screenshot(hands.page, "plain-bench")
    hands.types(work.stranger)
    assert "effacement" in hands.presses("Commencer l’effacement|Effacer")
    assert workshop.stage(work.stranger) is Stage.WIPING
    assert "C’est terminé pour vous" in hands.presses("^FIN")
    assert hands.opens("/scan").page.url.endswith("/bench?next=/scan")
