"""Tags in advance: minting them on sheets, those that are still free, and those that never will be used."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices.tags import TagState
from tracker.errors import RuleBroken
from tracker.labelling import documents, operations, queries
from tracker.labelling.answer_views import answer_with, asked_of, must_be_seen, sheet_of
from tracker.labelling.forms import MintForm, VoidForm
from tracker.labelling.rules import Item
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("tags", __name__, url_prefix="/labels")


@blueprint.route("/mint", methods=["GET", "POST"])
@requires(Permission.WORK)
def mint() -> ResponseReturnValue:
    """New tags on a sheet; the answer is the file."""
    by = current_actor()
    form = MintForm(by.site_id, data=dict(zip(("medium", "format"), queries.usual(by), strict=True)))
    if request.method == "POST" and form.validate():
        try:
            asked = asked_of(form)
            count = form.count.data or 0
            if "show" not in request.form and not must_be_seen(form, asked):
                said = [Item("MINT", str(count))]
                return answer_with(lambda token: operations.mint_and_print(
                    count, asked, current_actor(), documents.imprint(), token=token), form, said, asked)  # fmt: skip
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="count")
    page = render_template(
        "labelling/mint.html", **sheet_of(form), tags_free=sum(queries.count_free().values())
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/tags")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    """Tags that no device bears yet."""
    asked = request.args.get("state")
    state = TagState(asked) if asked in {one.value for one in queries.FREE} else None
    page = queries.free_tags(state, cursor=request.args.get("cursor"))
    return render_template(
        "labelling/tags.html",
        page=page,
        state=state,
        counts=queries.count_free(),
        may_work=current_actor().may(Permission.WORK),
    )


@blueprint.route("/tags/<code>/void", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def void(code: str) -> ResponseReturnValue:
    tag, form = queries.tag(code), VoidForm()
    if form.validate_on_submit():
        try:
            with transaction():
                entry = operations.void_tag(code, current_actor(), form.reason.data)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            said = {"code": codes.shown(tag.code)}
            flash(
                _("The tag %(code)s is void. Whoever scans it is told so.", **said)
                if entry
                else _("The tag %(code)s was void already.", **said),
                "good" if entry else "already",
            )
            return redirect(url_for("tags.index"), 303)
    page = render_template("labelling/void.html", tag=tag, form=form)
    return page, 422 if form.errors or form.form_errors else 200
