"""How pages are drawn: Jinja as Flask sets it up, without the work that it repeats for every page."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from enum import Enum
from typing import Any, cast

from flask import Flask, Request, current_app, g, get_flashed_messages, request, session
from flask.templating import Environment
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from tracker.i18n import Sentence
from tracker.running import app_context
from tracker.web.addresses import address
from tracker.web.languages import locale
from tracker.web.messages import Answer, Asked

MOST_KEPT = 2_000
_OF_ADDRESS = (
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
)  # text in a WSGI environment is UTF-8 read as Latin-1
_PLAIN_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(?::[0-9]+)?").fullmatch


class PlainEnvironment(Environment):
    """Jinja keeps a template's globals as a chain of maps, and walks it in Python for each page, include and import.

    Ours are all known before the first page is drawn, so each template holds them in one dictionary.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Application(Flask):
    """Flask with that environment, and our messages."""

    jinja_environment = PlainEnvironment
    request_class = Asked
    response_class = Answer

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Flask's, past what Werkzeug looks for at a site that goes by several names."""
        if request is None or self.config["SERVER_NAME"] is not None or self.url_map.host_matching:
            return super().create_url_adapter(request)
        if (trusted := self.config["TRUSTED_HOSTS"]) is not None:
            request.trusted_hosts = trusted
        environ = request.environ
        request.host = get_host(environ, request.trusted_hosts)
        prefix, path, query = [
            environ[name].encode("latin-1").decode("utf-8", "replace") for name in _OF_ADDRESS
        ]
        scheme, method = environ["wsgi.url_scheme"], environ["REQUEST_METHOD"]
        if _PLAIN_HOST(
            request.host
        ):  # as nearly always: `bind` would find that it is written as IDNA writes it
            return MapAdapter(self.url_map, request.host, prefix, "", scheme, path, method, query)
        return self.url_map.bind(request.host, prefix, "", scheme, method, path, query)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of ours waits for an event loop; Flask looks whether each step and view of each request does."""
        return func


def prepare(app: Flask) -> None:
    app.jinja_env.globals.update(drawn_once=drawn_once, flashed=flashed, new_token=new_token, url_for=address)


def macro(template: str, name: str) -> Macro:
    """A macro of a template that sees nothing but what it is given, and the language."""
    app = app_context.get().app
    known: dict[tuple[str, str], Macro] = app.extensions.setdefault("kept_macros", {})
    found = known.get((template, name))
    if found is None:
        found = getattr(app.jinja_env.get_template(template).module, name)
        if not app.jinja_env.auto_reload:
            known[template, name] = found
    return found


def flashed() -> Markup:
    """What was said to this visitor on the page before, shown once."""
    if "_flashes" not in session:
        return Markup("")
    told = get_flashed_messages(with_categories=True)
    return Markup(macro("_macros/verdict.html", "flashes")(told)) if told else Markup("")  # noqa: S704 (drawn by Jinja)


class Alike(tuple[Any, ...]):
    """Values that are compared as they are: words and numbers alone, however deep."""


class Shown:
    """Mark of frozen dataclasses that hold words and numbers alone, and so are compared as they are."""


class NotPlain(Exception):
    """A value that tells nothing of what it looks like, such as a row: what is drawn of it cannot be kept."""


def plain(value: Any) -> Hashable:
    """The value as it can be compared: words, numbers, and lists of them. Raises `NotPlain` for all else."""
    kind = type(value)
    if kind in _PLAIN or isinstance(value, _COMPARED):
        return value  # type: ignore[no-any-return]
    if kind is tuple or kind is list:
        return (kind, *[one if type(one) in _PLAIN else plain(one) for one in value])
    if kind is dict:
        return (kind, *value, *[one if type(one) in _PLAIN else plain(one) for one in value.values()])
    raise NotPlain


def drawn_once(macro: Macro, *values: Any, **gaps: str) -> Markup:
    """What the macro draws of these values, drawn once and kept; for a macro that looks at nothing else but the language.

    `gaps` are texts that differ from page to page, such as a device's code: the macro gets a word that stands for each,
    to be set down as it is, and what it draws is kept with gaps in those places. Tokens of forms are such gaps by
    themselves. Values that cannot be compared (`plain`) are drawn anew.
    """
    try:
        same = [one if type(one) in _PLAIN else plain(one) for one in values]
        question = (macro._func.__code__, *same, *gaps)
    except NotPlain:
        return Markup(macro(*values, **gaps))  # noqa: S704 (a macro escapes by itself)
    return filled(question, lambda: macro(*values, **{name: gap(name) for name in gaps}), gaps)


def drawn_panel(
    template: str, same: Hashable, panel: dict[str, Any], device: Any, own: Mapping[str, str]
) -> Markup:
    """The panel of a device's page, drawn once for all devices of which it says the same (it sees their code and the
    texts in `own` alone); anew where `same` is None."""

    def draw(device: Any, own: Mapping[str, str]) -> str:
        return current_app.jinja_env.get_template(template).render(panel=panel, device=device, own=own)

    if same is None:
        return Markup(draw(device, own))  # noqa: S704 (a template escapes by itself)
    there = {name: gap(name) for name, text in own.items() if text} if own else {}
    return filled(
        (template, same, *there),
        lambda: draw({"code": gap("code")}, {**dict.fromkeys(own, ""), **there}),
        {**own, "code": device.code},
    )


def joined(drawings: Iterable[Markup]) -> Markup:
    """Drawings one after the other; `Markup.join` would look at each whether it must be escaped."""
    return _drawn("".join(drawings))


def gapped(text: str, name: str, value: str) -> str:
    """The text for `drawn_once`, with a gap where it holds this value."""
    return text.replace(value, gap(name))


def new_token() -> str:
    """A word that nobody has used before, for a form that must not be done twice."""
    return gap("token") if g.get("drawing_to_keep") else _random()


def _random() -> str:
    """A random UUID as text (RFC 9562, version 4), past the object that Python's library makes of each of a page's six.

    The randomness of many is asked for at once: each asking lets go of Python's lock, and whoever waits for it wakes up.
    """
    try:
        signs = _randomness.pop()
    except IndexError:
        many = os.urandom(16 * _AT_ONCE).hex()
        _randomness.extend(many[at : at + 32] for at in range(32, len(many), 32))
        signs = many[:32]
    return f"{signs[:8]}-{signs[8:12]}-4{signs[13:16]}-{_VARIANT[signs[16]]}{signs[17:20]}-{signs[20:]}"


def csrf_gap() -> str | None:
    """What stands for the session's own token in a drawing that is kept for everyone; None in all others."""
    return gap("csrf") if g.get("drawing_to_keep") else None


_PLAIN = frozenset({str, int, bool, float, type(None), Sentence, Markup, Alike})
_AT_ONCE = 64
_randomness: list[str] = []  # signs of UUIDs that nobody has been given yet
os.register_at_fork(after_in_child=_randomness.clear)  # two processes must never give out the same
_VARIANT = {sign: "89ab"[int(sign, 16) % 4] for sign in "0123456789abcdef"}
_COMPARED = (Enum, Shown)
# Marks that nobody can guess, so that nothing that is typed can hold one. An address takes them as they are.
_BEFORE, _AFTER = f"Gap{secrets.token_hex(12)}", secrets.token_hex(6)
_MARKED = re.compile("[&<>\"']").search  # the signs that HTML gives a meaning
_GAP = re.compile(f"{_BEFORE}([a-z_]+?){_AFTER}")


def gap(name: str) -> str:
    """What stands in a drawing that is kept for what differs from page to page; `name` is of letters and underscores."""
    return f"{_BEFORE}{name}{_AFTER}"


def filled(question: tuple[Any, ...], draw: Callable[[], str], gaps: Mapping[str, str]) -> Markup:
    """What `draw` draws, once for all who ask the same question, with these gaps filled for whoever asks now."""
    context = app_context.get()
    about: dict[str, Any] = context.g.__dict__
    known = about.get("kept_drawings")
    if known is None:
        known = about["kept_drawings"] = _kept(context.app, request.script_root)
    question = (about.get("language") or locale(), *question)
    parts = known.get(question)
    if parts is None:
        if len(known) >= MOST_KEPT:
            for oldest in list(known)[: MOST_KEPT // 2]:
                known.pop(oldest, None)
        parts = known[question] = _with_gaps(draw)
    if len(parts) == 1:
        return _drawn(parts[0])
    whole = list(parts)
    for at in range(1, len(parts), 2):
        name = parts[at]
        if name in gaps:  # to look first whether there is anything to escape costs a fifth of escaping
            value = gaps[name]
            whole[at] = str(escape(value)) if type(value) is not Markup and _MARKED(value) else value
        else:
            whole[at] = _of_itself(name, context.app, about)
    return _drawn("".join(whole))


def _of_itself(name: str, app: Flask, about: Mapping[str, Any]) -> str:
    """What stands in a gap that nobody fills: the tokens of forms, or a gap of the drawing that this is a piece of."""
    keeping = about.get("drawing_to_keep", False)
    if name == "csrf":
        token = None if keeping else about.get("csrf_token")
        return token or str(cast("Callable[[], str]", app.jinja_env.globals["csrf_token"])())
    if name == "token" and not keeping:
        return _random()
    return gap("token") if name == "token" else _passed_on(name, keeping)


def _kept(app: Flask, script_root: str) -> dict[Any, tuple[str, ...]]:
    """The drawings of this application for pages under this prefix, as a proxy may set it."""
    everywhere: dict[str, dict[Any, tuple[str, ...]]] = app.extensions.setdefault("kept_drawings", {})
    return everywhere.setdefault(script_root, {})


def _drawn(text: str) -> Markup:
    """What Jinja has drawn and escaped; `Markup(…)` would ask it first whether it knows to draw itself."""
    return str.__new__(Markup, text)


def _passed_on(name: str, keeping: bool) -> str:
    """A gap of the drawing that this one is a piece of. Raises `KeyError` where there is none: a gap is never shown."""
    if not keeping:
        raise KeyError(name)
    return gap(name)


def _with_gaps(draw: Callable[[], str]) -> tuple[str, ...]:
    """The drawing in parts: each second one is the name of a gap."""
    outer, g.drawing_to_keep = g.get("drawing_to_keep", False), True
    try:
        return tuple(_GAP.split(str(draw())))
    finally:
        g.drawing_to_keep = outer
