"""Making labels fall into place: print a page of crosses, answer three questions, look again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from labels import calibration
from labels.errors import LabelError
from labels.media import Medium
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_
from tracker.printing import (
    fit_documents,
    fit_operations,
    job_operations,
    medium_queries,
    queries,
    rules,
)
from tracker.printing.fit_documents import CrossesPage
from tracker.printing.fit_forms import FitForm
from tracker.printing.fit_rules import Seen
from tracker.printing.medium_forms import medium_name, medium_size
from tracker.printing.models import Printer
from tracker.web import headers
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.shown import number, say
from tracker.web.submissions import once

blueprint = Blueprint("fits", __name__, url_prefix="/labels/printers/<int:printer_id>/fit/<medium>")

SHOWN = frozenset({"application/pdf", "image/png", "image/svg+xml"})


def _asked(printer_id: int, name: str) -> tuple[Printer, Medium]:
    by = current_actor()
    printer = queries.printer(printer_id, by.site_id)
    try:
        return printer, medium_queries.medium(name, by.site_id)
    except LabelError as error:
        raise NotHere(N_("There is no such sheet or roll here.")) from error


@blueprint.get("")
@requires(Permission.WORK)
def show(printer_id: int, medium: str) -> ResponseReturnValue:
    printer, chosen = _asked(printer_id, medium)
    fit = queries.fit(printer, chosen.name)
    form = FitForm(calibration.target(chosen), data={"version": str(fit.version if fit else 0)})
    return _page(printer, chosen, form)


@blueprint.post("")
@requires(Permission.WORK)
@once
def adjust(printer_id: int, medium: str) -> ResponseReturnValue:
    """Correct what was seen; `fits`: nothing amiss was seen."""
    printer, chosen = _asked(printer_id, medium)
    aim = calibration.target(chosen)
    form = FitForm(aim)
    fits = "fits" in request.form
    if fits or form.validate():
        try:
            seen = Seen(0, 0, aim.ruler) if fits else form.seen()
            with transaction():
                held = queries.locked(printer_id, printer.site_id)
                fit_operations.adjust(held, chosen, seen, current_actor(), version=_version(form))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return _done(printer, chosen, seen.fits(aim))
    return _page(printer, chosen, form)


def _version(form: FitForm) -> int:
    typed = form.version.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _done(printer: Printer, medium: Medium, fits: bool) -> ResponseReturnValue:
    said = {"printer": printer.name, "medium": medium_name(medium)}
    if fits:
        flash(_("The labels of “%(printer)s” fall into place on %(medium)s.", **said), "good")
        return redirect(url_for("printers.show", printer_id=printer.id), 303)
    flash(
        _("“%(printer)s” is corrected on %(medium)s. Print the page once more and look again.", **said),
        "good",
    )
    return redirect(url_for("fits.show", printer_id=printer.id, medium=medium.name), 303)


def _page(printer: Printer, medium: Medium, form: FitForm) -> ResponseReturnValue:
    last = queries.last_fitting(printer, medium.name)
    page = render_template(
        "printing/fit.html",
        printer=printer,
        medium=medium,
        medium_words=medium_name(medium),
        medium_size=medium_size(medium),
        target=form.target,
        form=form,
        fit=queries.fit(printer, medium.name),
        steps=_steps(last.facts) if last else (),
        sends=printer.way in rules.BY_ITSELF and printer.retired_at is None,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _steps(facts: Any) -> Sequence[tuple[str, str]]:
    """What the last adjustment changed, in words: what, and `before → after`."""
    rows = (
        (N_("Moved to the right"), "right_um", 1000, "mm"),
        (N_("Moved down"), "down_um", 1000, "mm"),
        (N_("Size"), "scale_100000", 1000, "%"),
    )
    return [
        (say(words), " → ".join(_measure(value / unit, sign) for value in facts[name]))
        for words, name, unit, sign in rows
    ]


def _measure(value: float, sign: str) -> str:
    return f"{number(value, pattern='0.##')}\u00a0{sign}"


@blueprint.get("/page")
@requires(Permission.WORK)
def page(printer_id: int, medium: str) -> ResponseReturnValue:
    """The page of crosses, as corrected so far, in the format the printer understands."""
    printer, chosen = _asked(printer_id, medium)
    return _sent(_crosses(printer, chosen))


def _crosses(printer: Printer, medium: Medium) -> CrossesPage:
    correction = queries.correction(printer, medium.name)
    return fit_documents.page(printer, medium, medium_name(medium), correction)


def _sent(file: CrossesPage) -> ResponseReturnValue:
    answer = make_response(file.data)
    answer.mimetype = file.mimetype
    place = "inline" if file.mimetype in SHOWN else "attachment"
    answer.headers["Content-Disposition"] = f'{place}; filename="{file.name}"'
    if file.mimetype == "application/pdf":
        answer.headers["Content-Security-Policy"] = headers.PDF_POLICY
    return answer


@blueprint.post("/print")
@requires(Permission.WORK)
@once
def send(printer_id: int, medium: str) -> ResponseReturnValue:
    """The same page, sent to the printer by this server."""
    printer, chosen = _asked(printer_id, medium)
    with transaction():
        held = queries.locked(printer.id, printer.site_id)
        file = _crosses(held, chosen)
        job_operations.send(held, file.data, file.name, file.mimetype, 1, current_actor())
    flash(_("The page is on its way to “%(printer)s”.", printer=printer.name), "good")
    return redirect(url_for("fits.show", printer_id=printer.id, medium=chosen.name), 303)


@blueprint.post("/reset")
@requires(Permission.WORK)
def reset(printer_id: int, medium: str) -> ResponseReturnValue:
    printer, chosen = _asked(printer_id, medium)
    with transaction():
        fit_operations.reset(queries.locked(printer_id, printer.site_id), chosen, current_actor())
    flash(_("“%(printer)s” prints without correction again.", printer=printer.name), "good")
    return redirect(url_for("fits.show", printer_id=printer.id, medium=chosen.name), 303)
