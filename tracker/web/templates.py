"""How pages are drawn: Jinja as Flask sets it up, without the work that it repeats for every page."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from enum import Enum
from typing import Any

from flask import Flask, current_app, g, request
from flask.templating import Environment
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from tracker.i18n import Sentence
from tracker.web.addresses import address
from tracker.web.languages import locale

MOST_KEPT = 2_000


class PlainEnvironment(Environment):
    """Jinja keeps a template's globals as a chain of maps, and walks it in Python for each page, include and import.

    Ours are all known before the first page is drawn, so each template holds them in one dictionary.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Application(Flask):
    """Flask with that environment."""

    jinja_environment = PlainEnvironment


def prepare(app: Flask) -> None:
    app.jinja_env.globals.update(
        drawn_once=drawn_once, drawn_panel=drawn_panel, new_token=new_token, url_for=address
    )


class Alike(tuple[Any, ...]):
    """Values that are compared as they are: words and numbers alone, however deep."""


class NotPlain(Exception):
    """A value that tells nothing of what it looks like, such as a row: what is drawn of it cannot be kept."""


def plain(value: Any) -> Hashable:
    """The value as it can be compared: words, numbers, and lists of them. Raises `NotPlain` for all else."""
    kind = type(value)
    if value is None or kind in _PLAIN or isinstance(value, Enum):
        return value  # type: ignore[no-any-return]
    if kind in (tuple, list):
        return (kind, *map(plain, value))
    if kind is dict:
        return (kind, *((name, plain(one)) for name, one in value.items()))
    raise NotPlain


def drawn_once(macro: Macro, *values: Any, **gaps: str) -> Markup:
    """What the macro draws of these values, drawn once and kept; for a macro that looks at nothing else but the language.

    `gaps` are texts that differ from page to page, such as a device's code: the macro gets a word that stands for each,
    to be set down as it is, and what it draws is kept with gaps in those places. Tokens of forms are such gaps by
    themselves. Values that cannot be compared (`plain`) are drawn anew.
    """
    try:
        question = (macro._func.__code__, *map(plain, values), *gaps)
    except NotPlain:
        return Markup(macro(*values, **gaps))  # noqa: S704 (a macro escapes by itself)
    return _filled(question, lambda: macro(*values, **{name: _STANDS_FOR[name] for name in gaps}), gaps)


def drawn_panel(template: str, same: Hashable, panel: dict[str, Any], code: str) -> Markup:
    """The panel of a device's page, drawn once for all devices of which it says the same: it sees their code alone."""

    def draw() -> str:
        asked = current_app.jinja_env.get_template(template)
        return asked.render(panel=panel, device={"code": _STANDS_FOR["code"]})

    return _filled((template, same), draw, {"code": code})


def gapped(text: str, name: str, value: str) -> str:
    """The text for `drawn_once`, with a gap where it holds this value."""
    return text.replace(value, _STANDS_FOR[name])


def new_token() -> str:
    """A word that nobody has used before, for a form that must not be done twice."""
    return _STANDS_FOR["token"] if g.get("drawing_to_keep") else str(uuid.uuid4())


def csrf_gap() -> str | None:
    """What stands for the session's own token in a drawing that is kept for everyone; None in all others."""
    return _STANDS_FOR["csrf"] if g.get("drawing_to_keep") else None


_PLAIN = frozenset({str, int, bool, float, Sentence, Markup, Alike})
# Words that nobody can guess, so that nothing that is typed can hold one. An address takes them as they are.
_STANDS_FOR = {
    name: f"Gap{secrets.token_hex(12)}{name}" for name in ("csrf", "token", "code", "path", "entry")
}
_GAP = re.compile("(" + "|".join(_STANDS_FOR.values()) + ")")
_NAMES = {word: name for name, word in _STANDS_FOR.items()}


def _filled(question: tuple[Any, ...], draw: Callable[[], str], gaps: Mapping[str, str]) -> Markup:
    known: dict[Any, tuple[str, ...]] = current_app.extensions.setdefault("kept_drawings", {})
    question = (locale(), request.script_root, *question)
    parts = known.get(question)
    if parts is None:
        if len(known) >= MOST_KEPT:
            known.clear()
        parts = known[question] = _with_gaps(draw)
    if len(parts) == 1:
        return Markup(parts[0])  # noqa: S704 (drawn by Jinja, which escapes by itself)
    filled = list(parts)
    for at in range(1, len(parts), 2):
        filled[at] = _filling(parts[at], gaps)
    return Markup("".join(filled))  # noqa: S704 (as above; the gaps are escaped)


def _with_gaps(draw: Callable[[], str]) -> tuple[str, ...]:
    """The drawing in parts: each second one is the name of a gap."""
    outer, g.drawing_to_keep = g.get("drawing_to_keep", False), True
    try:
        return tuple(_NAMES.get(part, part) for part in _GAP.split(str(draw())))
    finally:
        g.drawing_to_keep = outer


def _filling(name: str, gaps: Mapping[str, str]) -> str:
    if name == "csrf":
        return str(current_app.jinja_env.globals["csrf_token"]())  # type: ignore[operator]
    return new_token() if name == "token" else escape(gaps[name])
