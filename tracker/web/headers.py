"""What every answer tells the browser: run nothing but our own files, send nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response

from tracker.running import request_context
from tracker.web.addresses import is_public_name
from tracker.web.visitor import visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# `wasm-unsafe-eval`, `blob:`, worker and connect are for the camera scanner (a WebAssembly decoder) and the
# service worker; nothing inline anywhere.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; img-src 'self' data: blob:; style-src 'self'; font-src 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# The viewer that browsers bring for PDF styles its own page, and embeds the file in it.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_HEADERS = tuple((name.lower(), (name, value)) for name, value in HEADERS.items())
HSTS = "max-age=31536000; includeSubDomains"
_STRICT = (("strict-transport-security", ("Strict-Transport-Security", HSTS)),)
A_DAY_S = 24 * 3600
HTTPS_PORT = 443


def prepare(app: Flask) -> None:
    app.after_request(_not_kept)
    app.wsgi_app = cast("Any", _guarded(app, app.wsgi_app))  # type: ignore[method-assign]
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = A_DAY_S


def _guarded(app: Flask, answer: WSGIApplication) -> WSGIApplication:
    """With what every answer says, set down below Flask, which looks at each header four times: a tenth of what an answer
    costs beside its page."""

    def answered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            said = {name.lower() for name, _value in headers}
            strict = _STRICT if _is_strict(app.config["SETTINGS"].site_url) else ()
            more = [header for lower, header in (*_HEADERS, *strict) if lower not in said]
            return start(status, headers + more, *rest)

        return answer(environ, begin)

    return answered


@cache
def _is_strict(site_url: str) -> bool:
    """Whether browsers may be told to come by HTTPS only, for a year and for every port: where a public authority proves
    the name. On a workshop's own network that would close the page that brings phones the certificate."""
    parts = urlsplit(site_url)
    return (
        parts.scheme == "https" and parts.port in (None, HTTPS_PORT) and is_public_name(parts.hostname or "")
    )


def _not_kept(response: Response) -> Response:
    static = request_context.get().request.endpoint == "static"
    if (
        not static
        and (visitor().key or response.status_code >= 400)
        and "Cache-Control" not in response.headers
    ):
        response.headers.add("Cache-Control", "no-store")
    return response
