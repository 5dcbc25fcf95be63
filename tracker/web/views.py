"""Pages that belong to no domain: home, language, accessibility, personal data."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from tracker.i18n import LOCALES
from tracker.web import home as waiting
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.languages import remember

blueprint = Blueprint("web", __name__)


@blueprint.get("/")
@requires("signed_in")
def home() -> str:
    return render_template("web/home.html", panels=waiting.panels())


@blueprint.post("/language")
@requires("public")
def language() -> Response:
    """Keep the language in a cookie and go back. A signed-in user's own setting is changed by the accounts floor."""
    wish = request.form.get("locale", "")
    if wish not in LOCALES:
        abort(422)
    response = make_response(redirect(own_path(request.form.get("next")) or "/", 303))
    remember(response, wish)
    return response


@blueprint.get("/accessibility")
@requires("public")
def accessibility() -> str:
    return render_template("web/accessibility.html")


@blueprint.get("/privacy")
@requires("public")
def privacy() -> str:
    return render_template("web/privacy.html")
