"""Where it is safe to send a browser: an address of our own, given as a path."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

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
