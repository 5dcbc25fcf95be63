"""The main menu, and what every page is given by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException

from tracker.i18n import catalogue, word
from tracker.running import app_context, request_context
from tracker.web.languages import locale, other_locale
from tracker.web.templates import Alike
from tracker.web.visitor import Visitor, visitor


@dataclass(frozen=True)
class Entry:
    """One line of the menu: where it leads, its word (English, marked), its pictogram, who sees it."""

    path: str
    label: str
    icon: str
    permission: str


def prepare(app: Flask, menu: list[Entry]) -> None:
    app.extensions["menu"] = menu
    app.extensions["menu_parts"] = frozenset(entry.path for entry in menu)
    app.context_processor(for_every_page)


def for_every_page() -> dict[str, Any]:
    """What the layout of every page is given, beside what Flask gives."""
    who, language = visitor(), locale()
    settings = app_context.get().app.config["SETTINGS"]
    return {
        "navigation": menu(),
        "organisation": settings.organisation,
        "help_line": settings.help_line,
        "current_user_name": who.name,
        # The number of whoever may scan: her browser may hold scans that are not sent yet.
        "scans_as": who.key.partition(":")[2] if who.may("work") else "",
        "current_role_label": word(who.role, language) if who.role else "",
        "locale": language,
        "other_locale": other_locale(language),
    }


def menu() -> Alike:
    """(endpoint, word, pictogram, whether it is the page in view), as far as the visitor may go."""
    who = visitor()
    if not who.signed_in:
        return Alike()
    app, part = app_context.get().app, _part(request_context.get().request.path)
    known: dict[tuple[str, str, str], Alike] = app.extensions.setdefault("menus", {})
    question = (locale(), who.role, part)
    found = known.get(question)
    if found is None:
        found = known[question] = _drawn(app, who, part)
    return found


def _drawn(app: Flask, who: Visitor, part: str) -> Alike:
    """The menu of everybody with this role, in a part of the site; what a role may see does not change while the
    application runs, nor which pages there are."""
    say, entries = catalogue(locale()).gettext, app.extensions["menu"]
    return Alike(
        (endpoint, say(entry.label), entry.icon, _part(entry.path) == part)
        for entry in entries
        if who.may(entry.permission) and (endpoint := endpoint_of(entry.path))
    )


def _part(path: str) -> str:
    """`/devices/BCDFGHJX/edit` → `/devices`: the part of the site in view, as far as the menu tells parts apart. One that
    no entry leads to is no part of its own, so that what anybody types as an address is not kept."""
    part = "/" + path.split("/", 2)[1]
    return part if part in app_context.get().app.extensions["menu_parts"] else ""


def endpoint_of(path: str) -> str | None:
    """The endpoint behind an address without variable parts, or None when no page is there yet."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
