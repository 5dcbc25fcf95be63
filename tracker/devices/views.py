"""Correcting what is on record about a device: particulars, accessories, flags, tag, two records of one device."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import codes, particulars, queries
from tracker.devices.forms import (
    TYPE_PICTURES,
    AccessoriesForm,
    ClearFlagForm,
    EditForm,
    FlagForm,
    OtherRecordForm,
    TagForm,
)
from tracker.devices.lifecycle import FLAGS, Flag
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, DEMANDED, TYPES, Accessories
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("devices", __name__)

CHANGED = N_("Someone has just changed this device. Look at what is on record now, then repeat.")


def address_of(device: Device) -> str:
    """The device's own page."""
    return f"/devices/{device.code}"


@blueprint.route("/devices/<code>/edit", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def edit(code: str) -> ResponseReturnValue:
    device = queries.by_code(code)
    form = EditForm(device)
    if form.validate_on_submit():
        try:
            with transaction():
                device = queries.locked(device.id)
                if str(form.version.data or device.version) != str(device.version):
                    raise Conflict(CHANGED)
                entry = particulars.edit(device, current_actor(), **form.changes(device))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("The changes are recorded.") if entry else _("Nothing was different."),
                "good" if entry else "info",
            )
            return redirect(address_of(device), 303)
    page = render_template("devices/edit.html", device=device, form=form, pictures=TYPE_PICTURES)
    return page, _status(form)


@blueprint.route("/devices/<code>/accessories", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def accessories(code: str) -> ResponseReturnValue:
    device = queries.by_code(code)
    form = AccessoriesForm(device)
    if form.validate_on_submit():
        with transaction():
            device = queries.locked(device.id)
            particulars.set_accessories(
                device, {Accessories(kind) for kind in form.kinds.data}, current_actor()
            )
        flash(_("The accessories are recorded."), "good")
        return redirect(address_of(device), 303)
    demanded = [ACCESSORIES[kind] for kind in sorted(DEMANDED[device.type])]
    page = render_template("devices/accessories.html", device=device, form=form, demanded=demanded)
    return page, _status(form)


@blueprint.route("/devices/<code>/flags", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def flags(code: str) -> ResponseReturnValue:
    device = queries.by_code(code)
    form = FlagForm(device)
    if form.validate_on_submit():
        by = current_actor()
        with transaction():
            device = queries.locked(device.id)
            particulars.raise_flag(device, Flag(form.flag.data), by, form.note.data)
        flash(_("The device is marked. It is not given to anyone until this is solved."), "good")
        return redirect(address_of(device), 303)
    page = render_template("devices/flags.html", device=device, form=form, flag_words=FLAGS)
    return page, _status(form)


@blueprint.route("/devices/<code>/flags/<flag>/clear", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def clear_flag(code: str, flag: str) -> ResponseReturnValue:
    device = queries.by_code(code)
    if flag not in set(Flag):
        abort(404)
    form = ClearFlagForm()
    if form.validate_on_submit():
        try:
            with transaction():
                device = queries.locked(device.id)
                entry = particulars.clear_flag_by_hand(device, Flag(flag), current_actor(), form.note.data)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("The flag is cleared.") if entry else _("It was cleared already."),
                "good" if entry else "already",
            )
            return redirect(address_of(device), 303)
    page = render_template("devices/clear_flag.html", device=device, form=form, word=FLAGS[Flag(flag)])
    return page, _status(form)


@blueprint.route("/devices/<code>/tag", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def tag(code: str) -> ResponseReturnValue:
    device = queries.by_code(code)
    form = TagForm()
    if form.validate_on_submit():
        try:
            with transaction():
                device = queries.locked(device.id)
                particulars.replace_tag(device, _read(form.code.data or ""), current_actor(), form.loss)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="code")
        else:
            flash(_("The new tag is on record. The old one still leads here."), "good")
            return redirect(address_of(device), 303)
    return render_template("devices/tag.html", device=device, form=form), _status(form)


def _read(typed: str) -> str:
    code = codes.read(typed)
    if isinstance(code, codes.Fault):
        raise Malformed(
            N_("“%(code)s” is not the code of a tag: scan it again, or check the letters."),
            field="code",
            code=typed[:40],
        )
    return code


@blueprint.route("/devices/<code>/merge", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def merge(code: str) -> ResponseReturnValue:
    """First name the other record, then choose between the two."""
    device = queries.by_code(code)
    form = OtherRecordForm(formdata=request.args if request.args.get("other") else None, meta={"csrf": False})
    other = None
    if form.other.data:
        try:
            other = queries.by_code(form.other.data)
            if other.id == device.id:
                raise RuleBroken(N_("This is the same record: scan or type the code of the other one."))
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="other")
            other = None
    if request.method == "POST":
        return _merge(device)
    alike = queries.alike(device)
    page = render_template(
        "devices/merge.html", device=device, other=other, form=form, alike=alike, type_words=TYPES
    )
    return page, 422 if form.other.errors or form.form_errors else 200


def _merge(device: Device) -> ResponseReturnValue:
    kept = queries.by_code(request.form.get("kept", ""))
    gone = queries.by_code(request.form.get("gone", ""))
    if device.id not in (kept.id, gone.id):
        raise Malformed(N_("Choose which of the two records is kept."), field="kept")
    with transaction():
        for one in sorted((kept.id, gone.id)):
            queries.locked(one)
        particulars.merge(queries.locked(kept.id), queries.locked(gone.id), current_actor())
    flash(_("The two records are one now. Both codes lead here."), "good")
    return redirect(address_of(kept), 303)


def _status(form: EditForm | AccessoriesForm | FlagForm | ClearFlagForm | TagForm) -> int:
    return 422 if form.errors or form.form_errors else 200
