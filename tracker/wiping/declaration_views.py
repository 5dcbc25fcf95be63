"""What no report can show, declared by name."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.photos import TYPES
from tracker.wiping import declaration_operations, queries
from tracker.wiping.drive_forms import photo_sent
from tracker.wiping.forms import DeclareForm
from tracker.wiping.rules import DeclarationKind
from tracker.wiping.views import blueprint as bench
from tracker.wiping.wording_rules import DECLARING

blueprint = bench  # one set of pages, in two files


@blueprint.route("/<code>/declare/<kind>", methods=["GET", "POST"])
@requires(Permission.WORK)
def declare(code: str, kind: str) -> ResponseReturnValue:
    device, actor = devices.by_code(code), current_actor()
    if kind not in set(DeclarationKind):
        raise NotFound
    meant = DeclarationKind(kind)
    states = queries.drive_states(device)
    form = DeclareForm.of(meant, states, drive=_first_left(states))
    if form.validate_on_submit() and _declared(device, meant, actor, form):
        flash(_("Recorded under your name."), "good")
        return redirect(url_for("wiping.show", code=device.code), 303)
    title, purpose, button = DECLARING[meant]
    page = render_template(
        "wiping/declare.html",
        device=device,
        form=form,
        title=title,
        purpose=purpose,
        button=button,
        resets=meant in declaration_operations.OF_A_PHONE,
        accept=TYPES,
    )
    return page, 422 if form.errors else 200


def _first_left(states: Sequence[queries.DriveState]) -> str | None:
    """The drive that the link named, else the only one that is not done."""
    asked = request.args.get("drive", "")
    left = [str(state.drive.id) for state in states if state.end is None]
    return (
        asked if asked in {str(state.drive.id) for state in states} else left[0] if len(left) == 1 else None
    )


def _declared(device: Device, kind: DeclarationKind, actor: Actor, form: DeclareForm) -> bool:
    try:
        photo = photo_sent(form.photo) if "photo" in form else None
        with transaction():
            declaration_operations.declare(
                devices.locked(device.id),
                kind,
                actor,
                form.reason.data or "",
                serial=form.serial.data if "serial" in form and form.drive_id is None else None,
                drive_id=form.drive_id,
                lock_checked=bool("lock_checked" in form and form.lock_checked.data),
                slip=form.slip.data if "slip" in form else None,
                photo=photo,
                place=form.place.data if "place" in form else None,
            )
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return False
    return True
