"""The main menu, and what every page is given by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from tracker.i18n import catalogue
from tracker.web.languages import locale, other_locale
from tracker.web.templates import Alike
from tracker.web.visitor import visitor


@dataclass(frozen=True)
class Entry:
    """One line of the menu: where it leads, its word (English, marked), its pictogram, who sees it."""

    path: str
    label: str
    icon: str
    permission: str


def prepare(app: Flask, menu: list[Entry]) -> None:
    app.extensions["menu"] = menu
    app.context_processor(for_every_page)


def for_every_page() -> dict[str, Any]:
    """What the layout of every page is given, beside what Flask gives."""
    who = visitor()
    return {
        "navigation": menu(),
        "organisation": current_app.config["SETTINGS"].organisation,
        "help_line": current_app.config["SETTINGS"].help_line,
        "current_user_name": who.name,
        # The number of whoever may scan: her browser may hold scans that are not sent yet.
        "scans_as": who.key.partition(":")[2] if who.may("work") else "",
        "current_role_label": catalogue(locale()).gettext(who.role) if who.role else "",
        "locale": locale(),
        "other_locale": other_locale(),
    }


def menu() -> Alike:
    """(endpoint, word, pictogram, whether it is the page in view), as far as the visitor may go."""
    who, path = visitor(), request.path
    if not who.signed_in:
        return Alike()
    return Alike(
        (endpoint, word, entry.icon, _in_view(entry, path))
        for entry, endpoint, word in _lines(current_app._get_current_object(), locale())  # type: ignore[attr-defined]
        if who.may(entry.permission)
    )


def _lines(app: Flask, language: str) -> list[tuple[Entry, str, str]]:
    """(entry, endpoint, word) of every line that leads to a page there is; asked once, since neither changes while the
    application runs."""
    known: dict[str, list[tuple[Entry, str, str]]] = app.extensions.setdefault("menu_lines", {})
    if language not in known:
        say, entries = catalogue(language).gettext, app.extensions["menu"]
        known[language] = [
            (entry, endpoint, say(entry.label)) for entry in entries if (endpoint := endpoint_of(entry.path))
        ]
    return known[language]


def _in_view(entry: Entry, path: str) -> bool:
    return path == entry.path or (entry.path != "/" and path.startswith(entry.path + "/"))


def endpoint_of(path: str) -> str | None:
    """The endpoint behind an address without variable parts, or None when no page is there yet."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
