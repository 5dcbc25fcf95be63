"""A stick's folder dropped on the page in a real browser, at phone width and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults
from tests.wiping.arrivals import arrived
from tests.wiping.reports import FIXTURES, NEW
from tests.wiping.test_declaration_operations import doubtful

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


def enter(page: Any, role: str) -> None:
    page.goto("/login")
    page.fill("[name=email]", f"{role}@example.org")
    page.fill("[name=password]", make.PASSWORD)
    page.click("main button[type=submit]")


def test_the_folders_name_says_which_device(app: Flask, opened: Callable[..., Any]) -> None:
    device = arrived(serial=None)
    make.user("volunteer")
    page = opened("/login")
    enter(page, "volunteer")
    page.goto("/wiping/upload")
    page.evaluate(DROP, [device.code, "nwipe.txt", (FIXTURES / NEW).read_text(encoding="utf-8")])
    page.get_by_text("1 fichier choisi").wait_for()
    page.get_by_role("button", name="Envoyer les rapports").click()
    page.get_by_role("button", name="Enregistrer l’effacement de cet appareil").click()
    page.get_by_text("son attestation est émise").wait_for()


@pytest.mark.parametrize("desk", [False, True], ids=["phone", "desk"])
def test_no_wiping_page_is_too_wide_or_hard_to_use(
    app: Flask, opened: Callable[..., Any], desk: bool
) -> None:
    device = arrived()
    wipe = doubtful(device)
    make.user("coordinator")
    page = opened("/login", desk=desk)
    enter(page, "coordinator")
    code = device.code
    for path in ("/wiping", "/wiping/upload", f"/wiping/{code}", f"/wiping/{code}/declare/destroyed",
                 f"/wiping/attempts/{wipe.id}", f"/wiping/reports/{wipe.report_id}", "/verify"):  # fmt: skip
        page.goto(path)
        assert not axe_faults(page), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
