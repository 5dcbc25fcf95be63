"""Where it is safe to send a browser: an address of our own, given as a path."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.routing import BuildError

# One slash, then anything but a second one or a backslash, which browsers read as a slash; no control characters.
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


# Endings of names that exist on one network alone (RFC 6762, RFC 8375, RFC 6761 and what routers give).
PRIVATE_ENDINGS = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


def is_public_name(host: str) -> bool:
    """Whether a host is a name that the whole Internet knows: no address, no name of one network."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.lower().endswith(PRIVATE_ENDINGS)
    return False


def own_path(wish: str | None) -> str | None:
    """`wish` if it is a path of this site, else None."""
    return wish if wish and len(wish) <= 2_000 and _OWN_PATH.fullmatch(wish) else None


def came_from() -> str | None:
    """The page of ours that sent this request, or None."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


# What an address holds as it is: one pattern with a gap serves for all of them.
_AS_IT_IS = re.compile(r"[A-Za-z0-9-]+")
MOST_KNOWN = 2_000


def address(endpoint: str, **values: Any) -> str:
    """What Flask's `url_for` answers, worked out once for each page: one page of ours asks for some forty addresses."""
    if endpoint == "static":
        return _known((endpoint, request.script_root, *values.values()), lambda: url_for(endpoint, **values))
    for name, value in values.items():
        if type(value) is not str or name[0] == "_" or not _AS_IT_IS.fullmatch(value):
            return url_for(endpoint, **values)
    if endpoint[0] == ".":
        return url_for(endpoint, **values)
    pattern = _known((endpoint, request.script_root, *values), lambda: _pattern(endpoint, tuple(values)))
    if not pattern:
        return url_for(endpoint, **values)
    return pattern.format(*values.values()) if values else pattern


def _known(question: tuple[str, ...], answer: Callable[[], str]) -> str:
    known: dict[tuple[str, ...], str] = current_app.extensions.setdefault("addresses", {})
    found = known.get(question)
    if found is None:
        if len(known) >= MOST_KNOWN:
            known.clear()
        found = known[question] = answer()
    return found


def _pattern(endpoint: str, names: tuple[str, ...]) -> str:
    """The address with `{0}`, `{1}`… where the values of these names stand; empty where they stand otherwise."""
    words: dict[str, Any] = {name: f"Xx0{at}0xX" for at, name in enumerate(names)}
    try:
        pattern = url_for(endpoint, **words)
    except (BuildError, ValueError):  # such as a page that takes none but some words
        return ""
    if "{" in pattern or any(pattern.count(word) != 1 for word in words.values()):
        return ""
    for at, word in enumerate(words.values()):
        pattern = pattern.replace(word, f"{{{at}}}")
    return pattern
