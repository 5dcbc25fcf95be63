"""Batches of scans: the open ones, what a mode asks once, the page on which one is closed, undone, put right."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices.lifecycle import Action
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.scanning import batch_next_operations as following
from tracker.scanning import (
    batch_operations,
    batch_page_queries,
    batch_queries,
    mode_rules,
    mode_views,
    queries,
    rules,
)
from tracker.scanning import batch_undo_operations as undoing
from tracker.scanning import unknown_operations as unknown
from tracker.scanning.batch_forms import AnswerForm
from tracker.scanning.mode_rules import Mode
from tracker.scanning.rules import Outcome
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.shown import say
from tracker.web.submissions import OnceForm, once

blueprint = Blueprint("batches", __name__, url_prefix="/scan/batches")


@blueprint.get("")
@requires(Permission.WORK)
def index() -> str:
    site_id = current_actor().site_id
    open_ones, closed = batch_queries.open_batches(site_id), batch_queries.closed_batches(site_id)
    return render_template(
        "scanning/batches.html",
        open=open_ones,
        closed=closed,
        told=batch_page_queries.told([*open_ones, *closed]),
    )


@blueprint.post("")
@requires(Permission.WORK)
def create() -> ResponseReturnValue:
    """A mode chosen by its button."""
    return mode_views.begin(_mode(request.form), mode_views.running(), collection=_collection(request.form))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def new() -> ResponseReturnValue:
    """What the mode asks once for the whole batch."""
    mode, by = _mode(request.args), current_actor()
    mode_rules.must_be_hers(mode, by)
    form = AnswerForm(mode)
    if form.validate_on_submit():
        try:
            answered = Mode(mode.action, mode.place, mode_rules.values(form.answers))
            mode_rules.must_be_answered(answered)
        except Malformed as refusal:
            show_refusal(form, refusal)
        else:
            return mode_views.begin(answered, mode_views.running(), collection=_collection(request.args))
    page = render_template("scanning/batch_new.html", form=form, mode=mode)
    return page, 422 if form.errors or form.form_errors else 200


def _mode(given: Mapping[str, str]) -> Mode:
    return Mode(given.get("action", "")[:40] or None, given.get("place", "")[:500].strip() or None)


def _collection(given: Mapping[str, str]) -> str | None:
    return given.get("collection", "")[:24].strip() or None


@blueprint.get("/<batch_id>")
@requires(Permission.WORK)
def show(batch_id: str) -> str:
    by = current_actor()
    batch = batch_queries.batch(batch_id, by.site_id)
    page = batch_page_queries.page(batch)
    return render_template(
        "scanning/batch.html",
        batch=batch,
        mode=batch_queries.mode_of(batch),
        told=batch_page_queries.told([batch])[batch.id],
        page=page,
        names=accounts.user_names(
            {one for one in (batch.opened_by, batch.closed_by, batch.undone_by) if one}
        ),
        next_moves=following.next_moves([row.device for row in page.done if row.device], by),
        form=OnceForm(),
        is_nobodys=queries.is_nobodys,
        may_force=by.may(Permission.COORDINATE),
        new_id=rules.new_scan_id,
        running=mode_views.running(),
    )


@blueprint.post("/<batch_id>/close")
@requires(Permission.WORK)
def close(batch_id: str) -> ResponseReturnValue:
    by = current_actor()
    client, unsent = request.form.get("client") or None, request.form.get("unsent", 0, int)
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        batch_operations.close(
            batch, by, client=client, unsent=unsent, anyway=bool(request.form.get("anyway"))
        )
    if session.get(mode_views.HELD) == batch_id:
        session.pop(mode_views.HELD)
    return _to(batch_id)


@blueprint.post("/<batch_id>/continue")
@requires(Permission.WORK)
def resume(batch_id: str) -> ResponseReturnValue:
    """Go on with an open batch here: on another phone, or after a rest."""
    by = current_actor()
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        batch_operations.continue_here(batch, by, request.form.get("client") or None)
    session[mode_views.HELD] = batch_id
    return redirect(url_for("scanning.show"), 303)


@blueprint.post("/<batch_id>/undo")
@requires(Permission.WORK)
@once
def undo(batch_id: str) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        verdicts = undoing.undo(batch, by, anyway=bool(request.form.get("anyway")))
    done = sum(one.outcome is Outcome.DONE for one in verdicts)
    left = len(verdicts) - done
    flash(ngettext("%(num)s device is back where it was.", "%(num)s devices are back where they were.", done),
          "good" if done else "wait")  # fmt: skip
    if left:
        flash(ngettext("%(num)s device could not be taken back: see why below.",
                       "%(num)s devices could not be taken back: see why below.", left), "bad")  # fmt: skip
    return _to(batch_id)


@blueprint.post("/<batch_id>/undo-last")
@requires(Permission.WORK)
def undo_last(batch_id: str) -> ResponseReturnValue:
    now = mode_views.running()
    if now is None or now.batch.id != batch_id:
        raise RuleBroken(N_("This batch is not the one that is open here. Continue it here first."))
    return mode_views.undo_last(now, request.form.get("scan_id") or None)


@blueprint.post("/<batch_id>/next")
@requires(Permission.WORK)
def follow(batch_id: str) -> ResponseReturnValue:
    """The next step for the devices of this batch, as a batch of its own."""
    by, action = current_actor(), request.form.get("action", "")
    if action not in set(Action):
        raise Malformed(N_("Choose one of the steps on the page."), field="action")
    with transaction():
        batch = batch_queries.locked(batch_id, by.site_id)
        made = following.do_next(
            batch, Action(action), rules.canonical(request.form.get("new", ""), "new"), by
        )
        new_id = made.id
    return _to(new_id)


@blueprint.post("/<batch_id>/scans/<int:number>/link")
@requires(Permission.WORK)
@once
def link(batch_id: str, number: int) -> ResponseReturnValue:
    by = current_actor()
    try:
        with transaction():
            batch = batch_queries.locked(batch_id, by.site_id)
            scan = batch_queries.scan_of(batch.id, number)
            verdict = unknown.link(scan, request.form.get("code", "")[:500], by)
    except RuleBroken as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(say(verdict.sentence), "good" if verdict.outcome is Outcome.DONE else "wait")
    return _to(batch_id)


@blueprint.post("/<batch_id>/scans/<int:number>/forget")
@requires(Permission.WORK)
@once
def forget(batch_id: str, number: int) -> ResponseReturnValue:
    by = current_actor()
    try:
        with transaction():
            batch = batch_queries.locked(batch_id, by.site_id)
            unknown.forget(batch_queries.scan_of(batch.id, number), request.form.get("reason", ""), by)
    except RuleBroken as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("The code is out of the list."), "good")
    return _to(batch_id)


def _to(batch_id: str) -> ResponseReturnValue:
    return redirect(url_for("batches.show", batch_id=batch_id), 303)
