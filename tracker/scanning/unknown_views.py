"""The page of a code that nobody knew: say which device it is on, or that it is nothing of ours."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as people
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.scanning import queries
from tracker.scanning import unknown_operations as unknown
from tracker.scanning.rules import Outcome
from tracker.scanning.unknown_forms import LinkForm
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.shown import say
from tracker.web.submissions import once

blueprint = Blueprint("unknown_codes", __name__, url_prefix="/scan/unknown")


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def show(number: int) -> ResponseReturnValue:
    by = current_actor()
    form = LinkForm()
    if form.validate_on_submit():
        try:
            with transaction():
                scan = queries.unknown_scan(number, by.site_id)
                verdict = unknown.link(scan, form.device.data or "", by)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="device")
        else:
            flash(say(verdict.sentence), "good" if verdict.outcome is Outcome.DONE else "wait")
            return redirect(url_for("scanning.show", code=verdict.code), 303)
    scan = queries.unknown_scan(number, by.site_id)
    page = render_template(
        "scanning/unknown.html",
        scan=scan,
        again=len(queries.waiting_like(scan)),
        names=people.user_names({scan.user_id} if scan.user_id else set()),
        form=form,
    )
    return page, 422 if form.errors or form.form_errors else 200
