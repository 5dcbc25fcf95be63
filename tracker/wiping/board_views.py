"""Many devices in one press at the wiping bench, and what became of each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices.rules import TYPES
from tracker.web.access import requires
from tracker.web.shown import say
from tracker.wiping import board_operations, proven_queries
from tracker.wiping.board_operations import Pressed

blueprint = Blueprint("wiping_board", __name__, url_prefix="/wiping")


def _chosen() -> list[str]:
    """The devices that were ticked, or the one whose own button was pressed."""
    only = request.form.get("only")
    codes_sent = [only] if only else request.form.getlist("code")
    return list(dict.fromkeys(codes_sent[: proven_queries.MOST]))


@blueprint.post("/start")
@requires(Permission.WORK)
def start() -> ResponseReturnValue:
    """Begin the wipe of every device chosen; what stands against one is said."""
    with transaction():
        pressed = board_operations.start_all(_chosen(), current_actor(), request.form.get("bench", ""))
    _say_refusals(pressed)
    if pressed.done:
        flash(ngettext("The wipe of one device is begun. When the tool has finished, drop its reports.",
                       "The wipes of %(num)s devices are begun. When the tool has finished, drop its reports.", len(pressed.done)), "good")  # fmt: skip
    elif not pressed.refused:
        flash(_("Nothing was left to begin."), "already")
    return redirect(url_for("wiping.index"), 303)


def _say_refusals(pressed: Pressed) -> None:
    for code, sentence in pressed.refused:
        flash(f"{codes.shown(code[:8])}: {say(sentence)}", "error")


@blueprint.post("/record")
@requires(Permission.WORK)
def record() -> ResponseReturnValue:
    """Record the wipe of every device chosen; each for itself. What became of each is on the page it leads to."""
    chosen = _chosen()
    with transaction():
        pressed = board_operations.finish_all(chosen, current_actor())
    _say_refusals(pressed)
    if pressed.done:
        flash(ngettext("The wipe of one device is recorded, its certificate issued.",
                       "The wipes of %(num)s devices are recorded, their certificates issued.", len(pressed.done)), "good")  # fmt: skip
    elif not pressed.refused:
        flash(_("Nothing was left to record."), "already")
    if not chosen:
        return redirect(url_for("wiping.index"), 303)
    return redirect(url_for("wiping_board.recorded", code=[one[:16] for one in chosen]), 303)


@blueprint.get("/recorded")
@requires(Permission.SEE_WORKSHOP)
def recorded() -> str:
    """What became of the devices of one press: their certificates, or what is missing."""
    asked = list(dict.fromkeys(request.args.getlist("code")[: proven_queries.MOST]))
    rows = proven_queries.recorded(
        [one for one in map(codes.read, asked) if not isinstance(one, codes.Fault)]
    )
    return render_template(
        "wiping/recorded.html",
        rows=rows,
        done=[one for one in rows if one.done],
        types=TYPES,
        may_work=current_actor().may(Permission.WORK),
    )
