"""What no page should have to think of: signs that no database keeps, numbers that no column holds."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.routing import IntegerConverter

from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.running import request_context


class _ShortNumber(IntegerConverter):
    """A number in an address: longer ones are no row of ours, so 404."""

    regex = r"[0-9]{1,9}"


def prepare(app: Flask) -> None:
    app.url_map.converters["int"] = _ShortNumber
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """PostgreSQL refuses the NUL sign in text; SQLite keeps it and shows half a name. So nobody may send it."""
    asked = request_context.get().request
    environ = asked.environ
    plain = environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")
    if "\x00" in asked.path if plain else any("\x00" in text for text in _all_that_was_sent()):
        raise Malformed(
            N_("A text holds a sign that cannot be kept (NUL). Type it again instead of pasting it.")
        )


def _all_that_was_sent() -> list[str]:
    sent = [
        request.path,
        *request.args.keys(),
        *(one for values in request.args.listvalues() for one in values),
    ]
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        if request.is_json:
            sent.append("\x00" if b"\\u0000" in request.get_data() else "")
        else:
            sent += [one for values in request.form.listvalues() for one in values]
    return sent
