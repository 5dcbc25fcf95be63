"""Pages before a filmed camera: a browser of its own for each film, signed in once for all of a test."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser import chromium as engine
from tests.browser import filmed

WAIT_S = 30  # of a busy machine
# Said of every page by plain HTTP: the header is for those by HTTPS.
HARMLESS = "Cross-Origin-Opener-Policy"
# Every reading that the page tells of, kept where the test finds it.
LISTEN = """globalThis.heard = [];
document.addEventListener("ricochet:read", ({ detail }) => heard.push([detail.raw, detail.source]), true);"""


class Filmed:
    """`before(scenes, path)`: the page at `path`, whose browser's camera shows these pictures. `first`: a script before any other."""

    def __init__(self, chromium: Any, url: str, folder: Path, state: Any) -> None:
        self.chromium, self.url, self.folder, self.state = chromium, url, folder, state
        self.browsers: list[Any] = []
        self.complaints: list[str] = []

    def __call__(self, scenes: Sequence[Image.Image], path: str = "/scan", first: str = "") -> Any:
        film = filmed.film(self.folder, scenes, f"camera{len(self.browsers)}")
        return self.page(path, filmed.arguments(film), first)

    def page(self, path: str, arguments: Sequence[str], first: str = "", **options: Any) -> Any:
        browser = self.chromium.browser_type.launch(
            executable_path=engine.executable(), args=[*engine.ARGUMENTS, *arguments]
        )
        self.browsers.append(browser)
        context = browser.new_context(
            **{"base_url": self.url, "viewport": engine.PHONE, "locale": "fr-FR", "storage_state": self.state}
            | {"permissions": ["camera"]}
            | options
        )
        context.set_default_timeout(engine.WAIT_MS)
        context.add_init_script(LISTEN + first)
        page = context.new_page()
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        return page

    def heard(self, line: Any) -> None:
        if line.type == "error" and HARMLESS not in line.text:
            self.complaints.append(line.text)

    def readings(self, page: Any, least: int) -> list[tuple[str, str]]:
        """What was read, once there are so many: (text, source)."""
        self.until(page, f"heard.length >= {least}")
        return [tuple(one) for one in page.evaluate("heard")]

    def until(self, page: Any, true: str) -> None:
        """Wait until an expression holds in the page; Playwright's own waiting needs what the policy refuses."""
        end = time.monotonic() + WAIT_S
        while not page.evaluate(f"Boolean({true})"):
            assert time.monotonic() < end, (
                f"never: {true}; {self.complaints}; {page.locator('[data-camera]').inner_text()}"
            )
            page.wait_for_timeout(30)

    def close(self) -> None:
        for browser in self.browsers:
            browser.close()
