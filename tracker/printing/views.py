"""The printers of a workshop: which there are, what lies in them, adding, changing and retiring them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from labels.errors import LabelError
from labels.media import Medium
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.printing import medium_queries, operations, queries, rules
from tracker.printing.forms import LoadForm, NewPrinterForm, PrinterForm
from tracker.printing.medium_forms import medium_name, medium_size
from tracker.printing.models import Printer
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("printers", __name__, url_prefix="/labels/printers")

PICTURES = {
    "download": "download",
    "browser": "world",
    "queue": "printer",
    "socket": "plug",
    "webhook": "building-warehouse",
}


def allowed() -> Collection[str]:
    """The `host:port` that the operator lets this server send to."""
    listed: Collection[str] = current_app.config["SETTINGS"].printers
    return listed


def medium_in(printer: Printer) -> Medium | None:
    """What lies in the printer, if somebody has said so and it is still known."""
    try:
        return medium_queries.ever(printer.medium) if printer.medium else None
    except LabelError:
        return None


@blueprint.get("")
@requires(Permission.WORK)
def index() -> ResponseReturnValue:
    by = current_actor()
    found = queries.printers(by.site_id)
    fits = queries.fits(by.site_id)
    return render_template(
        "printing/index.html",
        rows=[(one, medium_in(one), _fitted(one, fits.get(one.id, []))) for one in found],
        retired=queries.retired(by.site_id),
        jobs=queries.last_jobs(by.site_id),
        ways=rules.WAYS,
        pictures=PICTURES,
        medium_name=medium_name,
        may_change=by.may(Permission.COORDINATE),
    )


def _fitted(printer: Printer, fits: list[Any]) -> bool:
    """Whether it was corrected for what lies in it."""
    return any(fit.medium == printer.medium for fit in fits)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def add() -> ResponseReturnValue:
    by = current_actor()
    form = NewPrinterForm(by.site_id)
    if form.validate_on_submit():
        try:
            with transaction():
                made = operations.add_printer(
                    form.described(), by, allowed=allowed(), medium=form.medium.data or ""
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(
                _("“%(name)s” is ready. See now whether its labels fall into place.", name=made.name), "good"
            )
            return redirect(url_for("printers.show", printer_id=made.id), 303)
    return _form(form, None)


@blueprint.get("/<int:printer_id>")
@requires(Permission.WORK)
def show(printer_id: int) -> ResponseReturnValue:
    printer = queries.printer(printer_id, current_actor().site_id)
    return _shown(printer, LoadForm(printer.site_id, data={"medium": printer.medium or ""}))


def _shown(printer: Printer, form: LoadForm) -> ResponseReturnValue:
    page = render_template(
        "printing/show.html",
        printer=printer,
        form=form,
        medium=medium_in(printer),
        fits=[(fit, _words(fit.medium)) for fit in queries.fits_of(printer)],
        job=queries.last_jobs(printer.site_id).get(printer.id),
        ways=rules.WAYS,
        format_words=rules.format_words(printer.format),
        medium_name=medium_name,
        medium_size=medium_size,
        may_change=current_actor().may(Permission.COORDINATE),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _words(name: str) -> str:
    try:
        return medium_name(medium_queries.ever(name))
    except LabelError:
        return name


@blueprint.route("/<int:printer_id>/change", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def change(printer_id: int) -> ResponseReturnValue:
    by = current_actor()
    printer = queries.printer(printer_id, by.site_id)
    form = PrinterForm(printer)
    if form.validate_on_submit():
        try:
            with transaction():
                held = queries.locked(printer_id, by.site_id)
                operations.change_printer(held, form.described(), by, allowed=allowed())
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="name")
        else:
            flash(_("The changes are recorded."), "good")
            return redirect(url_for("printers.show", printer_id=printer_id), 303)
    return _form(form, printer)


def _form(form: PrinterForm, printer: Printer | None) -> ResponseReturnValue:
    page = render_template("printing/printer_form.html", form=form, printer=printer, pictures=PICTURES)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/<int:printer_id>/load")
@requires(Permission.WORK)
def load(printer_id: int) -> ResponseReturnValue:
    by = current_actor()
    printer = queries.printer(printer_id, by.site_id)
    form = LoadForm(by.site_id)
    if form.validate():
        try:
            with transaction():
                operations.load(queries.locked(printer_id, by.site_id), form.medium.data or "", by)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="medium")
        else:
            flash(_("What lies in “%(name)s” is recorded.", name=printer.name), "good")
            return redirect(url_for("printers.show", printer_id=printer_id), 303)
    return _shown(printer, form)


@blueprint.post("/<int:printer_id>/retire")
@requires(Permission.COORDINATE)
def retire(printer_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        printer = queries.locked(printer_id, by.site_id)
        operations.retire_printer(printer, by)
    flash(_("“%(name)s” is retired: nothing is sent to it any more.", name=printer.name), "good")
    return redirect(url_for("printers.index"), 303)


@blueprint.post("/<int:printer_id>/restore")
@requires(Permission.COORDINATE)
def restore(printer_id: int) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        printer = queries.locked(printer_id, by.site_id)
        operations.restore_printer(printer, by)
    flash(_("“%(name)s” is in use again.", name=printer.name), "good")
    return redirect(url_for("printers.show", printer_id=printer_id), 303)
