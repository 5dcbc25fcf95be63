"""A donor's list: choose the file, look at what would happen row by row, then import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import import_operations, queries
from tracker.collection.forms import ConfirmForm, ImportForm
from tracker.collection.models import Collection, PendingList
from tracker.collection.readers.limits import LARGEST_FILE
from tracker.collection.readers.template import template
from tracker.collection.rules import ROW_VERDICTS, ImportOutcome, RowVerdict
from tracker.database import transaction
from tracker.devices.lifecycle import Action
from tracker.devices.rules import TYPES, DeviceType
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.languages import locale
from tracker.web.submissions import once

blueprint = Blueprint("lists", __name__, url_prefix="/collections")

ROWS_SHOWN = 100
# What a person must look at comes first.
ORDER = [RowVerdict.FAULT, RowVerdict.DOUBLE, RowVerdict.LOOKALIKE, RowVerdict.NEW, RowVerdict.ALREADY]


@blueprint.get("/list-template.<suffix>")
@requires(Permission.WORK)
def download_template(suffix: str) -> Response:
    """An empty list with the headings that are understood, and two rows to show how. `suffix`: csv or xlsx."""
    data, mimetype = template(suffix, locale())
    name = _("devices-to-give")
    return Response(
        data, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
    )


@blueprint.route("/<reference>/import", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def choose(reference: str) -> ResponseReturnValue:
    one, by = queries.collection(reference), current_actor()
    form = ImportForm(by)
    if request.method == "GET" and form.action.choices:
        form.action.data = form.action.choices[0][0]
    if form.validate_on_submit():
        options = {"action": form.action.data, "default_type": form.default_type.data or None}
        try:
            data, name = _sent(form)
            import_operations.import_list(one, data, name, by, dry_run=True, **_read(options))
            with transaction():
                pending = import_operations.keep_pending(
                    queries.collection(reference), data, name, by, options
                )
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="file")
        else:
            return redirect(url_for("lists.look", reference=one.reference, token=pending.token), 303)
    page = render_template("collection/import.html", collection=one, form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _sent(form: ImportForm) -> tuple[bytes, str]:
    upload = form.file.data
    if not upload or not getattr(upload, "filename", ""):
        raise Malformed(N_("Choose the file with the donor's list."), field="file")
    return upload.stream.read(LARGEST_FILE + 1), upload.filename


def _read(options: dict[str, Any]) -> dict[str, Any]:
    """The options of an import as the operation takes them."""
    kind = options.get("default_type")
    return {"action": Action(options["action"]), "default_type": DeviceType(kind) if kind else None}


@blueprint.route("/<reference>/import/<token>", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def look(reference: str, token: str) -> ResponseReturnValue:
    """The dry run; sent, it is done."""
    one = queries.collection(reference)
    form = ConfirmForm()
    if form.validate_on_submit():
        with transaction():
            pending = queries.pending_list(token, queries.collection(reference))
            outcome = _run(one, pending, dry_run=False, lookalikes=form.lookalikes.data)
            import_operations.drop_pending(pending)
        flash(_told(outcome), "good" if outcome.count(RowVerdict.NEW) else "info")
        return redirect(url_for("collection.show", reference=one.reference), 303)
    pending = queries.pending_list(token, one)
    return _shown(one, pending, _run(one, pending, dry_run=True), form)


def _run(one: Collection, pending: PendingList, *, dry_run: bool, lookalikes: bool = False) -> ImportOutcome:
    return import_operations.import_list(
        one,
        pending.data,
        pending.name,
        current_actor(),
        dry_run=dry_run,
        lookalikes=lookalikes,
        **_read(pending.options),
    )


def _told(outcome: ImportOutcome) -> str:
    counts = outcome.counts
    added = counts[RowVerdict.NEW]
    left = len(outcome.rows) - added
    said: str = ngettext("%(num)s device added.", "%(num)s devices added.", added)
    if left:
        said += " " + ngettext("%(num)s row left out.", "%(num)s rows left out.", left)
    return said


def _shown(one: Collection, pending: PendingList, outcome: ImportOutcome, form: ConfirmForm) -> str:
    counts = outcome.counts
    wish = request.args.get("verdict", "")
    chosen = RowVerdict(wish) if wish in set(RowVerdict) else next(v for v in ORDER if counts[v])
    rows = [row for row in outcome.rows if row.verdict is chosen]
    start = max(0, request.args.get("start", 0, type=int))
    address = {"reference": one.reference, "token": pending.token}
    page: str = render_template(
        "collection/look.html",
        collection=one,
        name=pending.name,
        outcome=outcome,
        counts=counts,
        verdicts=[verdict for verdict in ORDER if counts[verdict]],
        words=ROW_VERDICTS,
        chosen=chosen,
        rows=rows[start : start + ROWS_SHOWN],
        start=start,
        older=start + ROWS_SHOWN if len(rows) > start + ROWS_SHOWN else None,
        newer=max(0, start - ROWS_SHOWN) if start else None,
        address=address,
        form=form,
        type_words=TYPES,
    )
    return page
