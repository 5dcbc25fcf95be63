"""Rolls of tags: which there are, who has which part, and the rest of a lost one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts import queries as people
from tracker.accounts.access import current_actor
from tracker.accounts.models import Site, User
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.labelling import tag_operations, tag_queries
from tracker.labelling.tag_forms import HandForm, VoidRestForm
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import OnceForm, once

blueprint = Blueprint("rolls", __name__, url_prefix="/labels/rolls")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    by = current_actor()
    page = tag_queries.rolls(by.site_id, cursor=request.args.get("cursor"))
    return render_template(
        "labelling/rolls.html",
        page=page,
        counted=tag_queries.counted([one.id for one in page.items]),
        may_work=by.may(Permission.WORK),
    )


@blueprint.route("/<reference>", methods=["GET", "POST"])
@requires(Permission.SEE_WORKSHOP)
@once
def show(reference: str) -> ResponseReturnValue:
    """A roll and its lots; the form hands the next lot to somebody."""
    by = current_actor()
    form = HandForm(tag_queries.collectors(by.site_id), list(people.sites()))
    if form.validate_on_submit():
        try:
            with transaction():
                tag_operations.hand_over(
                    tag_queries.roll(reference, lock=True),
                    by,
                    first=form.first.data,
                    last=form.last.data,
                    user=_user(form),
                    site=_site(form),
                    on=form.on.data,
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="first")
        else:
            flash(_("Written down: whoever scans one of these tags is told who has them."), "good")
            return redirect(url_for("rolls.show", reference=reference), 303)
    return _page(reference, form)


def _user(form: HandForm) -> User | None:
    number = form.taker("user")
    return people.user(number) if number else None


def _site(form: HandForm) -> Site | None:
    number = form.taker("site")
    return people.site(number) if number else None


def _page(reference: str, form: HandForm) -> ResponseReturnValue:
    roll = tag_queries.roll(reference)
    page = render_template(
        "labelling/roll.html",
        roll=roll,
        form=form,
        once=OnceForm(),
        site=people.site(roll.site_id),
        by=people.user_names({roll.made_by} if roll.made_by else set()).get(roll.made_by or 0, ""),
        counted=tag_queries.counted([roll.id])[roll.id],
        lots=tag_queries.lots(roll),
        may_work=current_actor().may(Permission.WORK),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/<reference>/lots/<int:lot_id>/back")
@requires(Permission.WORK)
@once
def take_back(reference: str, lot_id: int) -> ResponseReturnValue:
    with transaction():
        roll = tag_queries.roll(reference, lock=True)
        tag_operations.take_back(roll, tag_queries.lot(roll, lot_id), current_actor())
    flash(_("The tags that are left are here again."), "good")
    return redirect(url_for("rolls.show", reference=reference), 303)


@blueprint.route("/<reference>/void", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def void(reference: str) -> ResponseReturnValue:
    """The rest of a roll, or of a part of it, that is lost."""
    asked = {name: request.args.get(name, type=int) for name in ("first", "last")}
    roll, form = tag_queries.roll(reference), VoidRestForm(data=asked)
    if form.validate_on_submit():
        try:
            with transaction():
                gone = tag_operations.void_rest(
                    tag_queries.roll(reference, lock=True),
                    current_actor(),
                    first=form.first.data,
                    last=form.last.data,
                    reason=form.reason.data,
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="first")
        else:
            _say_void(len(gone))
            return redirect(url_for("rolls.show", reference=reference), 303)
    counted = tag_queries.counted([roll.id])[roll.id]
    page = render_template("labelling/void_rest.html", roll=roll, form=form, counted=counted)
    return page, 422 if form.errors or form.form_errors else 200


def _say_void(number: int) -> None:
    if number:
        flash(ngettext("One tag is void now.", "%(num)s tags are void now.", number), "good")
    else:
        flash(_("No tag was free any more: nothing was changed."), "already")
