"""The language of a page: the visitor's own choice, else the cookie, else the workshop's."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from tracker import i18n
from tracker.clock import WORKSHOP_ZONE
from tracker.i18n import LOCALES, catalogue
from tracker.running import app_context, request_context
from tracker.web.visitor import visitor

COOKIE = "lang"
A_YEAR_S = 365 * 24 * 3600
_BY_BROWSER = "tracker_language_of_browser"

View = TypeVar("View", bound=Callable[..., object])


class _Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel is untyped
    """Our catalogues as they are read by `tracker.i18n`, in place of compiled files."""

    def get_translations(self) -> Any:
        return _Translations(catalogue(locale()))


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = _Catalogues()


class _Translations:
    """The names that Flask-Babel calls, over gettext's."""

    def __init__(self, read: gettext.NullTranslations) -> None:
        self.ugettext = read.gettext
        self.ungettext = read.ngettext
        self.upgettext = read.pgettext
        self.unpgettext = read.npgettext


def prepare(app: Flask, workshop_locale: str) -> None:
    _Babel(
        app,
        default_locale=workshop_locale,
        default_timezone=str(WORKSHOP_ZONE),
        locale_selector=chosen_locale,
    )
    # A page says some fifty words: what Jinja and Flask-Babel do for each took a tenth of its time.
    app.jinja_env.globals["_"] = word


@pass_eval_context
def word(context: EvalContext, message: str, /, **values: Any) -> str:
    """`_("…", name=value)` in a template: the words in the language of the page, its values escaped."""
    text = i18n.word(message, locale())
    if context.autoescape:
        text = Markup(text)  # noqa: S704 (from the catalogue or the template itself)
    return text % values if values or "%" in text else text


def as_the_browser_says(view: View) -> View:
    """Mark a view for people who come once and choose no language: theirs is what the browser asks for."""
    setattr(view, _BY_BROWSER, True)
    return view


def chosen_locale() -> str:
    """`fr` or `en` for this request. A program says it in each call, and so does the browser of who comes once."""
    kept, request = visitor().locale, request_context.get().request
    by_api = request.path.startswith("/api/")
    if kept in LOCALES and not by_api:
        return kept
    asked = _asked_for(request) if by_api else None
    if asked:
        return asked
    for wish in (kept, request.cookies.get(COOKIE)):
        if wish in LOCALES:
            return wish
    app = app_context.get().app
    by_browser = getattr(app.view_functions.get(request.endpoint or ""), _BY_BROWSER, False)
    workshop: str = app.config["SETTINGS"].locale
    return (_asked_for(request) if by_browser else None) or workshop


def _asked_for(request: Request) -> str | None:
    """The language that the browser or the program asks for, if it is one of ours."""
    return request.accept_languages.best_match(LOCALES) if request.accept_languages else None


def locale() -> str:
    """The language in use: of the request, or the workshop's outside of one."""
    context = app_context.get(None)
    if context is None:
        return "en"
    about: dict[str, Any] = context.g.__dict__
    forced = getattr(about.get("_flask_babel"), "babel_locale", None)  # where Flask-Babel keeps it
    if forced is not None:
        return str(forced.language)
    language: str | None = about.get("language")
    if language is not None:
        return language
    if request_context.get(None) is None:
        return str(get_locale().language)
    language = about["language"] = chosen_locale()
    return language


def other_locale(language: str) -> str:
    return next(one for one in LOCALES if one != language)


def remember(response: Response, wish: str) -> None:
    """Keep the choice in a cookie, which holds nothing else."""
    response.set_cookie(
        COOKIE,
        wish,
        max_age=A_YEAR_S,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
