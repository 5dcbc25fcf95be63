"""The main menu, and what every page is given by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_babel import gettext
from jinja2.runtime import Macro
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from tracker.web.languages import locale, other_locale
from tracker.web.visitor import visitor

MOST_DRAWN = 500


@dataclass(frozen=True)
class Entry:
    """One line of the menu: where it leads, its word (English, marked), its pictogram, who sees it."""

    path: str
    label: str
    icon: str
    permission: str


def prepare(app: Flask, menu: list[Entry]) -> None:
    app.extensions["menu"] = menu
    app.context_processor(_for_every_page)
    app.jinja_env.globals["drawn_once"] = drawn_once


def _for_every_page() -> dict[str, Any]:
    who = visitor()
    return {
        "navigation": tuple(menu()),
        "organisation": current_app.config["SETTINGS"].organisation,
        "help_line": current_app.config["SETTINGS"].help_line,
        "current_user_name": who.name,
        # The number of whoever may scan: her browser may hold scans that are not sent yet.
        "scans_as": who.key.partition(":")[2] if who.may("work") else "",
        "current_role_label": gettext(who.role) if who.role else "",
        "locale": locale(),
        "other_locale": other_locale(),
    }


def menu() -> list[tuple[str, str, str, bool]]:
    """(endpoint, word, pictogram, whether it is the page in view), as far as the visitor may go."""
    entries: list[Entry] = current_app.extensions["menu"] if visitor().signed_in else []
    who = visitor()
    shown = [(entry, _known_endpoint(entry.path)) for entry in entries if who.may(entry.permission)]
    return [
        (endpoint, gettext(entry.label), entry.icon, _in_view(entry)) for entry, endpoint in shown if endpoint
    ]


def drawn_once(macro: Macro, *values: Any) -> Markup:
    """What the macro draws of these values (hashable ones), drawn once and kept: only for a macro that looks at nothing
    else but the language, as the menu's entries do, which every page draws twice."""
    known: dict[Any, Markup] = current_app.extensions.setdefault("drawn_once", {})
    question = (macro.name, values, locale(), request.script_root)
    if question not in known:
        if len(known) >= MOST_DRAWN:
            known.clear()
        known[question] = Markup(macro(*values))  # noqa: S704 (a macro escapes by itself)
    return known[question]


def _known_endpoint(path: str) -> str | None:
    """`endpoint_of`, asked once: the pages there are do not change while the application runs."""
    known: dict[str, str | None] = current_app.extensions.setdefault("menu_endpoints", {})
    if path not in known:
        known[path] = endpoint_of(path)
    return known[path]


def _in_view(entry: Entry) -> bool:
    return request.path == entry.path or (entry.path != "/" and request.path.startswith(entry.path + "/"))


def endpoint_of(path: str) -> str | None:
    """The endpoint behind an address without variable parts, or None when no page is there yet."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
