"""Requests and responses are read and sent as Flask's own are, though by a shorter way."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask import Flask, Request, Response
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import EnvironBuilder

from tracker.web.messages import Answer, Asked
from tracker.web.templates import Application

COOKIES = [
    "",
    "session=a; visit=b",
    "session=a; session=b",
    'lang="fr"; x=%20; empty=; noequals',
    "name=\u00c3\u00a9",  # as UTF-8 arrives in WSGI
]


@pytest.mark.parametrize("sent", COOKIES)
def test_cookies_are_those_that_flask_reads(sent: str) -> None:
    environ = EnvironBuilder().get_environ() | ({"HTTP_COOKIE": sent} if sent else {})
    mine, theirs = Asked(environ).cookies, Request(environ).cookies
    assert type(mine) is ImmutableMultiDict and list(mine.items(multi=True)) == list(theirs.items(multi=True))


ANSWERS = {
    "page": {"response": "é"},
    "bytes": {"response": b"1234"},
    "pieces": {"response": [b"12", b"34"]},
    "stream": {"response": (piece for piece in (b"1",))},
    "elsewhere": {"response": "", "status": HTTPStatus.SEE_OTHER, "headers": {"Location": "/é"}},
    "made": {"response": "x", "status": HTTPStatus.CREATED, "headers": {"Location": "/devices/1"}},
    "somewhere": {"response": "x", "headers": {"Location": "/é"}},
    "content": {"response": "x", "headers": {"Content-Location": "/é"}},
    "nothing": {"response": "", "status": HTTPStatus.NO_CONTENT},
    "unchanged": {"response": "x", "status": HTTPStatus.NOT_MODIFIED},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_headers_are_those_that_flask_sends(name: str) -> None:
    environ = EnvironBuilder("/somewhere/").get_environ()
    mine, theirs = (kind(**ANSWERS[name]).get_wsgi_headers(environ) for kind in (Answer, Response))  # type: ignore[arg-type]
    assert sorted(mine) == sorted(theirs)


@pytest.mark.parametrize(
    ("host", "prefix"),
    [
        ("atelier.example.org", ""),
        ("atelier.example.org:8443", "/suivi"),
        ("127.0.0.1:5000", ""),
        ("[::1]:5000", ""),
        ("Atelier.Example.org", ""),
        ("atelier.example.org.", ""),
        ("a" * 64 + ".example.org", ""),
    ],
)
@pytest.mark.parametrize("path", ["/é", "/", "/devices/BCDFGHJX?was=%C3%A9"])
def test_addresses_are_bound_as_flask_binds_them(host: str, prefix: str, path: str) -> None:
    environ = EnvironBuilder(path).get_environ() | {"HTTP_HOST": host, "SCRIPT_NAME": prefix}
    bound = []
    for kind in (Application, Flask):
        app = kind("tracker")
        app.add_url_rule("/é", "there", lambda: "")
        try:
            adapter = app.create_url_adapter(app.request_class(environ))
        except Exception as refusal:  # noqa: BLE001 (the same one, whichever)
            bound.append(type(refusal))
            continue
        assert adapter is not None
        values = vars(adapter)
        bound.append({key: value for key, value in values.items() if key not in ("map", "websocket")})
    assert bound[0] == bound[1]
