"""Report files: dropped, shown with what was understood, given to their device."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.wiping import (
    drop_rules,
    line_queries,
    match_queries,
    queries,
    release_operations,
    repeat_queries,
    report_operations,
    report_queries,
    station_queries,
    upload_operations,
)
from tracker.wiping.drive_queries import reasons
from tracker.wiping.forms import AssignForm, NoteForm, UploadForm
from tracker.wiping.models import ReportFile
from tracker.wiping.result_queries import refused, results
from tracker.wiping.trace_rules import stretches, traces
from tracker.wiping.upload_rules import MATCHED_BY, kind_name, text_of
from tracker.wiping.upload_views import sent

_DELETED = N_(
    "This file was deleted after its time; its fingerprint %(hash)s stays, and what was read of it."
)

blueprint = Blueprint("report_files", __name__, url_prefix="/wiping")


@blueprint.route("/upload", methods=["GET", "POST"])
@requires(Permission.WORK)
def choose() -> ResponseReturnValue:
    form = UploadForm(code=request.args.get("device"))
    if form.validate_on_submit():
        try:
            address = url_for("report_files.result", upload_id=_receive(form))
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="code" if refusal.status == 404 else None)
        else:
            return redirect(address, 303)
    return render_template(
        "wiping/upload.html", form=form, most=report_operations.MOST_FILES
    ), 422 if form.errors or form.form_errors else 200


def _receive(form: UploadForm) -> int:
    """Read what was sent, then take it in; the id of the upload."""
    actor = current_actor()
    drop = drop_rules.opened(sent(form.files.data))
    with transaction():
        device = devices.by_code(form.code.data) if form.code.data else None
        received = report_operations.receive(drop, actor, device)
        return upload_operations.keep_upload(received, actor, drop.refused).id


@blueprint.get("/uploads/<int:upload_id>")
@requires(Permission.SEE_WORKSHOP)
def result(upload_id: int) -> str:
    upload = report_queries.upload(upload_id)
    lines = results(upload)
    concerned = {line.device.id: line.device for line in lines if line.device is not None}
    storage = queries.storage_of(list(concerned.values()))
    return render_template(
        "wiping/result.html",
        upload=upload,
        lines=lines,
        refused=refused(upload),
        assigning=AssignForm(),
        kind_name=kind_name,
        matched=MATCHED_BY,
        proven=[
            one for one in concerned.values() if storage[one.id].proof.held and queries.is_to_be_recorded(one)
        ],
        left=[one for one in concerned.values() if not storage[one.id].proof.held],
        unknown=[line for line in lines if line.waits],
        may_work=current_actor().may(Permission.WORK),
    )


@blueprint.get("/reports/<int:report_id>")
@requires(Permission.SEE_WORKSHOP)
def show(report_id: int) -> str:
    return _page(report_queries.report(report_id))


def _page(report: ReportFile, assigning: AssignForm | None = None, noting: NoteForm | None = None) -> str:
    reading = report_queries.reading_of(report)
    match = match_queries.match(reading, report.name) if report.device_id is None else None
    text, cut = text_of(report.content or b"")
    actor, traced = current_actor(), traces(reading, text)
    return render_template(
        "wiping/report.html",
        report=report,
        reading=reading,
        kind_name=kind_name,
        matched=MATCHED_BY,
        lines=line_queries.lines(report, reading),
        wipes=report_queries.wipes_of([report.id]).get(report.id, []),
        reasons=reasons,
        doubts=report_operations.doubts(reading, report.device) if report.device else [],
        match=match,
        candidates=[devices.by_code(code) for code in match.hints[:8]] if match else [],
        assigning=assigning or AssignForm(),
        noting=noting or NoteForm(),
        text=text,
        traced=traced,
        stretches=stretches(text, traced),
        repeats=repeat_queries.count_repeats([report.id]).get(report.id, 0),
        cut=cut,
        told=station_queries.claim_of(report),
        names=accounts.user_names({report.received_by} if report.received_by else set()),
        may_work=actor.may(Permission.WORK),
        may_release=actor.may(Permission.COORDINATE),
    )


@blueprint.get("/reports/<int:report_id>/file")
@requires(Permission.SEE_WORKSHOP)
def download(report_id: int) -> Response:
    """The file, byte for byte, never shown in the browser as what it claims to be."""
    report = report_queries.report(report_id)
    if report.content is None:
        raise NotHere(_DELETED, hash=report.sha256)
    name = f"rapport-{report.id}-{report.sha256[:8]}.bin"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(report.content, mimetype="application/octet-stream", headers=headers)


@blueprint.post("/reports/<int:report_id>/assign")
@requires(Permission.WORK)
def assign(report_id: int) -> ResponseReturnValue:
    form = AssignForm()
    if form.validate():
        try:
            with transaction():
                device = devices.by_code(form.code.data or "")
                report_operations.assign(report_queries.report(report_id), device, current_actor())
                address = url_for("wiping.show", code=device.code)
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="code")
        else:
            flash(_("The report now counts for this device."), "good")
            return redirect(address, 303)
    return _page(report_queries.report(report_id), assigning=form), 422


@blueprint.post("/reports/<int:report_id>/dismiss")
@requires(Permission.WORK)
def dismiss(report_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate():
        try:
            with transaction():
                report = report_queries.report(report_id)
                report_operations.dismiss(report, current_actor(), form.note.data or "")
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Set aside: it concerns none of our devices. It is kept."), "good")
            return redirect(url_for("wiping.index"), 303)
    return _page(report_queries.report(report_id), noting=form), 422


@blueprint.post("/reports/<int:report_id>/release")
@requires(Permission.COORDINATE)
def release(report_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate():
        try:
            with transaction():
                report = report_queries.report(report_id)
                release_operations.release(report, current_actor(), form.note.data or "")
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Taken away from that device. Now say which device the report is about."), "good")
            return redirect(url_for("report_files.show", report_id=report_id), 303)
    return _page(report_queries.report(report_id), noting=form), 422
