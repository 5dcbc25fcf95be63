"""Sign in, sign out, choose a password by a link."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from tracker.accounts import operations, queries, sign_in
from tracker.accounts.access import actor_or_none
from tracker.accounts.forms import SignIn
from tracker.accounts.models import User
from tracker.accounts.passwords import is_right
from tracker.accounts.rules import Permission, normal_email
from tracker.database import transaction
from tracker.errors import Malformed
from tracker.web.access import requires
from tracker.web.addresses import own_path

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    form = SignIn()
    wish = own_path(form.next.data or request.args.get("next")) or "/"
    if actor_or_none() and request.method == "GET":
        return redirect(wish, 303)
    if form.validate_on_submit():
        user = _user_with(form.email.data, form.password.data)
        if user:
            with transaction():
                operations.note_sign_in(user, form.password.data)
                sign_in.begin(user)
            return redirect(wish, 303)
        form.form_errors.append(_("The e-mail address and the password do not fit together. Try again."))
    form.next.data = wish
    return render_template("accounts/login.html", form=form), 422 if form.errors or form.form_errors else 200


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
    sign_in.finish()
    return redirect("/login", 303)
