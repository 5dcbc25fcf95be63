"""The page of the stations: list, add, enrol, rename, revoke; the script to take away."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.signing.enrolment_rules import CODE_LIFE, shown_code
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.languages import locale
from tracker.wiping import station_documents, station_operations, station_queries
from tracker.wiping.station_forms import StationForm
from tracker.wiping.station_models import Station
from tracker.wiping.station_rules import StationStanding

blueprint = Blueprint("stations", __name__, url_prefix="/wiping/stations")


@blueprint.get("")
@requires(Permission.COORDINATE)
def index() -> str:
    return _page(StationForm(formdata=None))


def _page(form: StationForm) -> str:
    return render_template(
        "wiping/stations.html",
        form=form,
        lines=station_queries.stations(current_actor()),
        standings=StationStanding,
    )


@blueprint.post("")
@requires(Permission.COORDINATE)
def add() -> ResponseReturnValue:
    """A new station; its code is shown this once."""
    form = StationForm()
    if form.validate():
        try:
            with transaction():
                station, code = station_operations.add(form.name.data or "", current_actor())
                return _code_page(station, code)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
    return _page(form), 422


def _code_page(station: Station, code: str) -> str:
    site = current_app.config["SETTINGS"].site_url
    return render_template(
        "wiping/station_code.html",
        station=station,
        code=shown_code(code),
        hours=int(CODE_LIFE.total_seconds() // 3600),
        picture=station_documents.qr_picture(station_documents.qr_address(site, code)),
    )


@blueprint.post("/<int:station_id>/code")
@requires(Permission.COORDINATE)
def code(station_id: int) -> str:
    """A new code, shown this once."""
    with transaction():
        station = station_queries.station(station_id, current_actor())
        return _code_page(station, station_operations.new_code(station, current_actor()))


@blueprint.post("/<int:station_id>/settings")
@requires(Permission.COORDINATE)
def settings(station_id: int) -> Response:
    """A new code as the file that is put on the stick."""
    with transaction():
        station = station_queries.station(station_id, current_actor())
        made = station_operations.new_code(station, current_actor())
    site = current_app.config["SETTINGS"].site_url
    return _file(station_documents.settings_file(site, locale(), made), station_documents.SETTINGS_NAME)


@blueprint.post("/<int:station_id>/rename")
@requires(Permission.COORDINATE)
def rename(station_id: int) -> ResponseReturnValue:
    with transaction():
        station = station_queries.station(station_id, current_actor())
        station_operations.rename(station, request.form.get("name", ""), current_actor())
    flash(_("The station has its new name."), "good")
    return redirect(url_for("stations.index"), 303)


@blueprint.post("/<int:station_id>/revoke")
@requires(Permission.COORDINATE)
def revoke(station_id: int) -> ResponseReturnValue:
    with transaction():
        station = station_queries.station(station_id, current_actor())
        station_operations.revoke(station, current_actor())
    flash(_("Revoked: nothing that this stick sends is taken any more. What it sent stays."), "good")
    return redirect(url_for("stations.index"), 303)


@blueprint.get("/station.sh")
@requires(Permission.SEE_WORKSHOP)
def script() -> Response:
    """The script, with this tracker's address inside."""
    site = current_app.config["SETTINGS"].site_url
    return _file(station_documents.script(site, locale()), station_documents.SCRIPT_NAME)


def _file(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/octet-stream", headers=headers)
