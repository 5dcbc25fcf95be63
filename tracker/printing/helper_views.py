"""The page of the helpers: list, add, enrol again, revoke; the script to take away."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.printing import helper_documents, helper_operations, helper_queries
from tracker.printing.helper_forms import HelperForm
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import HelperStanding
from tracker.signing.enrolment_rules import CODE_LIFE, shown_code
from tracker.web.access import requires
from tracker.web.forms import show_refusal

blueprint = Blueprint("print_helpers", __name__, url_prefix="/labels/helpers")


@blueprint.get("")
@requires(Permission.COORDINATE)
def index() -> str:
    return _page(HelperForm(formdata=None))


def _page(form: HelperForm) -> str:
    site = current_actor().site_id
    return render_template(
        "printing/helpers.html",
        form=form,
        helpers=helper_queries.helpers(site),
        printers=helper_queries.printers_of(site),
        standings=HelperStanding,
    )


@blueprint.post("")
@requires(Permission.COORDINATE)
def add() -> ResponseReturnValue:
    """A new helper; its code is shown this once."""
    form = HelperForm()
    if form.validate():
        try:
            with transaction():
                return _code_page(*helper_operations.add(form.name.data or "", current_actor()))
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
    return _page(form), 422


def _code_page(helper: PrintHelper, code: str) -> str:
    return render_template(
        "printing/helper_code.html",
        helper=helper,
        code=shown_code(code),
        hours=int(CODE_LIFE.total_seconds() // 3600),
        script=helper_documents.SCRIPT_NAME,
        printers=helper_queries.printers_of(helper.site_id),
    )


@blueprint.post("/<int:helper_id>/code")
@requires(Permission.COORDINATE)
def code(helper_id: int) -> str:
    """A new code, shown this once."""
    with transaction():
        helper = helper_queries.helper(helper_id, current_actor().site_id)
        return _code_page(helper, helper_operations.new_code(helper, current_actor()))


@blueprint.post("/<int:helper_id>/revoke")
@requires(Permission.COORDINATE)
def revoke(helper_id: int) -> ResponseReturnValue:
    with transaction():
        helper = helper_queries.helper(helper_id, current_actor().site_id)
        helper_operations.revoke(helper, current_actor())
    flash(_("Revoked: this helper is given nothing any more."), "good")
    return redirect(url_for("print_helpers.index"), 303)


@blueprint.get("/ricochet-print.py")
@requires(Permission.WORK)
def script() -> Response:
    """The helper itself, with this tracker's address inside."""
    made = helper_documents.script(current_app.config["SETTINGS"].site_url)
    headers = {
        "Content-Disposition": f'attachment; filename="{helper_documents.SCRIPT_NAME}"',
        "Cache-Control": "no-store",
    }
    return Response(made, mimetype="application/octet-stream", headers=headers)
