"""Our own files go out compressed to browsers that take it: styles and scripts of a page come to a third.

Pages themselves do not: they hold words that a stranger may choose beside the token of the session, and the length of a
compressed page would tell that token letter by letter (the BREACH attack, breachattack.com).
"""

from __future__ import annotations

import gzip
from typing import Any

from flask import Flask, Response, current_app, request

from tracker.running import request_context

GAINING = frozenset(
    {"text/css", "text/javascript", "application/javascript", "application/wasm", "image/svg+xml"}
)
SMALL_BYTES = 500  # what fits one packet with its headers gains nothing
GZIP = "gzip"


def prepare(app: Flask) -> None:
    app.after_request(_shrink)


def _shrink(response: Response) -> Response:
    if request_context.get().request.endpoint != "static" or response.mimetype not in GAINING:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings[GZIP]:
        return response
    etag, weak = response.get_etag()
    if etag and not weak:
        # Byte for byte it is another answer, for the same file: so a browser's question whether it has changed is met.
        response.set_etag(etag, weak=True)
    if response.status_code != 200 or "Content-Encoding" in response.headers or request.method != "GET":
        return response
    known: dict[tuple[str, Any], bytes] = current_app.extensions.setdefault("compressed", {})
    question = (request.path, etag)
    if question not in known:
        response.direct_passthrough = False
        known[question] = gzip.compress(response.get_data(), mtime=0)
    if len(known[question]) + SMALL_BYTES > (response.content_length or 0):
        return response
    response.close()  # the file itself is read no more
    response.direct_passthrough = False
    response.set_data(known[question])
    response.headers["Content-Encoding"] = GZIP
    return response
