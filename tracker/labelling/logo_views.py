"""The organisation's logo on labels: seen on samples before anything is printed, replaced, removed."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from labels.formats import render
from labels.media import medium, roll
from labels.sheets import Printing
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_
from tracker.labelling import logo_documents, logo_operations, logo_queries
from tracker.labelling.documents import LOGO_DESIGNS, imprint
from tracker.labelling.logo_forms import LogoForm, RemoveForm
from tracker.labelling.rules import DESIGN_NAMES
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("logo", __name__, url_prefix="/labels/logo")

# A large sheet label, a usual one, and a roll.
SHOWN_ON = ("avery-l7173", "avery-l7160", "zebra-76x51")


@blueprint.get("")
@requires(Permission.COORDINATE)
def show() -> str:
    return _page(LogoForm())


def _page(form: LogoForm) -> str:
    media = [medium(name) for name in SHOWN_ON]
    return render_template(
        "labelling/logo.html",
        form=form,
        remove_form=RemoveForm(formdata=None),
        logo=logo_queries.row_in_force(),
        samples=[(name, on) for name in sorted(LOGO_DESIGNS, reverse=True) for on in media],
        designs=DESIGN_NAMES,
    )


@blueprint.post("")
@requires(Permission.COORDINATE)
@once
def change() -> ResponseReturnValue:
    form = LogoForm()
    if form.validate():
        sent = request.files.get("file")
        try:
            with transaction():
                logo_operations.set_logo(sent.read() if sent else b"", current_actor())
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="file")
            return _page(form), refusal.status
        flash(_("Labels bear this logo from now on."), "good")
        return redirect(url_for("logo.show"), 303)
    return _page(form), 422


@blueprint.post("/remove")
@requires(Permission.COORDINATE)
@once
def remove() -> ResponseReturnValue:
    if RemoveForm().validate():
        with transaction():
            logo_operations.remove_logo(current_actor())
        flash(_("Labels bear no logo any more."), "info")
    return redirect(url_for("logo.show"), 303)


@blueprint.get("/sample/<design>/<name>")
@requires(Permission.COORDINATE)
def sample(design: str, name: str) -> ResponseReturnValue:
    """A label of nobody's, as it would be printed with the logo in force."""
    if design not in LOGO_DESIGNS or name not in SHOWN_ON:
        raise NotHere(N_("There is no such sample."))
    on = medium(name)
    alone = roll(on.name, on.width_mm, on.height_mm, edge_x=on.edge_x_mm, edge_y=on.edge_y_mm)
    label = logo_documents.sample(design, imprint())
    drawn = render([label], alone, "svg", Printing(colour=not on.is_roll))
    answer = make_response(b"".join(drawn.chunks))
    answer.mimetype = drawn.media_type
    return answer
