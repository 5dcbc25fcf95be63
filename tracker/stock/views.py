"""Places: what is where, putting devices away, adding and changing places."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts import queries as people
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import codes, registry
from tracker.devices import queries as devices
from tracker.devices.lifecycle import STAGES, Stage
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.stock import box_operations, check_queries, operations, queries
from tracker.stock.forms import LocationForm, NewLocationForm, PutForm, PutHereForm
from tracker.stock.models import Location
from tracker.stock.rules import LOCATION_KINDS, LocationKind
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel
from tracker.web.navigation import endpoint_of
from tracker.web.submissions import once

blueprint = Blueprint("stock", __name__, url_prefix="/stock")

PICTURES = {"room": "building-warehouse", "shelf": "archive", "box": "box"}
FOUND = 20


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> ResponseReturnValue:
    """The places of a workshop with what is in each; a search says where a device is."""
    site = people.site(request.args.get("site", current_actor().site_id, type=int))
    text = request.args.get("q", "").strip()
    found = devices.page(devices.Wanted(text=text), limit=FOUND).items if text else ()
    return render_template(
        "stock/index.html",
        site=site,
        sites=people.sites(),
        text=text,
        found=found,
        where=queries.places_of([device.id for device in found]),
        places=queries.overview(site.id),
        nowhere=queries.count_nowhere(site.id),
        by_stage=_by_stage(site.id),
        kinds=LOCATION_KINDS,
        pictures=PICTURES,
    )


def _by_stage(site_id: int) -> list[tuple[Stage, int]]:
    counts = devices.count_by_stage(site_id)
    return [(stage, counts[stage]) for stage in queries.KEPT if counts[stage]]


@blueprint.get("/nowhere")
@requires(Permission.SEE_WORKSHOP)
def nowhere() -> ResponseReturnValue:
    site = people.site(request.args.get("site", current_actor().site_id, type=int))
    page = queries.nowhere(site.id, cursor=request.args.get("cursor"))
    return render_template("stock/nowhere.html", site=site, page=page)


@blueprint.route("/put", methods=["GET", "POST"])
@requires(Permission.WORK)
def put() -> ResponseReturnValue:
    """One device into one place; the place stays for the next device."""
    by = current_actor()
    asked = {name: request.args.get(name) for name in ("device", "location")}
    form = PutForm(data=asked)
    if form.validate_on_submit():
        try:
            _put(form.device.data or "", queries.location_by_code(form.location.data or ""))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if asked["device"]:
                return redirect(f"/devices/{devices.by_code(form.device.data or '').code}", 303)
            return redirect(url_for("stock.put", location=form.location.data), 303)
    page = render_template("stock/put.html", form=form, places=queries.locations(by.site_id), asked=asked)
    return page, 422 if form.errors or form.form_errors else 200


def _put(typed: str, location: Location) -> None:
    device = devices.by_code(typed)
    with transaction():
        device = devices.locked(device.id)
        location = queries.location_by_code(location.code)
        entry = operations.put(device, location, current_actor())
    names = {"code": codes.shown(device.code), "place": location.name}
    if entry:
        flash(_("%(code)s is in “%(place)s” now.", **names), "good")
    else:
        flash(_("%(code)s was in “%(place)s” already.", **names), "already")


def _put_or_carry(typed: str, location: Location) -> None:
    box = queries.location_read(typed)
    if box is None:
        return _put(typed, location)
    with transaction():
        box, into = queries.location_by_code(box.code), queries.location_by_code(location.code)
        number = box_operations.carry(box, into, current_actor())
        names = {"box": box.name, "place": into.name}
    flash(
        ngettext(
            "“%(box)s” is in “%(place)s” now, with %(num)s device.",
            "“%(box)s” is in “%(place)s” now, with %(num)s devices.",
            number,
            **names,
        ),
        "good",
    )
    return None


@blueprint.route("/locations/new", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def add() -> ResponseReturnValue:
    by = current_actor()
    form = NewLocationForm(queries.locations(by.site_id))
    if form.validate_on_submit():
        try:
            with transaction():
                around = queries.location_by_code(form.parent.data) if form.parent.data else None
                kind = LocationKind(form.kind.data)
                made = operations.add_location(form.name.data or "", kind, by, parent=around)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(
                _(
                    "“%(name)s” is ready: print its label, stick it on, and scan devices into it.",
                    name=made.name,
                ),
                "good",
            )
            return redirect(url_for("stock.show", code=made.code), 303)
    page = render_template("stock/location_form.html", form=form, location=None, pictures=PICTURES)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.get("/locations/<code>")
@requires(Permission.SEE_WORKSHOP)
def show(code: str) -> ResponseReturnValue:
    return _shown(queries.location_by_code(code), PutHereForm())


def _shown(location: Location, form: PutHereForm) -> ResponseReturnValue:
    labels = (
        f"/labels?codes={location.code}&design={'box' if location.kind is LocationKind.BOX else 'location'}"
    )
    inside = [one for one in queries.overview(location.site_id) if one.location.parent_id == location.id]
    page = render_template(
        "stock/show.html",
        location=location,
        path=queries.path_of(location),
        kind=LOCATION_KINDS[location.kind],
        page=queries.contents(location, cursor=request.args.get("cursor")),
        count=queries.count_in(location),
        drives=registry.things_in(location.code),
        inside=inside,
        form=form,
        running=check_queries.open_check(location),
        checks=check_queries.last_checks(location),
        may_work=current_actor().may(Permission.WORK),
        stage_words={stage: sign.name for stage, sign in STAGES.items()},
        labels_href=labels if endpoint_of("/labels") else None,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/locations/<code>/put")
@requires(Permission.WORK)
def put_here(code: str) -> ResponseReturnValue:
    """Scan one device after the other into the place in view."""
    location = queries.location_by_code(code)
    form = PutHereForm()
    if form.validate_on_submit():
        try:
            _put_or_carry(form.device.data or "", location)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="device")
        else:
            return redirect(url_for("stock.show", code=location.code), 303)
    return _shown(location, form)


@blueprint.route("/locations/<code>/edit", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def change(code: str) -> ResponseReturnValue:
    location, by = queries.location_by_code(code), current_actor()
    others = [place for place in queries.locations(location.site_id) if place.id != location.id]
    form = LocationForm(
        others, data={"name": location.name, "parent": location.parent.code if location.parent else ""}
    )
    if form.validate_on_submit():
        try:
            with transaction():
                around = queries.location_by_code(form.parent.data) if form.parent.data else None
                moved = queries.location_by_code(code)
                operations.edit_location(moved, by, name=form.name.data or "", parent=around)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(_("The changes are recorded."), "good")
            return redirect(url_for("stock.show", code=location.code), 303)
    page = render_template("stock/location_form.html", form=form, location=location, pictures=PICTURES)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/locations/<code>/close")
@requires(Permission.WORK)
def close(code: str) -> ResponseReturnValue:
    with transaction():
        location = queries.location_by_code(code)
        operations.close_location(location, current_actor())
    flash(_("“%(name)s” is closed. Its code stays known.", name=location.name), "good")
    return redirect(url_for("stock.index"), 303)


@blueprint.post("/locations/<code>/reopen")
@requires(Permission.WORK)
def reopen(code: str) -> ResponseReturnValue:
    with transaction():
        location = queries.location_by_code(code)
        operations.reopen_location(location, current_actor())
    flash(_("“%(name)s” is open again.", name=location.name), "good")
    return redirect(url_for("stock.show", code=location.code), 303)


@panel(Permission.WORK, order=40)
def devices_to_put_away() -> Panel | None:
    number = queries.count_nowhere(current_actor().site_id)
    if not number:
        return None
    return Panel(
        title=N_("Devices without a place"),
        text=N_("Here, but nobody has said where. Scan each into a shelf or a box."),
        icon="archive",
        href=url_for("stock.nowhere"),
        action=N_("Put them away"),
        count=number,
    )
