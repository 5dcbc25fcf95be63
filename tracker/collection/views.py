"""Collections: what a donor gave, added one by one, received, given back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as people
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import arrival_operations, operations, queries
from tracker.collection.forms import AddForm, CollectionForm, GiveBackForm, ReceiveForm
from tracker.collection.models import Collection, Donor
from tracker.collection.rules import DONOR_KINDS, SameSerial
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.answer_views import AND_PRINT, go_on
from tracker.devices.forms import TYPE_PICTURES
from tracker.devices.lifecycle import MOVES, STAGES, Action, Stage
from tracker.devices.models import Device
from tracker.devices.operations import perform
from tracker.devices.rules import Accessories
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel
from tracker.web.navigation import endpoint_of
from tracker.web.submissions import once

blueprint = Blueprint("collection", __name__)

SHOWN_WHILE_ADDING = 10


@blueprint.get("/collections")
@requires(Permission.SEE_WORKSHOP)
def collections() -> ResponseReturnValue:
    text, actor = request.args.get("q"), current_actor()
    page = queries.collections(text, cursor=request.args.get("cursor"))
    return render_template(
        "collection/collections.html",
        page=page,
        text=text,
        counts=queries.counts([one.id for one in page.items]),
        names={one.donor.id: queries.shown_name(one.donor, actor) for one in page.items},
        waiting=queries.WAITING,
    )


@blueprint.route("/collections/new", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def new_collection() -> ResponseReturnValue:
    """First choose the donor, then the day."""
    actor = current_actor()
    if not request.args.get("donor"):
        return _choose_donor()
    donor = queries.donor(request.args["donor"])
    form = CollectionForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = operations.open_collection(
                    queries.donor(donor.reference),
                    form.date.data,
                    actor,
                    reference=form.reference.data,
                    note=form.note.data,
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("The collection %(reference)s is open: add its devices.", reference=made.reference), "good"
            )
            return redirect(url_for("collection.show", reference=made.reference), 303)
    name = queries.shown_name(donor, actor)
    page = render_template("collection/new_collection.html", form=form, donor=donor, donor_name=name)
    return page, 422 if form.errors or form.form_errors else 200


def _choose_donor() -> str:
    actor, text = current_actor(), request.args.get("q")
    page = queries.donors(text, actor, cursor=request.args.get("cursor"))
    names = {one.id: queries.shown_name(one, actor) for one in page.items}
    return render_template(
        "collection/choose_donor.html", page=page, text=text, names=names, kinds=DONOR_KINDS,
        may_add=actor.may(Permission.COORDINATE)
    )  # fmt: skip


@blueprint.get("/collections/<reference>")
@requires(Permission.SEE_WORKSHOP)
def show(reference: str) -> ResponseReturnValue:
    one, actor = queries.collection(reference), current_actor()
    counts = queries.counts([one.id])[one.id]
    return render_template(
        "collection/show.html",
        collection=one,
        counts=[(stage, counts[stage]) for stage in Stage if counts.get(stage)],
        waiting=sum(counts.get(stage, 0) for stage in queries.WAITING),
        total=sum(counts.values()),
        page=queries.contents(one, cursor=request.args.get("cursor")),
        note=queries.note_of(one),
        site=people.site(one.site_id),
        stage_words={stage: sign.name for stage, sign in STAGES.items()},
        may_see_donor=actor.may(Permission.COORDINATE),
        **_told(one),
    )


def _told(one: Collection) -> dict[str, Any]:
    """What every page of a collection is given: the donor's name as far as may be, and where labels are printed."""
    labels = f"/labels?collection={one.reference}&design=collection"
    return {
        "donor_name": queries.shown_name(one.donor, current_actor()),
        "labels_href": labels if endpoint_of("/labels") else None,
    }


@blueprint.route("/collections/<reference>/add", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def add(reference: str) -> ResponseReturnValue:
    """The fast form: a scanner's Enter adds the device and brings the form for the next one."""
    one, by = queries.collection(reference), current_actor()
    form = AddForm(by, data=_kept())
    doubles: list[dict[str, Any]] = []
    if form.validate_on_submit():
        try:
            added = _add(one, form, request.form.get("decision", ""))
        except SameSerial as same:
            doubles = [_double(code) for code in same.codes]
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="serial")
        else:
            return go_on(added, url_for("collection.add", reference=one.reference, **form.kept()))
    page = render_template(
        "collection/add.html",
        collection=one,
        form=form,
        doubles=doubles,
        and_print=AND_PRINT in request.form,
        pictures=TYPE_PICTURES,
        latest=queries.contents(one, limit=SHOWN_WHILE_ADDING).items,
        **_told(one),
    )
    return page, 422 if form.errors or form.form_errors else 409 if doubles else 200


def _kept() -> dict[str, Any]:
    """What the last device leaves for the next, and the free tag that was scanned to come here."""
    kept = {name: request.args.get(name) for name in ("type", "action", "manufacturer", "model")}
    return {**kept, "code": request.args.get("code"), "action": kept["action"] or Action.RECEIVE.value, "keep": "keep" in request.args,
            "charger": "charger" in request.args}  # fmt: skip


def _add(one: Collection, form: AddForm, decision: str) -> str:
    """The device's code. `decision` is empty, "another", or the code of the device on record that this is."""
    by, action = current_actor(), Action(form.action.data)
    if decision not in ("", "another"):
        device = devices.by_code(decision)
        with transaction():
            device = devices.locked(device.id)
            entry = operations.same_again(one, device, action, by)
        sentence = (
            _("%(code)s was on record; it is taken further.")
            if entry
            else _("%(code)s was on record already.")
        )
        flash(sentence % {"code": codes.shown(device.code)}, "good" if entry else "already")
        return device.code
    with transaction():
        device = operations.add_device(
            one, form.line(), action, by, code=_tag(form.code.data), another=decision == "another"
        )
        position = queries.last_position(one.id)
    flash(_("%(code)s is added, number %(number)s.", code=codes.shown(device.code), number=position), "good")
    return device.code


def _tag(typed: str | None) -> str | None:
    return arrival_operations.tag_code(typed) if typed else None


def _double(code: str) -> dict[str, Any]:
    device = devices.by_code(code)
    return {"device": device, "gift": queries.gift_of(device.id)}


@blueprint.route("/collections/<reference>/receive", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def receive(reference: str) -> ResponseReturnValue:
    """What has been announced or collected, and a large button on each."""
    one = queries.collection(reference)
    form = ReceiveForm()
    if form.validate_on_submit():
        try:
            device = _receive(one, form)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="scanned")
        else:
            flash(_("%(code)s is received.", code=codes.shown(device.code)), "good")
            return go_on(device.code, url_for("collection.receive", reference=one.reference))
    counts = queries.counts([one.id])[one.id]
    page = render_template(
        "collection/receive.html",
        collection=one,
        form=form,
        page=queries.contents(
            one, stages=queries.WAITING, newest_first=False, cursor=request.args.get("cursor")
        ),
        left=sum(counts.get(stage, 0) for stage in queries.WAITING),
        total=sum(counts.values()),
        action=MOVES[Action.RECEIVE].name,
        **_told(one),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _receive(one: Collection, form: ReceiveForm) -> Device:
    device = queries.device_meant(one, form.scanned.data or "")
    values: dict[str, Any] = {"weight_g": form.weight_g.data}
    if form.charger.data:
        values["accessories"] = {row.kind for row in device.accessories} | {Accessories.CHARGER}
    with transaction():
        device = devices.locked(device.id)
        perform(device, Action.RECEIVE, current_actor(), values)
    return device


@blueprint.route("/devices/<code>/give-back", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def give_back(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    gift = queries.gift_of(device.id)
    form = GiveBackForm()
    if form.validate_on_submit():
        names = ("taken_as", "taken_by", "signature", "reason")
        values = {name: form[name].data for name in names}
        try:
            with transaction():
                perform(devices.locked(device.id), Action.GIVE_BACK, current_actor(), values)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The device is given back to its donor."), "good")
            return redirect(f"/devices/{device.code}", 303)
    donor: Donor | None = gift.donor if gift else None
    page = render_template(
        "collection/give_back.html",
        device=device,
        form=form,
        donor=donor,
        donor_name=queries.shown_name(donor, current_actor()) if donor else None,
    )
    return page, 422 if form.errors or form.form_errors else 200


@panel(Permission.WORK, order=10)
def devices_to_receive() -> Panel | None:
    number, _gifts = queries.waiting()
    if not number:
        return None
    return Panel(
        title=N_("Devices to receive"),
        text=N_("Announced or collected: receive them when they are here."),
        icon="truck",
        href=url_for("collection.collections"),
        action=N_("Open the collections"),
        count=number,
    )
