"""What is on its way to printers: what failed and why, what waits, what was sent today."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.printing import job_operations, job_queries, job_rules
from tracker.printing.rules import JobState
from tracker.web.access import requires
from tracker.web.home import Panel, panel

blueprint = Blueprint("print_jobs", __name__, url_prefix="/labels/jobs")

ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/svg+xml": ".svg"}


@blueprint.get("")
@requires(Permission.WORK)
def index() -> str:
    site = current_actor().site_id
    return render_template(
        "printing/jobs.html",
        counts=job_queries.counts(site),
        failed=job_queries.jobs(site, (JobState.FAILED,)),
        waiting=job_queries.jobs(site, job_queries.UNDER_WAY),
        sent=job_queries.jobs(site, (JobState.SENT,), since=job_queries.midnight()),
        fault_of=job_queries.fault_of,
        states=JobState,
        silent=job_operations.is_silent,
    )


@blueprint.post("/<int:job_id>/again")
@requires(Permission.WORK)
def again(job_id: int) -> ResponseReturnValue:
    """Send it now."""
    with transaction():
        job = job_queries.job(job_id, current_actor().site_id)
        job_operations.try_again(job, current_actor())
    flash(_("It is being sent again."), "good")
    return redirect(url_for("print_jobs.index"), 303)


@blueprint.post("/<int:job_id>/cancel")
@requires(Permission.WORK)
def cancel(job_id: int) -> ResponseReturnValue:
    with transaction():
        job = job_queries.job(job_id, current_actor().site_id)
        job_operations.cancel(job, current_actor())
    flash(_("Cancelled: it is not printed any more."), "good")
    return redirect(url_for("print_jobs.index"), 303)


@blueprint.get("/<int:job_id>/file")
@requires(Permission.WORK)
def file(job_id: int) -> Response:
    """The file itself, to be printed another way."""
    job = job_queries.job(job_id, current_actor().site_id)
    if job.data is None:
        raise RuleBroken(job_rules.EMPTIED)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", job.name).strip("-.") or "labels"
    ending = ENDINGS.get(job.mimetype, "." + job.printer.format)
    name = plain if plain.lower().endswith(ending) else plain + ending
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(job.data, mimetype=job.mimetype, headers=headers)


@panel(Permission.WORK, order=71)
def labels_that_failed() -> Panel | None:
    number = job_queries.counts(current_actor().site_id).failed
    if not number:
        return None
    return Panel(
        title=N_("Labels that a printer did not take"),
        text=N_("Nothing is lost: see what is wrong, then send them again."),
        icon="alert-triangle",
        href=url_for("print_jobs.index"),
        action=N_("See what is wrong"),
        count=number,
    )
