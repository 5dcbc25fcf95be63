"""What leaves the workshop without being given: for parts, or to a recycler under a slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Fact, Stage
from tracker.devices.models import Device
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.i18n import N_, Sentence
from tracker.recycling import operations, queries
from tracker.recycling.forms import DepartureForm
from tracker.web import home
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import once
from tracker.wiping import queries as wiping
from tracker.wiping.queries import Storage

blueprint = Blueprint("recycling", __name__, url_prefix="/recycling")

CHOSEN = "device"


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    return page(DepartureForm())


def page(form: DepartureForm, chosen: Sequence[str] = ()) -> str:
    actor = current_actor()
    for_parts, held_up = queries.for_parts(), queries.held_up()
    storage = wiping.storage_of([*for_parts, *held_up])
    return render_template(
        "recycling/index.html",
        form=form,
        chosen=set(chosen),
        for_parts=_judged(for_parts, Action.RECYCLE, actor, storage),
        held_up=_judged(held_up, Action.TAKE_FOR_PARTS, actor, storage),
        types=TYPES,
        slips=queries.recent_slips(),
        may_work=actor.may(Permission.WORK),
        may_send=actor.may(Permission.COORDINATE),
    )


def _judged(
    rows: Sequence[Device], action: Action, actor: Actor, storage: Mapping[int, Storage]
) -> list[tuple[Device, Sentence | None]]:
    """(device, what stands against its leaving besides the slip, in a sentence)."""
    slip = {"reason": "-"}  # asked for by the form below the list
    refusals = [
        (one, moves.judge(one, action, actor, slip, {Fact.DATA_GONE: storage[one.id].proof})) for one in rows
    ]
    return [(device, refusal.sentence if refusal else None) for device, refusal in refusals]


@blueprint.post("")
@requires(Permission.COORDINATE)
@once
def send() -> ResponseReturnValue:
    """Send the chosen devices to recycling, all under one slip or none."""
    form, chosen = DepartureForm(), request.form.getlist(CHOSEN)
    if form.validate():
        try:
            with transaction():
                leaving = _locked(chosen + form.typed_codes())
                operations.recycle_together(leaving, current_actor(), form.values())
                count = len(leaving)
        except RuleBroken as refusal:
            session.rollback()
            show_refusal(form, refusal)
        else:
            flash(
                ngettext(
                    "One device has left for recycling.", "%(num)s devices have left for recycling.", count
                ),
                "good",
            )
            return redirect(url_for("recycling.index"), 303)
    return page(form, chosen), 422


@blueprint.post("/parts")
@requires(Permission.WORK)
def take_for_parts() -> ResponseReturnValue:
    """Keep the device for its parts."""
    with transaction():
        operations.take_for_parts(_locked(request.form.getlist(CHOSEN)), current_actor())
    flash(
        ngettext("One device is kept for its parts.", "%(num)s devices are kept for their parts.", 1), "good"
    )
    return redirect(url_for("recycling.index"), 303)


def _locked(typed: Sequence[str]) -> list[Device]:
    """The devices of these codes, each once, locked in the order of their ids so that two people cannot block each other."""
    ids = {devices.by_code(text).id for text in typed}
    return [devices.locked(device_id) for device_id in sorted(ids)]


@home.panel(Permission.COORDINATE, order=35)
def waiting_for_a_slip() -> home.Panel | None:
    count = devices.count_by_stage()[Stage.PARTS]
    if not count:
        return None
    return home.Panel(
        N_("Kept for parts"),
        N_("Once nothing more is taken from them, they leave for recycling under a slip."),
        "recycle",
        url_for("recycling.index"),
        N_("See what can leave"),
        count,
    )
