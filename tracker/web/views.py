"""Pages that belong to no domain: home, language, accessibility, personal data."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tracker.errors import Malformed
from tracker.i18n import LOCALES, N_
from tracker.web import home as waiting
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.languages import remember
from tracker.web.visitor import visitor

blueprint = Blueprint("web", __name__)


@blueprint.get("/")
@requires("signed_in")
def home() -> str:
    return render_template("web/home.html", lead=waiting.lead(), panels=waiting.panels())


@blueprint.get("/favicon.ico")
@requires("public")
def icon() -> Response:
    """For tabs that no page of ours fills, such as a PDF: browsers ask for this address unasked."""
    return current_app.send_static_file("img/ricochet.ico")


@blueprint.post("/language")
@requires("public")
def language() -> ResponseReturnValue:
    """Keep the choice: in a cookie, and with the user where one is signed in."""
    wish = request.form.get("locale", "")
    if wish not in LOCALES:
        raise Malformed(N_("Choose French or English."), field="locale")
    visitor().keep_locale(wish)
    response = make_response(redirect(own_path(request.form.get("next")) or "/"))
    remember(response, wish)
    return response


@blueprint.get("/accessibility")
@requires("public")
def accessibility() -> str:
    return render_template("web/accessibility.html")


@blueprint.get("/privacy")
@requires("public")
def privacy() -> str:
    return render_template("web/privacy.html", report_days=current_app.config["SETTINGS"].report_days)
