"""A declared destruction, looked at by a second person."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_, Sentence
from tracker.web import home
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.photos import TYPES
from tracker.web.submissions import once
from tracker.wiping import destruction_operations, destruction_queries, queries
from tracker.wiping.drive_forms import ConfirmForm, photo_sent
from tracker.wiping.models import Drive

blueprint = Blueprint("destructions", __name__, url_prefix="/wiping/destructions")


@blueprint.route("/<int:declaration_id>", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def show(declaration_id: int) -> ResponseReturnValue:
    row = destruction_queries.declaration(declaration_id)
    device = devices.by_id(row.device_id)
    if device is None:
        raise NotHere(N_("This destruction is not here. Look it up from its drive or its device."))
    drive = session.get(Drive, row.drive_id) if row.drive_id is not None else None
    form, actor = ConfirmForm(), current_actor()
    address = url_for("drives.show", drive_id=drive.id) if drive else url_for("wiping.show", code=device.code)
    if form.validate_on_submit() and _decided(declaration_id, form):
        flash(_("Your decision is recorded under your name."), "good")
        return redirect(address, 303)
    page = render_template(
        "wiping/drive_destruction.html",
        row=row,
        device=device,
        drive=drive,
        form=form,
        back=address,
        accept=TYPES,
        note=queries.notes_of_declarations(device).get(row.id),
        has_photo=destruction_queries.has_photo(row.id),
        names=accounts.user_names(
            {one for one in (row.declared_by, row.confirmed_by, row.refused_by) if one}
        ),
        own=row.declared_by == actor.user_id,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _decided(declaration_id: int, form: ConfirmForm) -> bool:
    try:
        photo = photo_sent(form.photo)
        with transaction():
            if form.decision.data == "confirm":
                destruction_operations.confirm(
                    declaration_id, current_actor(), slip=form.slip.data, photo=photo
                )
            else:
                destruction_operations.refuse(declaration_id, current_actor(), form.note.data or "")
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return False
    return True


@blueprint.get("/<int:declaration_id>/photo.jpg")
@requires(Permission.SEE_WORKSHOP)
def photo(declaration_id: int) -> Response:
    """The photo as `web.photos` wrote it: a JPEG, and never taken for anything else."""
    headers = {
        "Content-Disposition": f'inline; filename="destruction-{declaration_id}.jpg"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    kept = destruction_queries.photo(destruction_queries.declaration(declaration_id).id)
    return Response(kept, mimetype="image/jpeg", headers=headers)


@home.panel(Permission.WORK, order=22)
def to_confirm() -> home.Panel | None:
    """Shown to everyone who may confirm some: not those whose own declarations alone wait."""
    actor = current_actor()
    waiting = [one for one in destruction_queries.waiting() if one.declared_by != actor.user_id]
    if not waiting:
        return None
    return home.Panel(
        N_("Destructions to confirm"),
        Sentence(N_("Someone declared them: you are the second person who looks at what is left.")),
        "trash",
        url_for("destructions.show", declaration_id=waiting[0].id),
        N_("Look at the oldest"),
        len(waiting),
    )
