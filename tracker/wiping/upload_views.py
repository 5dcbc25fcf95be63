"""A go of files sent in several parts, each with its answer as it comes; and all that wait given to one device."""

from __future__ import annotations

from contextlib import closing

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.shown import say
from tracker.wiping import (
    drop_rules,
    report_operations,
    report_queries,
    result_queries,
    upload_operations,
    upload_queries,
)
from tracker.wiping.forms import AssignForm, PartForm
from tracker.wiping.models import ReportUpload
from tracker.wiping.upload_rules import kept_name, kind_name

blueprint = Blueprint("uploads", __name__, url_prefix="/wiping")


def sent(files: list[FileStorage] | None) -> list[tuple[str, bytes]]:
    """The names and bytes of the files of a form; a large one lay on disk until now."""
    found = []
    for one in files or ():
        if one and one.filename:
            with closing(one):
                found.append((one.filename, one.read()))
    return found


@blueprint.post("/upload/part")
@requires(Permission.WORK)
def part() -> ResponseReturnValue:
    """Take in some files of a go. What is answered is on record: the page may be closed after it."""
    form = PartForm()
    files = sent(form.files.data)  # closes them, whatever is said below
    try:
        if not form.validate():
            raise Malformed(N_("This part of the upload came in damaged. Choose the files again."))
        upload, names = _taken(form, files)
    except RuleBroken as refusal:
        return render_template(
            "wiping/_part.html", refusal=refusal.sentence, lines=[], refused=[]
        ), refusal.status
    lines = [one for one in result_queries.results(upload) if one.name in names]
    refused = [one for one in result_queries.refused(upload) if one.name in names]
    return render_template(
        "wiping/_part.html",
        refusal=None,
        address=url_for("report_files.result", upload_id=upload.id),
        lines=lines,
        refused=refused,
        kind_name=kind_name,
    )


def _taken(form: PartForm, files: list[tuple[str, bytes]]) -> tuple[ReportUpload, set[str]]:
    """The upload as it stands after this part, and the names of what came in with it."""
    actor, key = current_actor(), form.key.data
    drop = drop_rules.opened(files, upload_queries.identities(key, actor))
    with transaction():
        device = devices.by_code(form.code.data) if form.code.data else None
        received = report_operations.receive(drop, actor, device)
        kept = upload_operations.keep_upload(received, actor, drop.refused, key).id
    names = [one.name for one in drop.files] + [one.name for one in drop.refused]
    return report_queries.upload(kept), {kept_name(name) for name in names}


@blueprint.post("/uploads/<int:upload_id>/assign")
@requires(Permission.WORK)
def assign(upload_id: int) -> ResponseReturnValue:
    """All files of this go that wait for a device are about one."""
    form, address = AssignForm(), url_for("report_files.result", upload_id=upload_id)
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return redirect(address, 303)
    try:
        with transaction():
            device = devices.by_code(form.code.data or "")
            upload = report_queries.upload(upload_id)
            count, code = upload_operations.assign_waiting(upload, device, current_actor()), device.code
    except RuleBroken as refusal:
        flash(say(refusal.sentence), "error")
    else:
        flash(ngettext("One report is recorded for %(code)s.", "%(num)s reports are recorded for %(code)s.", count,
                       code=codes.shown(code)), "good")  # fmt: skip
    return redirect(address, 303)
