"""Sign in, sign out, choose a password by a link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import limits, mail, operations, queries, sign_in
from tracker.accounts.access import actor_or_none, leave
from tracker.accounts.forms import ChoosePassword, Forgotten, SignIn
from tracker.accounts.models import User
from tracker.accounts.passwords import is_right
from tracker.accounts.rules import LinkPurpose, Permission, normal_email
from tracker.database import transaction
from tracker.errors import Malformed
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.forms import show_refusal

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@limits.on_sign_in
@requires(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    form = SignIn()
    wish = own_path(form.next.data or request.args.get("next")) or "/"
    actor = actor_or_none()
    if actor and actor.bench_id is None and request.method == "GET":
        return redirect(wish)
    if form.validate_on_submit():
        user = _user_with(form.email.data, form.password.data)
        if user:
            with transaction():
                operations.note_sign_in(user, form.password.data)
                sign_in.begin(user)
            return redirect(wish)
        form.form_errors.append(_("The e-mail address and the password do not fit together. Try again."))
    form.next.data = wish
    status = 422 if form.errors or form.form_errors else 200
    return render_template("accounts/login.html", form=form), status


def _user_with(email: str, password: str) -> User | None:
    """The active user with this address and password. Takes as long for a stranger."""
    try:
        user = queries.user_by_email(normal_email(email))
    except Malformed:
        user = None
    right = is_right(password, user.password if user else None)
    return user if right and user and user.active else None


@blueprint.post("/logout")
@requires(Permission.SIGNED_IN)
def logout() -> ResponseReturnValue:
    where = leave()
    sign_in.finish()
    return redirect(where or "/login")


@blueprint.route("/forgotten", methods=["GET", "POST"])
@limits.on_letters
@requires(Permission.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same whether the address is known or not."""
    form = Forgotten()
    if mail.is_set() and form.validate_on_submit():
        _write_to(form.email.data)
        return render_template("accounts/forgotten.html", form=form, by_mail=True, asked=True)
    return render_template("accounts/forgotten.html", form=form, by_mail=mail.is_set(), asked=False), (
        422 if form.errors else 200
    )


def _write_to(email: str) -> None:
    try:
        user = queries.user_by_email(normal_email(email))
    except Malformed:
        return
    if user and user.active:
        with transaction():
            token = operations.make_link(user, LinkPurpose.NEW_PASSWORD, by=None)
        mail.send_link_later(user, LinkPurpose.NEW_PASSWORD, token)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password by a one-time link, and be signed in."""
    link = queries.live_link(token)
    form = ChoosePassword()
    if form.validate_on_submit():
        try:
            with transaction():
                user = operations.use_link(token, form.password.data)
                operations.note_sign_in(user, form.password.data)
                sign_in.begin(user)
        except Malformed as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Your password is set, and you are signed in."), "good")
            return redirect("/")
    link = queries.live_link(token)
    return render_template(
        "accounts/choose_password.html", form=form, user=link.user
    ), 422 if form.errors else 200
