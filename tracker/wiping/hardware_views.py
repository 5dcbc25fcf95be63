"""A person chooses between what reports say of a device's inside."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.errors import Malformed, NotHere
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.wiping import hardware_word_operations
from tracker.wiping.hardware_value_rules import Piece

blueprint = Blueprint("hardware", __name__, url_prefix="/devices")

_NO_SUCH_PIECE = N_("There is nothing to choose here. Go back to the device's page.")
_NO_SUCH_REPORT = N_("Choose one of the values on the device's page.")
LONGEST_ID = 9


@blueprint.post("/<code>/inside/<piece>")
@requires(Permission.WORK)
def choose(code: str, piece: str) -> ResponseReturnValue:
    """`report`: the id of the report that is right; empty: what stands is."""
    if piece not in set(Piece):
        raise NotHere(_NO_SUCH_PIECE)
    report = _report(request.form.get("report", ""))
    with transaction():
        device = devices.locked(devices.by_code(code).id)
        hardware_word_operations.choose(device, Piece(piece), report, current_actor())
        address = url_for("passport.show", code=device.code)
    flash(_("Your choice is noted. A report that says otherwise will ask again."), "success")
    return redirect(address, 303)


def _report(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID):
        raise Malformed(_NO_SUCH_REPORT, field="report")
    return int(typed)
