"""The quality check: a second person sees what was tested by whom, and passes the device or sends it back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import TYPES
from tracker.i18n import N_
from tracker.reconditioning import queries, rules
from tracker.reconditioning.forms import GradeForm, SendBackForm
from tracker.reconditioning.views import grade_shown, in_groups, missing, move, people
from tracker.web.access import requires

blueprint = Blueprint("quality", __name__, url_prefix="/reconditioning/<code>/quality")

READY = N_(
    "This device has passed its check. If something is wrong with it after all, send it back to the bench."
)
NOT_YET = N_("There is nothing to check now: a device is checked once its reconditioning is finished.")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def show(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    if device.code != code:
        return redirect(url_for("quality.show", code=device.code))
    return page(device)


def page(device: Device, form: SendBackForm | None = None) -> str:
    actor = current_actor()
    state = queries.checklist(device)
    grading = queries.grading(device)
    finisher = queries.finished_by(device)
    to_check = device.stage is Stage.RECONDITIONED
    return render_template(
        "reconditioning/quality.html",
        device=device,
        type_word=TYPES[device.type],
        state=state,
        groups=in_groups(state),
        answers=rules.ANSWERS,
        finished=queries.last_entry(device, Action.FINISH_RECONDITIONING),
        finisher=finisher,
        names=accounts.user_names(people(state) | {one for one in (finisher,) if one is not None}),
        grading=grading,
        grading_note=queries.note_of(grading.entry_id) if grading else None,
        to_check=to_check,
        elsewhere=READY if device.stage is Stage.READY else NOT_YET,
        may_send_back=actor.may(Permission.WORK) and device.stage in (Stage.RECONDITIONED, Stage.READY),
        may_work=actor.may(Permission.WORK),
        missing=missing(device, Action.PASS_QUALITY_CHECK, actor) if to_check else (),
        grade_form=GradeForm.of(device, data=grade_shown(device)),
        form=form or SendBackForm.of(state),
        may_check=actor.may(Permission.CHECK_QUALITY),
    )


@blueprint.post("/pass")
@requires(Permission.CHECK_QUALITY)
def pass_check(code: str) -> ResponseReturnValue:
    done = _("Quality check passed: the device is ready to be given.")
    return move(code, Action.PASS_QUALITY_CHECK, done, next_page="quality.show")


@blueprint.post("/fail")
@requires(Permission.WORK)
def fail_check(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    form = SendBackForm.of(queries.checklist(device))
    if not form.validate():
        return page(device, form), 422
    values = {"reason": form.reason.data, "lines": form.lines.data}
    action = Action.REOPEN if device.stage is Stage.READY else Action.FAIL_QUALITY_CHECK
    return move(
        code,
        action,
        _("Sent back to the bench. The answers are kept; what failed is open again."),
        values=values,
    )
