"""Drives as things: the list of all, one drive's life, where it lies, and the workshop's own sticks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import registry
from tracker.errors import RuleBroken
from tracker.history import queries as past
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once
from tracker.wiping import (
    boot_stick_operations,
    destruction_queries,
    drive_life_queries,
    drive_page_queries,
    drive_place_operations,
    drive_rules,
)
from tracker.wiping.drive_forms import PlaceForm, StickForm
from tracker.wiping.drive_page_queries import NARROWED, DriveShown, Narrowed
from tracker.wiping.rules import PLAUSIBLE_HOURS
from tracker.wiping.wording_rules import MEDIUMS

blueprint = Blueprint("drives", __name__, url_prefix="/wiping/drives")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    asked = request.args.get("show", "")
    narrowed = Narrowed(asked) if asked in set(Narrowed) else Narrowed.ALL
    text = request.args.get("q", "").strip()[:80]
    place = request.args.get("place", "")[:8]
    page = drive_page_queries.page(narrowed, text, request.args.get("cursor"), place=place)
    return render_template(
        "wiping/drives.html",
        page=page,
        drives=drive_page_queries.shown(page.items),
        narrowed=narrowed,
        choices=[
            (one, word, drive_page_queries.count(one) if one is not Narrowed.ALL else None)
            for one, word in NARROWED.items()
        ],
        text=text,
        place=place,
        place_name=registry.place_names([place]).get(place, place) if place else "",
        mediums=MEDIUMS,
    )


@blueprint.get("/<int:drive_id>")
@requires(Permission.SEE_WORKSHOP)
def show(drive_id: int) -> ResponseReturnValue:
    one, actor = _shown(drive_id), current_actor()
    if one.drive.id != drive_id:
        return redirect(url_for("drives.show", drive_id=one.drive.id))
    life = drive_life_queries.life(one)
    declared = destruction_queries.of_drive(one.drive.id)
    people = {happened.by for happened in life} | {row.confirmed_by for row in declared}
    return render_template(
        "wiping/drive.html",
        one=one,
        life=life,
        notes=past.note_texts({happened.note_id for happened in life if happened.note_id}),
        names=accounts.user_names({person for person in people if person}),
        declared=declared,
        photographed=destruction_queries.photographed([row.id for row in declared]),
        mediums=MEDIUMS,
        plausible_hours=PLAUSIBLE_HOURS,
        may_work=actor.may(Permission.WORK),
        may_mark=actor.may(Permission.CHECK_QUALITY)
        and (
            one.drive.boot_stick_at is not None
            or drive_rules.may_be_boot_stick(one.drive.medium, one.drive.hides_drives)
        ),
    )


def _shown(drive_id: int) -> DriveShown:
    return drive_page_queries.shown([drive_page_queries.meant(drive_id)])[0]


@blueprint.route("/<int:drive_id>/place", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def place(drive_id: int) -> ResponseReturnValue:
    one, form = _shown(drive_id), PlaceForm()
    if form.validate_on_submit():
        try:
            with transaction():
                drive = drive_page_queries.meant(drive_id)
                entry = drive_place_operations.put(drive, form.place.data or "", current_actor())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("It is written down where this drive lies.") if entry else _("It lies there already."),
                "good" if entry else "already",
            )
            return redirect(url_for("drives.show", drive_id=drive_id), 303)
    return render_template("wiping/drive_place.html", one=one, form=form), _status(form)


@blueprint.route("/<int:drive_id>/boot-stick", methods=["GET", "POST"])
@requires(Permission.CHECK_QUALITY)
@once
def boot_stick(drive_id: int) -> ResponseReturnValue:
    """Say that it is one; or, where it is known as one, that it is none after all."""
    one, form = _shown(drive_id), StickForm()
    marked = one.drive.boot_stick_at is not None
    if form.validate_on_submit():
        try:
            with transaction():
                drive = drive_page_queries.meant(drive_id)
                change = boot_stick_operations.unmark if marked else boot_stick_operations.mark
                change(drive, current_actor(), form.note.data or "")
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="note")
        else:
            flash(
                _("It counts again in every device in which it was seen.")
                if marked
                else _("Known from now on: this stick counts for no device."),
                "good",
            )
            return redirect(url_for("drives.show", drive_id=drive_id), 303)
    return render_template("wiping/drive_stick.html", one=one, form=form, marked=marked), _status(form)


def _status(form: PlaceForm | StickForm) -> int:
    return 422 if form.errors or form.form_errors else 200
