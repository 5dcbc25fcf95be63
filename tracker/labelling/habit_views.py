"""When each stage's label is printed, and on what; and one press that prints a device's label now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import STAGES
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.i18n import N_
from tracker.labelling import (
    habit_operations,
    habit_queries,
    rules,
)
from tracker.labelling.answer_views import sent
from tracker.labelling.forms import HabitForm
from tracker.labelling.habit_rules import HABITS, Habit
from tracker.labelling.now_views import print_usual
from tracker.printing.medium_forms import medium_name
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.forms import show_refusal
from tracker.web.shown import say
from tracker.web.submissions import once

blueprint = Blueprint("habits", __name__)


@blueprint.get("/labels/habits")
@requires(Permission.WORK)
def index() -> str:
    by = current_actor()
    known = habit_queries.habits(by.site_id)
    return render_template(
        "labelling/habits.html",
        rows=[_row(design, known.get(design), by.site_id) for design in dict.fromkeys(rules.DUE.values())],
        may_decide=by.may(Permission.COORDINATE),
    )


def _row(design: str, decided: Any, site_id: int) -> dict[str, Any]:
    medium = (decided.printer.medium if decided and decided.printer else None) or (decided and decided.medium)
    usable = habit_queries.usable(medium, site_id) if medium else None
    return {
        "design": design,
        "name": rules.DESIGN_NAMES[design],
        "stages": [STAGES[stage].name for stage, one in rules.DUE.items() if one == design],
        "words": HABITS[decided.habit if decided else Habit.ASKED],
        "habit": decided.habit if decided else Habit.ASKED,
        "printer": decided.printer if decided else None,
        "medium": medium_name(usable) if usable else "",
    }


@blueprint.route("/labels/habits/<design>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def edit(design: str) -> ResponseReturnValue:
    by = current_actor()
    if design not in rules.DUE.values():
        raise NotHere(N_("No stage asks for such a label."))
    row = habit_queries.habit(by.site_id, design)
    form = HabitForm(
        by.site_id,
        data={
            "habit": (row.habit if row else Habit.ASKED).value,
            "printer": str(row.printer_id) if row and row.printer_id else "",
            "medium": (row.medium if row else None) or "",
        },
    )
    if form.validate_on_submit():
        try:
            with transaction():
                habit_operations.decide(design, _habit(form), form.medium.data, _printer(form), by)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            name = say(rules.DESIGN_NAMES[design])
            flash(_("%(label)s: that is how it is done from now on.", label=name), "good")
            return redirect(url_for("habits.index"), 303)
    page = render_template("labelling/habit.html", form=form, name=rules.DESIGN_NAMES[design])
    return page, 422 if form.errors or form.form_errors else 200


def _habit(form: HabitForm) -> Habit:
    if form.habit.data not in set(Habit):
        raise Malformed(N_("Choose one of them."), field="habit")
    return Habit(form.habit.data)


def _printer(form: HabitForm) -> Any:
    if form.printer.data and form.printer.data not in form.printers:
        raise Malformed(N_("There is no such printer here. Choose one of the list."), field="printer")
    return form.printers.get(form.printer.data or "")


@blueprint.post("/devices/<code>/label/now")
@requires(Permission.WORK)
def print_now(code: str) -> ResponseReturnValue:
    """One press: the label of its stage, on what that label is usually printed on, in the next free cell."""
    device = devices.by_code(code)
    file = print_usual(device, current_actor(), request.form.get("form_token", "")[:100])
    back = own_path(request.form.get("back"))
    if file.job is None or back is None:
        return sent(file)
    label = say(rules.DESIGN_NAMES[rules.design_for(device.stage)])
    flash(_("%(label)s: on its way to the printer.", label=label), "good")
    return redirect(back, 303)
