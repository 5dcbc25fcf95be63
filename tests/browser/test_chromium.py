"""How the browser of the tests is started."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import chromium as engine

pytestmark = pytest.mark.browser
OFF = "--disable-features="


def test_what_playwright_switches_off_stays_off(chromium: Any) -> None:
    """The browser takes its last list for the whole: ours would silently replace a longer one of a newer Playwright."""
    line = chromium.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    lists = [
        word.removeprefix(OFF).strip('"').split(",")
        for word in line.split()
        if word.strip('"').startswith(OFF)
    ]
    assert len(lists) == 2, line
    assert lists[0] == engine.PLAYWRIGHTS_OFF
    assert lists[1][: len(lists[0])] == lists[0]
