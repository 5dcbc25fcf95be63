"""The page that tries a scanner."""

from __future__ import annotations

from flask import Flask

from tests import make
from tests.devices.keyboards import keystrokes, typed
from tests.web.browsing import client_of
from tracker.scanning.scanner_rules import SAMPLE


def test_the_page_says_what_the_scanner_does_without_any_script(app: Flask) -> None:
    client = client_of(app, make.user())
    first = client.get("/scan/test").text
    assert first.count("<svg xmlns") == 2 and "verdict" not in first.split("<main")[1]
    sample = f"{app.config['SETTINGS'].qr_base}/D/{SAMPLE}"
    there = typed("fr", keystrokes("us", sample))
    page = client.get("/scan/test", query_string={"typed": there, "suffix": "tab", "pace": "7"}).text
    assert "très bien quand même" in page and "Tabulation" in page and "7" in page
    wrong = client.get("/scan/test", query_string={"typed": "<script>x", "pace": "x"}).text
    assert "verdict-bad" in wrong and "<script>x" not in wrong
