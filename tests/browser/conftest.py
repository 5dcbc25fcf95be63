"""Pages in a real browser, against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.browser import chromium as engine
from tests.browser.filming import Filmed
from tests.browser.people import state_of
from tests.serving import Served


@pytest.fixture
def opened(chromium: Any, served: Served) -> Iterator[Callable[..., Any]]:
    """`opened("/scan")`: a page of the served application at phone width; `desk=True` for a desk, `dark=True`.
    `trouble=True`: the test lets the network fail.

    Pages of one test share their cookies. A line in the browser's console or a script's fault fails the test.
    """
    contexts: dict[tuple[bool, bool], Any] = {}
    complaints: list[str] = []

    def open_page(path: str, *, desk: bool = False, dark: bool = False, trouble: bool = False, **options: Any) -> Any:  # fmt: skip
        key = (desk, dark)
        if key not in contexts:
            contexts[key] = chromium.new_context(
                base_url=served.url,
                viewport=engine.DESK if desk else engine.PHONE,
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                locale="fr-FR",
                **options,
            )
            contexts[key].set_default_timeout(engine.WAIT_MS)
        page = contexts[key].new_page()
        page.on(
            "console",
            lambda line: (
                complaints.append(f"{line.type}: {line.text}")
                if line.type == "error" and not (trouble and "Failed to load resource" in line.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts.values():
        context.close()
    # The policy refuses the test's own `evaluate` of nothing; what remains is the page's.
    assert not complaints, complaints


@pytest.fixture
def before(chromium: Any, app: Any, served: Served, tmp_path: Path) -> Iterator[Filmed]:
    """`before(scenes)`: the scan page of a volunteer whose telephone's camera shows these pictures."""
    filming = Filmed(chromium, served.url, tmp_path, state_of(make.user("volunteer").email))
    yield filming
    filming.close()
    assert not filming.complaints, filming.complaints
