"""Donors: the list, one donor with what she gave, a new one, corrections."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import operations, queries
from tracker.collection.forms import DonorForm
from tracker.collection.rules import DONOR_KINDS, DonorKind
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("donors", __name__, url_prefix="/donors")

KIND_PICTURES = {"company": "building-warehouse", "public_body": "building-community", "person": "user"}


@blueprint.get("")
@requires(Permission.COORDINATE)
def index() -> ResponseReturnValue:
    actor, text = current_actor(), request.args.get("q")
    page = queries.donors(text, actor, cursor=request.args.get("cursor"))
    names = {one.id: queries.shown_name(one, actor) for one in page.items}
    return render_template("collection/donors.html", page=page, text=text, names=names, kinds=DONOR_KINDS)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def add() -> ResponseReturnValue:
    form = DonorForm()
    if form.validate_on_submit():
        try:
            with transaction():
                donor = operations.add_donor(
                    DonorKind(form.kind.data),
                    current_actor(),
                    name=form.name.data,
                    siret=form.siret.data,
                    reachable=form.reachable(),
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The donor %(reference)s is on record.", reference=donor.reference), "good")
            return redirect(url_for("donors.show", reference=donor.reference), 303)
    page = render_template("collection/donor_form.html", form=form, donor=None, pictures=KIND_PICTURES)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/<reference>")
@requires(Permission.COORDINATE)
def show(reference: str) -> ResponseReturnValue:
    donor = queries.donor(reference)
    page = queries.collections(of=donor, cursor=request.args.get("cursor"))
    return render_template(
        "collection/donor.html",
        donor=donor,
        name=queries.shown_name(donor, current_actor()),
        kind=DONOR_KINDS[donor.kind],
        page=page,
        counts=queries.counts([one.id for one in page.items]),
    )


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def change(reference: str) -> ResponseReturnValue:
    donor = queries.donor(reference)
    form = DonorForm(donor)
    if form.validate_on_submit():
        try:
            with transaction():
                operations.edit_donor(
                    queries.donor(reference),
                    current_actor(),
                    kind=DonorKind(form.kind.data),
                    name=form.name.data,
                    siret=form.siret.data,
                    reachable=form.reachable(),
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The changes are recorded."), "good")
            return redirect(url_for("donors.show", reference=donor.reference), 303)
    page = render_template("collection/donor_form.html", form=form, donor=donor, pictures=KIND_PICTURES)
    return page, 422 if form.errors or form.form_errors else 200
