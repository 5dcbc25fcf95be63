"""What is answered on the port without HTTPS: how to come to the one with it, and nothing else. No password is ever asked
there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

OPEN = ("/https", "/static", "/favicon.ico", "/healthz")


def door(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, of which only the page on HTTPS is open; every other address leads there."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        environ["wsgi.url_scheme"] = "http"
        for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_COOKIE", "HTTP_AUTHORIZATION"):
            environ.pop(name, None)  # nobody is somebody here
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and _is_open(path):
            return application(environ, start_response)
        # Only what is read is offered again over there: a form must be sent anew.
        wish = quote(path.encode("latin-1", "replace")) if environ["REQUEST_METHOD"] == "GET" else "/"
        where = "/https" if wish == "/" else f"/https?next={quote(wish, safe='')}"
        start_response(
            "303 See Other", [("Location", where), ("Content-Length", "0"), ("Cache-Control", "no-store")]
        )
        return [b""]

    return answer


def _is_open(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in OPEN)
