"""The associations that ask for devices: list, add, change, close."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import association_operations as associations
from tracker.accounts import queries
from tracker.accounts.access import current_actor
from tracker.accounts.forms import AssociationForm
from tracker.accounts.rules import GROUND_NAMES, Ground, Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("associations", __name__, url_prefix="/associations")


@blueprint.get("")
@requires(Permission.COORDINATE)
def index() -> str:
    return render_template(
        "accounts/associations.html", associations=queries.associations(), ground_names=GROUND_NAMES
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def add() -> ResponseReturnValue:
    form = AssociationForm(ground=Ground.NOT_RECORDED.value)
    if form.validate_on_submit():
        try:
            with transaction():
                added = associations.add(current_actor(), **_values(form))
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(
                _("%(name)s is recorded. Invite the person who will ask for devices.", name=added.name),
                "good",
            )
            return redirect("/associations")
    return render_template(
        "accounts/association.html", form=form, association=None
    ), 422 if form.errors else 200


@blueprint.route("/<int:association_id>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def change(association_id: int) -> ResponseReturnValue:
    kept = queries.association(association_id)
    form = AssociationForm(obj=kept, ground=kept.ground.value)
    if form.validate_on_submit():
        try:
            with transaction():
                associations.change(queries.association(association_id), current_actor(), **_values(form))
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(_("The association is changed."), "good")
            return redirect("/associations")
    shown = render_template(
        "accounts/association.html", form=form, association=queries.association(association_id)
    )
    return shown, 422 if form.errors else 200


@blueprint.post("/<int:association_id>/close")
@requires(Permission.COORDINATE)
def close(association_id: int) -> ResponseReturnValue:
    with transaction():
        associations.set_active(queries.association(association_id), current_actor(), active=False)
    flash(_("The association can no longer receive devices."), "good")
    return redirect("/associations")


@blueprint.post("/<int:association_id>/open")
@requires(Permission.COORDINATE)
def reopen(association_id: int) -> ResponseReturnValue:
    with transaction():
        associations.set_active(queries.association(association_id), current_actor(), active=True)
    flash(_("The association can receive devices again."), "good")
    return redirect("/associations")


def _values(form: AssociationForm) -> dict[str, str | None]:
    names = ("name", "city", "ground", "ground_reference", "rna", "siret")
    return {name: form[name].data for name in names}
