"""What was printed together: how far its printer is, its file once more, the page it is printed from, and taking it back."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_, unpacked
from tracker.labelling import documents, operations, queries, rules, run_operations, run_queries, sheet_rules
from tracker.labelling.answer_views import streamed
from tracker.labelling.forms import UndoneForm
from tracker.labelling.models import PrintRun
from tracker.printing import medium_queries
from tracker.printing import queries as printers
from tracker.printing.medium_forms import medium_name
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("runs", __name__, url_prefix="/labels/runs")


@blueprint.get("/<int:number>")
@requires(Permission.SEE_WORKSHOP)
def show(number: int) -> str:
    run = run_queries.run(number, current_actor().site_id)
    return _page(run, UndoneForm(formdata=None))


def _page(run: PrintRun, form: UndoneForm) -> str:
    job = run_queries.job_of(run)
    return render_template(
        "labelling/run.html",
        run=run,
        form=form,
        job=job,
        fault=unpacked(job.fault) if job and job.fault else None,
        printer=printers.printer(run.printer_id, run.site_id) if run.printer_id else None,
        medium_words=medium_name(medium_queries.ever(run.medium)),
        names=queries.names_of([run]),
        designs=rules.DESIGN_NAMES,
        may_work=current_actor().may(Permission.WORK),
        onward=own_path(request.args.get("next")),
    )


@blueprint.get("/<int:number>/file")
@requires(Permission.WORK)
def file(number: int) -> Response:
    """The file once more, as it was; records nothing."""
    return streamed(operations.again(run_queries.run(number, current_actor().site_id), documents.imprint()))


@blueprint.post("/<int:number>/undone")
@requires(Permission.WORK)
@once
def undone(number: int) -> ResponseReturnValue:
    """It did not print: the labels wait again."""
    form, by = UndoneForm(), current_actor()
    try:
        with transaction():
            run = run_queries.locked(number, by)
            entry = run_operations.did_not_print(run, by, spoilt=bool(form.spoilt.data))
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return _page(run_queries.run(number, by.site_id), form), refusal.status
    words = _("The labels wait again.") if entry else _("That was said already.")
    flash(words, "good" if entry else "already")
    return redirect(url_for("runs.show", number=number), 303)


@blueprint.get("/<int:number>/print")
@requires(Permission.WORK)
def print_page(number: int) -> str:
    """The labels at their exact size, for the browser's own printing. `?check`: a line to measure, on plain paper."""
    run = run_queries.run(number, current_actor().site_id)
    chosen = medium_queries.ever(run.medium)
    return render_template(
        "labelling/print.html",
        run=run,
        medium=chosen,
        medium_words=medium_name(chosen),
        pages=sheet_rules.pages_of([one.cell for one in run.prints]),
        check="check" in request.args,
        onward=own_path(request.args.get("next")),
    )


@blueprint.get("/<int:number>/print.css")
@requires(Permission.WORK)
def print_style(number: int) -> Response:
    """The size of the paper: the policy of our pages lets no style stand in them."""
    chosen = medium_queries.ever(run_queries.run(number, current_actor().site_id).medium)
    wide, high = f"{chosen.page_width_mm:g}mm", f"{chosen.page_height_mm:g}mm"
    style = f"@page {{ size: {wide} {high}; margin: 0; }}\n.paper-page {{ width: {wide}; height: {high}; }}\n"
    return Response(style, mimetype="text/css")


@blueprint.get("/<int:number>/page/<int:page>.svg")
@requires(Permission.WORK)
def page(number: int, page: int) -> Response:
    """One sheet, or one label of a roll, as a drawing."""
    run = run_queries.run(number, current_actor().site_id)
    drawn = operations.drawing(run, page, documents.imprint())
    if drawn is None:
        raise NotHere(N_("There is no such page."))
    return Response(drawn, mimetype="image/svg+xml")
