"""The pages of a stock check: plain forms, one scan after the other, on any phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as people
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.clock import local
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices.lifecycle import STAGES
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.stock import check_operations as operations
from tracker.stock import check_queries as queries
from tracker.stock import queries as places
from tracker.stock.check_models import StockCheckLine
from tracker.stock.check_operations import Found
from tracker.stock.forms import PutHereForm
from tracker.web import csv_files, xlsx_files
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.forms import show_refusal
from tracker.web.shown import say

blueprint = Blueprint("stock_checks", __name__, url_prefix="/stock")


@blueprint.post("/locations/<code>/check")
@requires(Permission.WORK)
def begin(code: str) -> ResponseReturnValue:
    """Begin at a place, or go on with the check that somebody began."""
    with transaction():
        number = operations.begin(places.location_by_code(code), current_actor()).id
    return redirect(url_for("stock_checks.show", number=number), 303)


@blueprint.get("/checks/<int:number>")
@requires(Permission.SEE_WORKSHOP)
def show(number: int) -> ResponseReturnValue:
    return _shown(number, PutHereForm())


def _shown(number: int, form: PutHereForm) -> ResponseReturnValue:
    checked = queries.check(number)
    counts = queries.counts(checked)
    only = _only()
    pages = {
        name: queries.page(checked, name, cursor=request.args.get("cursor") if only else None)
        for name in ([only] if only else queries.LISTS)
        if counts[name]
    }
    strays = pages["unexpected"].items if "unexpected" in pages else ()
    page = render_template(
        "stock/check.html",
        check=checked,
        counts=counts,
        only=only,
        pages=pages,
        long=max(counts.values()) > queries.SHOWN,
        form=form,
        path=places.path_of(checked.location),
        belongs=places.names_of({one.line.was_in for one in strays if one.line.was_in}),
        names=people.user_names({one for one in (checked.opened_by, checked.closed_by) if one}),
        may_work=current_actor().may(Permission.WORK),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _only() -> str | None:
    """The one list that is asked for, None for the first lines of each."""
    asked = request.args.get("list", "")
    return asked if asked in queries.LISTS else None


@blueprint.get("/checks/<int:number>.csv")
@requires(Permission.SEE_WORKSHOP)
def as_csv(number: int) -> Response:
    """The check line by line, as it stands."""
    return csv_files.answer(_name(number), _header(), _rows(number, _in_csv))


@blueprint.get("/checks/<int:number>.xlsx")
@requires(Permission.SEE_WORKSHOP)
def as_xlsx(number: int) -> Response:
    return xlsx_files.answer(_name(number), _header(), _rows(number, lambda at: at))


def _name(number: int) -> str:
    return str(_("stock-check-%(number)s", number=number))


def _in_csv(at: datetime) -> str:
    """As every spreadsheet reads it, in any language; `28/11/2026, 11:51` stays a text in all of them."""
    return f"{local(at):%Y-%m-%d %H:%M}"


def _header() -> list[str]:
    return [
        _("Place checked"), _("Result"), _("Code"), _("Type"), _("Device"), _("Serial number"), _("Stage"), _("Found on"),
        _("Found by"), _("Belongs in"), _("Is now in"),
    ]  # fmt: skip


def _rows(number: int, moment_of: Callable[[datetime], Any]) -> Iterator[list[Any]]:
    checked = queries.check(number)
    told = queries.result(checked)
    belongs = places.names_of({one.line.was_in for one in told.unexpected if one.line.was_in})
    names = people.user_names({one.line.found_by for one in told.every if one.line.found_by})
    words = {  # of one device, where the page has the names of lists
        "unexpected": _("Unexpected device"),
        "unknown": _("Unknown code"),
        "waiting": _("Missing device") if checked.closed_at else _("Still to scan"),
        "gone": _("Left meanwhile"),
        "found": _("Device found"),
    }
    for name, word in words.items():
        for one in getattr(told, name):
            home = checked.location.name if one.line.expected else belongs.get(one.line.was_in or "")
            yield [
                checked.location.name,
                word,
                codes.shown(one.line.code),
                say(TYPES[one.device.type]) if one.device else None,
                one.device.name if one.device else None,
                one.device.serial if one.device else None,
                say(STAGES[one.device.stage].name) if one.device else None,
                moment_of(one.line.found_at) if one.line.found_at else None,
                names.get(one.line.found_by or 0),
                home,
                one.place.name if one.place else None,
            ]


@blueprint.post("/checks/<int:number>/find")
@requires(Permission.WORK)
def find(number: int) -> ResponseReturnValue:
    form = PutHereForm()
    if not form.validate_on_submit():
        return _shown(number, form)
    try:
        with transaction():
            what, line = operations.find(queries.locked(number), form.device.data or "", current_actor())
            _say(what, line)
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="device")
        return _shown(number, form)
    return redirect(url_for("stock_checks.show", number=number), 303)


def _say(what: Found, line: StockCheckLine) -> None:
    code = codes.shown(line.code)
    if what is Found.FOUND:
        flash(_("%(code)s is where it should be.", code=code), "good")
    elif what is Found.AGAIN:
        flash(_("%(code)s was scanned already.", code=code), "already")
    elif what is Found.UNEXPECTED:
        flash(
            _("%(code)s is not expected here: move it here below, or take it back to its place.", code=code),
            "wait",
        )
    else:
        flash(_("%(code)s is not in the register: set it aside.", code=code), "unknown")


@blueprint.post("/checks/<int:number>/move/<code>")
@requires(Permission.WORK)
def move_here(number: int, code: str) -> ResponseReturnValue:
    with transaction():
        checked = queries.check(number)
        operations.move_here(checked, code, current_actor())
        flash(
            _("%(code)s is in “%(place)s” now.", code=codes.shown(code), place=checked.location.name), "good"
        )
    back = own_path(request.form.get("back")) or url_for("stock_checks.show", number=number)
    return redirect(back, 303)


@blueprint.post("/checks/<int:number>/close")
@requires(Permission.WORK)
def close(number: int) -> ResponseReturnValue:
    with transaction():
        operations.close(operations.held(number), current_actor())
    return redirect(url_for("stock_checks.show", number=number), 303)
