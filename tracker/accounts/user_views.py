"""The people of the workshop: list, invite, change, disable, a new link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import mail, operations, queries
from tracker.accounts.access import current_actor
from tracker.accounts.forms import InviteForm, UserForm
from tracker.accounts.models import User
from tracker.accounts.rules import ROLE_NAMES, LinkPurpose, Permission, Role
from tracker.database import transaction
from tracker.errors import Malformed, RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    users = queries.users_for(current_actor())
    waiting = queries.open_invitations({user.id for user in users})
    return render_template("accounts/users.html", users=users, waiting=waiting, role_names=ROLE_NAMES)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
@once
def invite() -> ResponseReturnValue:
    form = InviteForm(current_actor(), role=Role.VOLUNTEER.value)
    if form.validate_on_submit():
        try:
            with transaction():
                user = operations.add_user(
                    form.email.data,
                    Role(form.role.data),
                    current_actor(),
                    association_name=form.association.data,
                    name=form.name.data,
                )
                token = operations.make_link(user, LinkPurpose.INVITATION, current_actor())
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="email")
        else:
            return _hand_over(user, LinkPurpose.INVITATION, token)
    return render_template("accounts/invite.html", form=form), 422 if form.errors else 200


def _hand_over(user: User, purpose: LinkPurpose, token: str) -> ResponseReturnValue:
    """Send the link, or show it where there is no mail."""
    if mail.is_set() and mail.send_link(user, purpose, token):
        flash(_("A letter with a link is on its way to %(email)s.", email=user.email), "good")
        return redirect("/users")
    if mail.is_set():
        flash(_("The letter could not be sent. Give the link yourself."), "error")
    return render_template("accounts/link.html", user=user, link=mail.address_of(token), purpose=purpose)


@blueprint.route("/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def change(user_id: int) -> ResponseReturnValue:
    by = current_actor()
    user = queries.user_for(by, user_id)
    form = UserForm(
        by,
        name=user.name,
        role=user.role.value,
        association=user.association.name if user.association else "",
    )
    if form.validate_on_submit():
        try:
            with transaction():
                operations.change_user(
                    queries.user_for(by, user_id),
                    by,
                    role=Role(form.role.data),
                    name=form.name.data or "",
                    association_name=form.association.data,
                )
        except Malformed as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The user is changed."), "good")
            return redirect("/users")
    shown = render_template("accounts/user.html", form=form, user=user, myself=user.id == by.user_id)
    return shown, 422 if form.errors else 200


@blueprint.post("/<int:user_id>/link")
@requires(Permission.MANAGE_USERS)
def link(user_id: int) -> ResponseReturnValue:
    """A new link: the invitation again, or a new password for someone who has one already."""
    by = current_actor()
    with transaction():
        user = queries.user_for(by, user_id)
        purpose = LinkPurpose.NEW_PASSWORD if user.password else LinkPurpose.INVITATION
        token = operations.make_link(user, purpose, by)
    return _hand_over(user, purpose, token)


@blueprint.post("/<int:user_id>/disable")
@requires(Permission.MANAGE_USERS)
def disable(user_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        operations.disable(queries.user_for(by, user_id), by)
    flash(_("The user can no longer sign in, and is signed out everywhere."), "good")
    return redirect("/users")


@blueprint.post("/<int:user_id>/enable")
@requires(Permission.MANAGE_USERS)
def enable(user_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        operations.enable(queries.user_for(by, user_id), by)
    flash(_("The user can sign in again."), "good")
    return redirect("/users")
