"""The shared benches of a workshop, for its coordinators."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import sign_in
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.benches import door, operations, pin_operations, queries
from tracker.benches.forms import BenchForm, HabitsForm
from tracker.benches.rules import Habits
from tracker.cards import queries as cards
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("bench_list", __name__, url_prefix="/benches")


@blueprint.get("")
@requires(Permission.COORDINATE)
def index() -> ResponseReturnValue:
    kept = queries.habits(current_actor().site_id)
    return _page(BenchForm(), HabitsForm(**asdict(kept)))


def _page(form: BenchForm, habits: HabitsForm) -> ResponseReturnValue:
    by = current_actor()
    pins = queries.pins(by)
    page = render_template(
        "benches/index.html",
        benches=queries.benches(by.site_id),
        turns=queries.turns_at(by.site_id),
        people=[(user, badge, user.id in pins) for user, badge in cards.people(by)],
        form=form,
        habits=habits,
        here=door.bench_here(),
    )
    wrong = any(one.errors or one.form_errors for one in (form, habits))
    return page, 422 if wrong else 200


@blueprint.post("")
@requires(Permission.COORDINATE)
@once
def make() -> ResponseReturnValue:
    """This very browser becomes a bench, and whoever made it one is signed out of it."""
    form = BenchForm()
    if not form.validate():
        return _page(form, HabitsForm(formdata=None))
    with transaction():
        _bench, secret = operations.make_bench(form.name.data or "", current_actor())
    sign_in.finish()
    flash(_("This browser is a shared bench now. Scan a badge to begin."), "good")
    return door.keep_bench(make_response(redirect(url_for("benches.show"), 303)), secret)


@blueprint.post("/habits")
@requires(Permission.COORDINATE)
@once
def habits() -> ResponseReturnValue:
    form = HabitsForm()
    if form.validate():
        try:
            with transaction():
                operations.choose_habits(
                    current_actor(),
                    Habits(
                        form.idle_minutes.data or 0, form.mode_minutes.data or 0, bool(form.badge_alone.data)
                    ),
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("This is kept for all shared benches of the workshop."), "good")
            return redirect(url_for("bench_list.index"), 303)
    return _page(BenchForm(formdata=None), form)


@blueprint.post("/<int:bench_id>/end")
@requires(Permission.COORDINATE)
def end(bench_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        operations.end_bench(queries.bench(bench_id, by.site_id), by)
    flash(_("The bench is shared no more: whoever worked there is out."), "good")
    return redirect(url_for("bench_list.index"), 303)


@blueprint.post("/pins/<int:user_id>/forget")
@requires(Permission.MANAGE_USERS)
def forget_pin(user_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        pin_operations.forget_pin(cards.worker(user_id, by), by)
    flash(_("The PIN is forgotten: the badge opens no bench until a new one is set."), "good")
    return redirect(url_for("bench_list.index"), 303)
