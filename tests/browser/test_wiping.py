"""A stick's folder dropped on the page in a real browser, at phone width and on a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults
from tests.browser.people import here
from tests.wiping.arrivals import arrived
from tests.wiping.reports import FIXTURES, NEW
from tests.wiping.test_declaration_operations import doubtful
from tests.wiping.test_report_operations import smartctl
from tests.wiping.test_uploads import count, laptop
from tracker.wiping.models import Certificate, ReportFile, ReportUpload

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

# What a browser hands over when a folder is dropped: an entry for the folder, with entries for its files.
DROP = """
([folder, name, text]) => {
  const file = new File([text], name);
  const entry = { isFile: true, fullPath: `/${folder}/${name}`, file: (done) => done(file) };
  let told = false;
  const reader = { readEntries: (done) => { done(told ? [] : [entry]); told = true; } };
  const directory = { isFile: false, fullPath: `/${folder}`, createReader: () => reader };
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { items: [{ webkitGetAsEntry: () => directory }], files: [] };
  document.querySelector("[data-drop]").dispatchEvent(event);
}
"""


def test_the_folders_name_says_which_device(app: Flask, opened: Callable[..., Any]) -> None:
    device = arrived(serial=None)
    page = here(opened, make.user("volunteer").email)
    page.goto("/wiping/upload")
    page.evaluate(DROP, [device.code, "nwipe.txt", (FIXTURES / NEW).read_text(encoding="utf-8")])
    page.get_by_text("1 fichier choisi").wait_for()
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_role("button", name="Enregistrer l’effacement de cet appareil").click()
    page.get_by_text("son attestation est émise").wait_for()


def choose(page: Any, *files: tuple[str, str]) -> None:
    """Choose files with the plain field."""
    page.set_input_files(
        "[name=files]",
        [{"name": name, "mimeType": "text/plain", "buffer": data.encode()} for name, data in files],
    )


def test_forty_laptops_have_forty_certificates_after_two_presses(
    app: Flask, opened: Callable[..., Any]
) -> None:
    logs = [laptop(n)[1] for n in range(40)]
    page = here(opened, make.user("volunteer").email)
    page.goto("/wiping/upload")
    choose(page, *logs)
    page.get_by_text("40 fichiers choisis").wait_for()
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_role("button", name=re.compile("ces 40.appareils")).click()
    page.get_by_text(re.compile("effacements de 40.appareils")).wait_for()
    assert count(Certificate) == 40


def test_a_weak_network_is_tried_again_and_a_closed_page_loses_nothing(
    app: Flask, opened: Callable[..., Any]
) -> None:
    page = here(opened, make.user("volunteer").email, trouble=True)
    page.goto("/wiping/upload")
    calls: list[str] = []

    def network(route: Any) -> None:
        """The first part gets through, the second twice not."""
        calls.append(route.request.url)
        if len(calls) in (2, 3):
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route("**/wiping/upload/part", network)
    choose(page, *((f"smart-{n:02d}.json", smartctl(f"WEAKNET{n:04d}")) for n in range(12)))
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_text("10 fichiers reçus sur 12").wait_for()
    page.get_by_text("Le réseau ne répond pas").wait_for()
    assert page.get_by_text("WEAKNET0009").count() and not page.get_by_text("WEAKNET0010").count()
    assert count(ReportFile) == 10  # what is listed is on record, should the page be closed now
    page.get_by_role("heading", name="Ce que disent les rapports").wait_for()
    assert len(calls) == 4 and count(ReportFile) == 12 and count(ReportUpload) == 1


def test_what_did_not_get_through_is_named_and_sent_again(app: Flask, opened: Callable[..., Any]) -> None:
    page = here(opened, make.user("volunteer").email, trouble=True)
    page.goto("/wiping/upload")
    broken = [True]
    page.route(
        "**/wiping/upload/part",
        lambda route: route.fulfill(status=413, body="too large") if broken[0] else route.continue_(),
    )
    choose(page, ("smart.json", smartctl("LATERON001")))
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_text("Des fichiers ne sont pas passés").wait_for()
    assert page.locator("[data-names] li").all_text_contents() == ["smart.json"] and count(ReportFile) == 0
    broken[0] = False
    page.get_by_role("button", name="Renvoyer le reste").click()
    page.get_by_role("heading", name="Ce que disent les rapports").wait_for()
    assert count(ReportFile) == 1


def test_without_script_the_same_form_sends_the_same_files(app: Flask, opened: Callable[..., Any]) -> None:
    arrived()
    page = here(opened, make.user("volunteer").email, java_script_enabled=False)
    page.goto("/wiping/upload")
    choose(page, ("nwipe.txt", (FIXTURES / NEW).read_text(encoding="utf-8")))
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_role("button", name="Enregistrer l’effacement de cet appareil").wait_for()
    assert count(ReportFile) == 1


@pytest.mark.parametrize("desk", [False, True], ids=["phone", "desk"])
def test_no_wiping_page_is_too_wide_or_hard_to_use(
    app: Flask, opened: Callable[..., Any], desk: bool
) -> None:
    device = arrived()
    wipe = doubtful(device)
    page = here(opened, make.user("coordinator").email, desk=desk)
    code = device.code
    for path in ("/wiping", "/wiping/upload", f"/wiping/{code}", f"/wiping/{code}/declare/destroyed",
                 f"/wiping/attempts/{wipe.id}", f"/wiping/reports/{wipe.report_id}", "/verify"):  # fmt: skip
        page.goto(path)
        assert not axe_faults(page), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
