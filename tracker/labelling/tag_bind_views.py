"""A free tag's first scan: one form that adds the device, or puts the tag on one that we know."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import operations as gifts
from tracker.collection import queries as collections
from tracker.collection.models import Collection
from tracker.collection.rules import Line, SameSerial
from tracker.database import transaction
from tracker.devices import codes, particulars
from tracker.devices import queries as devices
from tracker.devices.forms import TYPE_PICTURES
from tracker.devices.lifecycle import Action
from tracker.devices.rules import DeviceType
from tracker.devices.tags import FREE, TagLoss
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_
from tracker.labelling import queries, tag_queries
from tracker.labelling.tag_forms import BindForm, PutOnForm
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("binding", __name__, url_prefix="/labels/tags")

SHOWN = 4  # the latest collections, the newest chosen


@blueprint.route("/<code>/bind", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def bind(code: str) -> ResponseReturnValue:
    tag = queries.tag(code)
    if tag.kind is not codes.Kind.DEVICE or tag.state not in FREE:
        return redirect(url_for("scanning.show", code=tag.code), 303)
    latest = list(collections.collections(limit=SHOWN).items)
    form, put_on = _forms(latest)
    known: list[str] = []
    try:
        if request.form.get("doing") == "put_on" and put_on.validate():
            return _put_on(tag.code, put_on.device.data or "", put_on.loss)
        if request.form.get("doing") == "add" and form.validate():
            return _add(tag.code, form)
    except SameSerial as same:
        known = list(same.codes)
    except RuleBroken as refusal:
        wrong = put_on if request.form.get("doing") == "put_on" else form
        show_refusal(wrong, refusal, otherwise="device" if wrong is put_on else "serial")
    page = render_template(
        "labelling/bind.html",
        tag=tag,
        form=form,
        put_on=put_on,
        known=[devices.by_code(one) for one in known],
        standing=tag_queries.standing(tag.code),
        pictures=TYPE_PICTURES,
    )
    return (
        page,
        422
        if form.errors or form.form_errors or put_on.errors or put_on.form_errors
        else 409
        if known
        else 200,
    )


def _forms(latest: list[Collection]) -> tuple[BindForm, PutOnForm]:
    """Both forms; what was the same for the last device stands there already, so that one press is enough."""
    last = collections.contents(latest[0], limit=1).items if latest else ()
    begun: dict[str, Any] = {"collection": latest[0].reference} if latest else {}
    begun |= {"type": last[0][1].type.value} if last else {}
    doing = request.form.get("doing")
    form = BindForm(latest, formdata=request.form if doing == "add" else None, data=begun)
    put_on = PutOnForm(
        formdata=request.form if doing == "put_on" else None, data={"why": TagLoss.NEVER_PRINTED.value}
    )
    return form, put_on


def _add(code: str, form: BindForm) -> ResponseReturnValue:
    """`decision` names the device on record that this is, or says that it is another one."""
    decision = request.form.get("decision", "")
    if decision not in ("", "another"):
        return _put_on(code, decision, TagLoss.NEVER_PRINTED)
    line = Line(type=DeviceType(form.type.data), serial=form.serial.data)
    action = Action.RECEIVE if form.here.data else Action.COLLECT
    with transaction():
        gift = collections.collection(form.collection.data)
        device = gifts.add_device(
            gift, line, action, current_actor(), code=code, another=decision == "another"
        )
        number = collections.last_position(gift.id)
    said = {"code": codes.shown(device.code), "number": number, "reference": form.collection.data}
    flash(_("%(code)s is added to %(reference)s, number %(number)s. Scan the next tag.", **said), "good")
    return redirect(url_for("scanning.show"), 303)


def _put_on(code: str, text: str, why: TagLoss | None) -> ResponseReturnValue:
    found = tag_queries.meant(text)
    if found is None:
        raise NotHere(
            N_("No device is found by “%(text)s”, or several are: open its page and choose “New tag”."),
            text=text[:40],
        )
    with transaction():
        device = devices.locked(found.id)
        particulars.replace_tag(device, code, current_actor(), why)
    flash(_("%(code)s is on the device now.", code=codes.shown(code)), "good")
    return redirect(url_for("scanning.show", code=code), 303)
