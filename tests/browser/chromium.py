"""The browser of the tests: Chromium as the distribution packages it, driven by Playwright."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.postgres import Missing

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
AXE = ROOT / "tests" / "browser" / "vendor" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Work as root and without a network.
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WAIT_MS = 30_000  # of a busy machine; nothing is asserted of it


def executable() -> str:
    """Where the browser is. Raises `Missing`."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise Missing("Chromium is not installed (on Debian: apt-get install chromium)")
    return found


@contextmanager
def launched(*more_arguments: str) -> Iterator[Any]:
    """A running browser; `more_arguments` such as those of a fake camera need a browser of their own."""
    from playwright.sync_api import sync_playwright

    path = executable()
    try:
        engine = sync_playwright().start()
    except Exception as error:
        raise Missing("Playwright's driver does not run (on Debian: apt-get install libatomic1)") from error
    try:
        browser = engine.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more_arguments])
        yield browser
        browser.close()
    finally:
        engine.stop()


def screenshot(page: Any, name: str) -> None:
    """A picture of the whole page for people to look at, where `TRACKER_TEST_PICTURES` asks for it; nothing is checked."""
    if os.environ.get("TRACKER_TEST_PICTURES"):
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / (re.sub(r"[^\w-]+", "-", name) + ".png"), full_page=True)


def axe_faults(
    page: Any, least: tuple[str, ...] = ("serious", "critical"), only: tuple[str, ...] = ()
) -> list[str]:
    """What axe-core finds on the page as it stands, of these weights: rule, help, first place. `only`: some rules."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    results = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{page.url} {fault['id']}: {fault['help']} {json.dumps(fault['nodes'][0]['target'])}"
        for fault in results["violations"]
        if fault["impact"] in least
    ]
