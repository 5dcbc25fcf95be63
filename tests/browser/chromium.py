"""The browser of the tests: Chromium as the distribution packages it, driven by Playwright."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.postgres import Missing

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
AXE = ROOT / "tests" / "browser" / "vendor" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Of the last list of this name the browser reads, so that it begins with the one that Playwright gives it
# (tests/browser/test_chromium.py compares them).
PLAYWRIGHTS_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades "
    "HttpsFirstBalancedModeAutoEnable LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning "
    "AvoidCorsURLLoaderRestartOnRedirect TcpPortRandomizationWin OptimizationHints NetworkTimeServiceQuerying "
    "AimEnabled PreconnectToSearch msForceBrowserSignIn msEdgeUpdateLaunchServicesPreferredVersion"
).split()
# What the browser draws around a page: two pages of its own for the address bar of every window, which is a second of
# work for each window and of which nobody sees anything.
WINDOW_OFF = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
# Work as root and without a network.
ARGUMENTS = [
    *(
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    ).split(),
    f"--disable-features={','.join([*PLAYWRIGHTS_OFF, *WINDOW_OFF])}",
]
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
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    found = page.evaluate(
        "options => axe.run(document, options).then(results => results.violations)", options
    )  # what it has passed is long, and longer than the work itself on its way out of the browser
    return [
        f"{page.url} {fault['id']}: {fault['help']} {json.dumps(fault['nodes'][0]['target'])}"
        for fault in found
        if fault["impact"] in least
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
