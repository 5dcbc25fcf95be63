"""Our own files travel compressed, and no page that holds a token does."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import make
from tests.web import browsing

CSS = "/static/css/tracker.css"
TAKES = {"Accept-Encoding": "gzip, deflate, br"}


def asked(app: Flask, headers: dict[str, str] | None = None) -> TestResponse:
    return app.test_client().get(CSS, headers=headers or {}, buffered=True)


def test_a_style_comes_to_a_third_and_is_the_same_file(app: Flask) -> None:
    plain, packed = asked(app), asked(app, TAKES)
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert gzip.decompress(packed.data) == plain.data
    assert 3 * len(packed.data) < len(plain.data) and packed.content_length == len(packed.data)
    assert "Accept-Encoding" in plain.vary and "Accept-Encoding" in packed.vary
    assert asked(app, TAKES).data == packed.data
    assert [one.get_etag()[1] for one in (plain, packed)] == [False, True], (
        "other bytes, so not strongly the same"
    )


def test_a_browser_that_has_the_file_is_told_so(app: Flask) -> None:
    for before in ({}, TAKES):
        has = asked(app, before).headers["ETag"]
        answer = asked(app, {**TAKES, "If-None-Match": has})
        assert answer.status_code == 304 and not answer.data


@pytest.mark.parametrize("takes", ["identity", "br", "gzip;q=0"])
def test_a_browser_that_does_not_take_it_gets_the_file(app: Flask, takes: str) -> None:
    assert asked(app, {"Accept-Encoding": takes}).content_encoding is None


def test_a_part_that_is_asked_for_is_a_part_of_the_file(app: Flask) -> None:
    part = asked(app, {**TAKES, "Range": "bytes=0-99"})
    assert part.status_code == 206 and part.content_encoding is None and len(part.data) == 100


def test_no_page_is_compressed(app: Flask) -> None:
    client = browsing.client_of(app, make.user())
    for path in ("/", "/scan", f"/devices/{make.device().code}", "/login"):
        assert client.get(path, headers=TAKES).content_encoding is None, path
