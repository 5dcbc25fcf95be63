"""One's own badge and PIN, and the benches where one works now. Asks for the password's sign-in: who has only typed the
PIN at a bench changes it nowhere."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as people
from tracker.accounts.access import by_password_only, current_actor
from tracker.accounts.rules import Permission
from tracker.benches import operations, pin_operations, queries
from tracker.benches.forms import OwnPinForm
from tracker.cards import queries as cards
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import OnceForm, once

blueprint = Blueprint("own_badge", __name__, url_prefix="/badge")


@blueprint.route("", methods=["GET", "POST"])
@by_password_only
@requires(Permission.WORK)
@once
def show() -> ResponseReturnValue:
    """Set or change the PIN of one's badge."""
    by, form = current_actor(), OwnPinForm()
    if form.validate_on_submit():
        try:
            with transaction():
                pin_operations.set_pin(by, form.pin.data, form.again.data)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="pin")
        else:
            flash(_("Your PIN is set."), "good")
            return redirect(url_for("own_badge.show"), 303)
    form.pin.data = form.again.data = ""
    user_id = by.user_id or 0
    page = render_template(
        "benches/own.html",
        form=form,
        other=OnceForm(formdata=None),
        badge=cards.badge_of(user_id),
        user_id=user_id,
        turns=queries.turns_of(user_id),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/pin/forget")
@by_password_only
@requires(Permission.WORK)
def forget_pin() -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        pin_operations.forget_pin(people.user(by.user_id or 0), by)
    flash(_("The PIN is forgotten: the badge opens no bench until a new one is set."), "good")
    return redirect(url_for("own_badge.show"), 303)


@blueprint.post("/turns/<int:turn_id>/end")
@by_password_only
@requires(Permission.WORK)
def end_turn(turn_id: int) -> ResponseReturnValue:
    with transaction():
        operations.end_own_turn(turn_id, current_actor())
    flash(_("You are out of this bench."), "good")
    return redirect(url_for("own_badge.show"), 303)
