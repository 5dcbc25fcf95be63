"""One's own account: password, keys for scripts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import operations, queries, sign_in
from tracker.accounts.access import by_password_only, current_actor
from tracker.accounts.forms import ChangePassword, KeyForm
from tracker.accounts.models import User
from tracker.accounts.passwords import is_right
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal

blueprint = Blueprint("account", __name__)


def _myself() -> User:
    return queries.user(current_actor().user_id or 0)


@blueprint.route("/account", methods=["GET", "POST"])
@by_password_only
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Change one's password. Every other session and every key ends, this session begins anew."""
    form = ChangePassword()
    if form.validate_on_submit():
        try:
            _change(form)
        except Malformed as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _(
                    "Your password is changed. Other browsers are signed out; your keys, and the PIN of your badge if you had one, no longer work."
                ),
                "good",
            )
            return redirect("/account")
    me = _myself()
    shown = render_template(
        "accounts/account.html",
        form=form,
        key_form=KeyForm(formdata=None),
        user=me,
        keys=queries.tokens_of(me.id),
    )
    return shown, 422 if form.errors else 200


def _change(form: ChangePassword) -> None:
    if not is_right(form.present.data, _myself().password):
        raise Malformed(N_("This is not your present password. Try again."), field="present")
    with transaction():
        me = _myself()
        operations.change_password(me, form.password.data)
        sign_in.begin(me)


@blueprint.post("/account/keys")
@by_password_only
@requires(Permission.SIGNED_IN)
def add_key() -> ResponseReturnValue:
    """Make a key and show it this once."""
    form = KeyForm()
    if not form.validate():
        flash(_("Give the key a name that says what uses it."), "error")
        return redirect("/account")
    with transaction():
        key = operations.add_token(_myself(), form.name.data or "")
    return render_template("accounts/key.html", key=key, name=form.name.data)


@blueprint.post("/account/keys/<int:token_id>/revoke")
@by_password_only
@requires(Permission.SIGNED_IN)
def revoke_key(token_id: int) -> ResponseReturnValue:
    with transaction():
        operations.revoke_token(token_id, current_actor())
    flash(_("The key no longer works."), "good")
    return redirect("/account")
