"""How the workshop answers a request: reserve and release devices, decline, close; what waits on its home page."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.allocation import operations, queries
from tracker.allocation import promise_operations as promises
from tracker.allocation.forms import ReasonForm, ReserveForm
from tracker.allocation.rules import RequestState
from tracker.allocation.views import show_page
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.home import Panel, panel
from tracker.web.submissions import once

blueprint = Blueprint("answers", __name__)


@blueprint.post("/requests/<int:request_id>/decline")
@requires(Permission.COORDINATE)
@once
def decline(request_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return show_page(request_id, form)
    with transaction():
        operations.decline(
            queries.theirs(request_id, current_actor()), current_actor(), reason=form.reason.data or ""
        )
    flash(_("The request is not accepted; the association reads your reason on its page."), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/close")
@requires(Permission.COORDINATE)
@once
def close(request_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return show_page(request_id, form)
    with transaction():
        operations.close(
            queries.theirs(request_id, current_actor()), current_actor(), reason=form.reason.data or ""
        )
    flash(_("The request is closed with what was given so far."), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/reserve")
@requires(Permission.COORDINATE)
def reserve(request_id: int) -> ResponseReturnValue:
    form = ReserveForm()
    if not form.validate_on_submit():
        raise Malformed(N_("Scan or type the code of a device, and choose the line that it is for."))
    with transaction():
        device = devices.by_code(form.code.data or "")
        line = queries.line(form.line.data or 0)
        if line.request_id != request_id:
            abort(404)
        promises.reserve(device, line, current_actor())
        code = device.code
    flash(_("%(code)s is reserved for this request.", code=codes.shown(code)), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/release")
@requires(Permission.COORDINATE)
def release(request_id: int) -> ResponseReturnValue:
    with transaction():
        device = devices.by_code(request.form.get("code", ""))
        standing = queries.active(device.id)
        if standing is None or standing.line.request_id != request_id:
            raise RuleBroken(N_("This device is not reserved for this request: look at the page again."))
        promises.release(device, current_actor())
        code = device.code
    flash(_("%(code)s is released: it is ready for others.", code=codes.shown(code)), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


def _beside_the_sent(accepted: int) -> str:
    if not accepted:
        return str(_("Read each one, then reserve devices or say why not."))
    beside = ngettext(
        "%(num)s more is accepted and not yet served.",
        "%(num)s more are accepted and not yet served.",
        accepted,
    )
    return str(beside)


@panel(Permission.COORDINATE, order=50)
def requests_to_answer() -> Panel | None:
    counts = queries.count_by_state(current_actor())
    sent, accepted = counts[RequestState.SENT], counts[RequestState.ACCEPTED]
    if not sent and not accepted:
        return None
    return Panel(
        N_("Requests to answer"),
        _beside_the_sent(accepted),
        "clipboard-list",
        url_for("allocation.index", state=(RequestState.SENT if sent else RequestState.ACCEPTED).value),
        N_("Answer them"),
        sent,
    )
