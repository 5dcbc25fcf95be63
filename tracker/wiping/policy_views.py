"""What counts as a wipe here: everyone of the workshop may read it, coordinators change it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.wiping import policy_operations, policy_queries
from tracker.wiping.policy_forms import PolicyForm
from tracker.wiping.policy_wording_rules import DEMANDED, LAYOUT_WORDS, REVIEWERS, UNVERIFIED, told
from tracker.wiping.readings import MEDIUM_NAMES

blueprint = Blueprint("wiping_policy", __name__, url_prefix="/wiping/policy")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def show() -> str:
    return _page(PolicyForm(policy_queries.in_force(current_actor().site_id), formdata=None))


def _page(form: PolicyForm) -> str:
    actor = current_actor()
    past = policy_queries.decided(actor.site_id)
    return render_template(
        "wiping/policy.html",
        form=form,
        policy=policy_queries.in_force(actor.site_id),
        past=past,
        told=told,
        names=accounts.user_names({one.set_by for one in past if one.set_by is not None}),
        words={"unverified": UNVERIFIED, "layout": LAYOUT_WORDS, "reviewer": REVIEWERS, "level": DEMANDED},
        medium_names=MEDIUM_NAMES,
        may_change=actor.may(Permission.COORDINATE),
    )


@blueprint.post("")
@requires(Permission.COORDINATE)
def change() -> ResponseReturnValue:
    form = PolicyForm(policy_queries.in_force(current_actor().site_id))
    if form.validate():
        try:
            with transaction():
                changed = policy_operations.change(form.policy, current_actor())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
            return _page(form), refusal.status
        flash(_("Policy no. %(number)s is in force.", number=changed.policy.number), "good")
        if changed.accepted:
            flash(ngettext("One wipe that waited for a person counts now.",
                           "%(num)s wipes that waited for a person count now.", changed.accepted), "info")  # fmt: skip
        return redirect(url_for("wiping_policy.show"), 303)
    return _page(form), 422
