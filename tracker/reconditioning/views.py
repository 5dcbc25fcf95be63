"""The bench: what waits, the checklist, the grade. The quality check is in `quality_views`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.database import transaction
from tracker.devices import operations as moves
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.answer_views import go_on
from tracker.devices.lifecycle import FLAGS, MOVES, Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import TYPES, AlreadySo, Unproven
from tracker.i18n import N_, Sentence
from tracker.reconditioning import operations, queries, rules
from tracker.reconditioning.checklists import CHECKLISTS, GROUPS
from tracker.reconditioning.forms import GradeForm, answer_named, read_answers
from tracker.reconditioning.rules import ChecklistState
from tracker.web import home
from tracker.web.access import requires
from tracker.web.shown import say

blueprint = Blueprint("reconditioning", __name__, url_prefix="/reconditioning")

SHOWN = 50
WAITING = (Stage.WIPED, Stage.RECONDITIONING, Stage.RECONDITIONED)
PURPOSES = {
    Stage.WIPED: N_(
        "Its data is gone. Start here: the checklist opens, and you answer each point as you test it."
    ),
    Stage.RECONDITIONING: N_(
        "Test each point and answer, save, grade the device, then finish. Begin at the top."
    ),
    Stage.RECONDITIONED: N_("Everything is tested. A second person now checks the device."),
}
ELSEWHERE = N_("The checklist as it stands. It is answered while a device is being reconditioned.")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    rows = {stage: devices.oldest_at(stage, SHOWN) for stage in WAITING}
    states = queries.checklists(rows[Stage.RECONDITIONING])
    devices.read_particulars([one.id for some in rows.values() for one in some])
    return render_template(
        "reconditioning/index.html",
        may_work=current_actor().may(Permission.WORK),
        types=TYPES,
        to_start=rows[Stage.WIPED],
        in_progress=[(device, states[device.id]) for device in rows[Stage.RECONDITIONING]],
        to_check=rows[Stage.RECONDITIONED],
        counts=devices.count_by_stage(),
    )


@blueprint.get("/<code>")
@requires(Permission.SEE_WORKSHOP)
def bench(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    if device.code != code:
        return redirect(url_for("reconditioning.bench", code=device.code))
    return show_bench(device)


def show_bench(device: Device, form: GradeForm | None = None) -> str:
    actor = current_actor()
    state = queries.checklist(device)
    grading = queries.grading(device)
    sent_back = queries.sent_back(device) if device.stage is Stage.RECONDITIONING else None
    may_work = actor.may(Permission.WORK)
    return render_template(
        "reconditioning/bench.html",
        device=device,
        type_word=TYPES[device.type],
        purpose=PURPOSES.get(device.stage, ELSEWHERE),
        to_start=device.stage is Stage.WIPED and may_work,
        open=device.stage is Stage.RECONDITIONING and may_work,
        to_check=device.stage is Stage.RECONDITIONED,
        state=state,
        groups=in_groups(state),
        names=accounts.user_names(people(state)),
        missing=missing(device, Action.FINISH_RECONDITIONING, actor),
        proposed=state.proposed_flags([row.flag for row in device.flags]),
        flag_words=FLAGS,
        answers=rules.ANSWERS,
        grading=grading,
        stale=grading is not None and grading.entry_id <= state.last_entry_id,
        form=form or GradeForm.of(device, data=grade_shown(device)),
        sent_back=sent_back,
        reason=queries.note_of(sent_back.id) if sent_back else None,
    )


def in_groups(state: ChecklistState) -> list[tuple[str, list[rules.Checked]]]:
    """(the group's word, its lines), in the order of the bench."""
    grouped: list[tuple[str, list[rules.Checked]]] = []
    for group, word in GROUPS.items():
        lines = [one for one in state.lines if one.line.group is group]
        if lines:
            grouped.append((word, lines))
    return grouped


def people(state: ChecklistState) -> set[int]:
    return {one.by for one in state.answered if one.by is not None}


def missing(device: Device, action: Action, actor: Actor) -> Sequence[Sentence]:
    """Every sentence of what stands against a move; empty when nothing does."""
    refusal = moves.judge(device, action, actor)
    if refusal is None:
        return ()
    return refusal.missing if isinstance(refusal, Unproven) else (refusal.sentence,)


def grade_shown(device: Device) -> dict[str, Any]:
    """What the grade form begins with: the standing grade; the battery's health as a report told it, until one is given."""
    found = queries.grading(device)
    told = device.specification.get("battery_percent")
    if found is None:
        return {"battery": told} if isinstance(told, int) else {}
    parts = {name: getattr(found, name) for name in ("grade", "screen", "casing")}
    return {**{name: part.value for name, part in parts.items() if part}, "battery": found.battery_percent}


@blueprint.post("/<code>/start")
@requires(Permission.WORK)
def start(code: str) -> ResponseReturnValue:
    return move(
        code, Action.START_RECONDITIONING, _("Reconditioning begun. Test each point, then grade the device.")
    )


@blueprint.post("/<code>/answers")
@requires(Permission.WORK)
def answers(code: str) -> ResponseReturnValue:
    actor = current_actor()
    with transaction():
        device = devices.locked(devices.by_code(code).id)
        given = read_answers(request.form, CHECKLISTS[device.type])
        state = operations.answer(device, given, actor) if given else queries.checklist(device)
        if request.form.get("rest"):
            state = operations.answer_the_rest(device, answer_named(request.form["rest"]), actor)
        address = url_for("reconditioning.bench", code=device.code)
    _say_what_is_left(state, bool(given) or bool(request.form.get("rest")))
    return redirect(address, 303)


def _say_what_is_left(state: ChecklistState, changed: bool) -> None:
    if not changed:
        flash(_("Nothing new was answered: choose an answer for at least one point."), "info")
        return
    left = len(state.left)
    words = ngettext("Saved. One required point is left.", "Saved. %(num)s required points are left.", left)
    flash(words if left else _("Saved. Every point is answered."), "good")


@blueprint.post("/<code>/flag")
@requires(Permission.WORK)
def mark(code: str) -> ResponseReturnValue:
    """Raise the flag that a fault calls for, one of those the bench page proposes."""
    actor = current_actor()
    with transaction():
        device = devices.locked(devices.by_code(code).id)
        wish = request.form.get("flag", "")
        for flag in queries.checklist(device).proposed_flags([row.flag for row in device.flags]):
            if flag == wish:
                particulars.raise_flag(device, flag, actor)
                flash(
                    _(
                        "Marked: %(flag)s. Clear it on the device’s page once it is solved.",
                        flag=say(FLAGS[flag]),
                    ),
                    "good",
                )
        address = url_for("reconditioning.bench", code=device.code)
    return redirect(address, 303)


@blueprint.post("/<code>/grade")
@requires(Permission.WORK)
def grade(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    form = GradeForm.of(device)
    if not form.validate():
        return show_bench(device, form), 422
    with transaction():
        device = devices.locked(device.id)
        given = operations.grade(device, by=current_actor(), **form.values())
        flash(_("Grade %(letter)s recorded.", letter=given.grade.value), "good")
        address = url_for(
            "quality.show" if device.stage is Stage.RECONDITIONED else "reconditioning.bench", code=code
        )
    return redirect(address, 303)


@blueprint.post("/<code>/finish")
@requires(Permission.WORK)
def finish(code: str) -> ResponseReturnValue:
    return move(
        code,
        Action.FINISH_RECONDITIONING,
        _("Reconditioning finished. Someone else now checks the device."),
        next_page="quality.show",
    )


def move(
    code: str,
    action: Action,
    done: str,
    *,
    values: dict[str, Any] | None = None,
    next_page: str = "reconditioning.bench",
) -> ResponseReturnValue:
    """Carry out a move and go to the next page; what is missing is said point by point where it was asked."""
    try:
        with transaction():
            device = devices.locked(devices.by_code(code).id)
            moves.perform(device, action, current_actor(), values or {})
            code = device.code
    except AlreadySo as refusal:
        flash(say(refusal.sentence), "already")
    except Unproven as refusal:
        for sentence in refusal.missing:
            flash(say(sentence), "error")
        checking = action is Action.PASS_QUALITY_CHECK
        next_page = "quality.show" if checking else "reconditioning.bench"
    else:
        flash(done, "good")
        return go_on(code, url_for(next_page, code=code))
    return redirect(url_for(next_page, code=code), 303)


@home.panel(Permission.WORK, order=30)
def at_the_bench() -> home.Panel | None:
    counts = devices.count_by_stage()
    waiting = counts[Stage.WIPED] + counts[Stage.RECONDITIONING]
    if not waiting:
        return None
    return home.Panel(
        N_("To recondition"),
        Sentence(N_("%(to_start)s to start, %(begun)s begun."), {
            "to_start": counts[Stage.WIPED], "begun": counts[Stage.RECONDITIONING],
        }),
        "tool",
        url_for("reconditioning.index"),
        MOVES[Action.START_RECONDITIONING].name,
        waiting,
    )  # fmt: skip


@home.panel(Permission.CHECK_QUALITY, order=31)
def to_check() -> home.Panel | None:
    waiting = devices.count_by_stage()[Stage.RECONDITIONED]
    if not waiting:
        return None
    return home.Panel(
        N_("Waiting for a quality check"),
        N_("A second person looks at each device before it is ready."),
        "clipboard-check",
        url_for("reconditioning.index") + "#to-check",
        N_("Check the oldest first"),
        waiting,
    )
