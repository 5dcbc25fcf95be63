"""Where a stranger who holds a given device finds help."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from tests import make


def strangers_page(app: Flask, help_line: str) -> str:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], help_line=help_line)
    return app.test_client().get(f"/D/{make.device().code}").text


def test_a_stranger_reads_the_help_line(app: Flask) -> None:
    assert strangers_page(app, "02 47 00 00 00 <b>").count("Aide\u00a0: 02 47 00 00 00 &lt;b&gt;") == 2


def test_without_a_help_line_nothing_is_promised(app: Flask) -> None:
    assert "Aide\u00a0:" not in strangers_page(app, "")
