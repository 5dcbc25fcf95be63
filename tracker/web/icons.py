"""The pictograms of the pages: Tabler's, read from their vendored files once and drawn in the colour of the text."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from defusedxml.ElementTree import fromstring
from flask import Flask
from markupsafe import Markup

# The lifecycle names pictograms by what they mean; this says how they are drawn.
MEANINGS = {
    "announced": "speakerphone",
    "collected": "truck-delivery",
    "received": "package-import",
    "wiping": "eraser",
    "wiped": "shield-check",
    "reconditioning": "tool",
    "reconditioned": "clipboard-check",
    "ready": "star",
    "reserved": "bookmark",
    "prepared": "package",
    "delivered": "heart-handshake",
    "declined": "ban",
    "parts": "puzzle",
    "recycled": "recycle",
    "lost": "map-question",
}
_NAME = re.compile(r"[a-z0-9-]+")
_BEGIN = Markup(
    '<svg class="icon{}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
)


def prepare(app: Flask) -> None:
    app.jinja_env.globals["pictograph"] = pictograph


def pictograph(name: str, title: str = "", **more: str) -> Markup:
    """The drawing of that name: hidden from screen readers beside a word, read out as its `title` where it stands alone.

    `more` may hold `class`. Raises `KeyError` for a name that has no file.
    """
    if not title and not more:
        return _plain(name)
    begin = _BEGIN.format(" " + more["class"] if more.get("class") else "")
    drawing = _shapes(MEANINGS.get(name, name))
    if not title:
        return _hidden(name, begin, drawing)
    return begin + Markup(' role="img"><title>{}</title>{}</svg>').format(title, drawing)


@cache
def _plain(name: str) -> Markup:
    return _hidden(name, _BEGIN.format(""), _shapes(MEANINGS.get(name, name)))


@cache
def _hidden(name: str, begin: Markup, drawing: Markup) -> Markup:
    return begin + Markup(' aria-hidden="true" focusable="false">{}</svg>').format(drawing)


@cache
def _shapes(name: str) -> Markup:
    """The shapes of one file, without its invisible frame."""
    file = files("tracker") / "static" / "vendor" / "tabler" / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise KeyError(f"there is no pictogram “{name}” in static/vendor/tabler")
    shapes = [
        f"<{shape.tag.rpartition('}')[2]}{_attributes(shape)}/>"
        for shape in fromstring(file.read_text())
        if shape.get("stroke") != "none"
    ]
    return Markup("".join(shapes))  # noqa: S704 (from our own files, whose hashes are checked)


def _attributes(shape: Any) -> str:
    return "".join(f' {name}="{value}"' for name, value in shape.attrib.items())
