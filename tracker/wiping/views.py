"""The wiping bench: what it has to do, one device's drives, declarations, decisions, and the move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.answer_views import go_on
from tracker.devices.lifecycle import MOVES, Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, TYPES, Unproven
from tracker.errors import RuleBroken
from tracker.i18n import N_, Sentence
from tracker.web import home
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.shown import day, say
from tracker.wiping import (
    board_queries,
    certificate_queries,
    drive_page_queries,
    drive_queries,
    operations,
    queries,
    report_queries,
    review_operations,
    running_queries,
    station_queries,
    type_queries,
)
from tracker.wiping.board_operations import LONGEST_BENCH
from tracker.wiping.board_queries import Cursors
from tracker.wiping.forms import ReviewForm
from tracker.wiping.methods import gloss
from tracker.wiping.models import ReportFile, Wipe
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.rules import PLAUSIBLE_HOURS
from tracker.wiping.station_rules import ReportClaim
from tracker.wiping.upload_rules import kind_name
from tracker.wiping.wording_rules import DECLARED, MEDIUMS

blueprint = Blueprint("wiping", __name__, url_prefix="/wiping")


@blueprint.get("")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    actor = current_actor()
    return render_template(
        "wiping/index.html",
        board=board_queries.board(Cursors(request.args.get("waiting"), request.args.get("running"))),
        types=TYPES,
        shown=board_queries.SHOWN,
        benches=running_queries.station_names(actor.site_id),
        longest_bench=LONGEST_BENCH,
        may_work=actor.may(Permission.WORK),
        may_decide=actor.may(Permission.CHECK_QUALITY),
        reasons=drive_queries.reasons,
    )


@blueprint.get("/<code>")
@requires(Permission.SEE_WORKSHOP)
def show(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    if device.code != code:
        return redirect(url_for("wiping.show", code=device.code))
    actor, states, strays = current_actor(), queries.drive_states(device), queries.strays(device)
    by_type = type_queries.is_without_storage(device)
    reports = report_queries.reports_of(device)
    claims = station_queries.claims_of(_report_ids(reports, [state.wipes for state in states], strays))
    return render_template(
        "wiping/show.html",
        device=device,
        type_word=TYPES[device.type],
        states=states,
        remarks=drive_page_queries.remarks(device, [state.drive.id for state in states]),
        strays=strays,
        proof=queries.data_gone(device),
        lead=queries.end_its_data(device, actor),
        to_wipe=MOVES[Action.FINISH_WIPING].starts_from(device.stage),
        to_start=device.stage is Stage.RECEIVED and not by_type,
        by_type=by_type,
        resets=device.type in FACTORY_RESET,
        declarations=queries.declaration_rows(device),
        notes=queries.notes_of_declarations(device),
        declared=DECLARED,
        mediums=MEDIUMS,
        plausible_hours=PLAUSIBLE_HOURS,
        gloss=gloss,
        kind_name=kind_name,
        told_at=told_at,
        reports=reports,
        claims=claims,
        certificates=certificate_queries.of_device(device),
        valid=certificate_queries.valid_for(device),
        names=accounts.user_names(_people(device, states, claims.values())),
        reasons=drive_queries.reasons,
        waits=queries.waits,
        shown_word=drive_queries.shown_word,
        may_work=actor.may(Permission.WORK),
        may_decide=actor.may(Permission.CHECK_QUALITY),
        may_revoke=actor.may(Permission.COORDINATE),
    )


def told_at(text: str | None) -> str:
    """A moment as a tool wrote it on its own clock: `4 sept. 2026, 13:30`."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    return f"{day(moment.date(), 'medium')}, {moment:%H:%M}"


def _report_ids(
    reports: Sequence[ReportFile], drives: Sequence[Sequence[Wipe]], strays: Sequence[Wipe]
) -> set[int]:
    """The reports that a page of a device speaks of."""
    return {one.id for one in reports} | {wipe.report_id for wipes in (*drives, strays) for wipe in wipes}


def _people(device: Device, states: Sequence[queries.DriveState], claims: Iterable[ReportClaim]) -> set[int]:
    told = [row.declared_by for row in queries.declaration_rows(device)]
    told += [wipe.reviewed_by for state in states for wipe in state.wipes]
    told += [claim.brought_by for claim in claims]
    return {one for one in told if one is not None}


@blueprint.post("/<code>/start")
@requires(Permission.WORK)
def start(code: str) -> ResponseReturnValue:
    with transaction():
        device = devices.locked(devices.by_code(code).id)
        moves.perform(device, Action.START_WIPING, current_actor())
        address = url_for("wiping.show", code=device.code)
    flash(_("Wiping begun. When the tool has finished, drop its reports here."), "good")
    return redirect(address, 303)


@blueprint.post("/<code>/finish")
@requires(Permission.WORK)
def finish(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    address = url_for("wiping.show", code=device.code)
    try:
        with transaction():
            device = devices.locked(device.id)
            operations.finish(device, current_actor(), {})
            valid = certificate_queries.valid_for(device)
            number = valid.number if valid else None
    except Unproven as refusal:
        for sentence in refusal.missing:
            flash(say(sentence), "error")
        return redirect(address, 303)
    if number:
        flash(_("Wiped: certificate no. %(number)s is issued. Next: recondition it.", number=number), "good")
    else:
        flash(_("Recorded: this kind of device has no storage. Next: recondition it."), "good")
    return go_on(device.code, address)


@blueprint.route("/attempts/<int:wipe_id>", methods=["GET", "POST"])
@requires(Permission.CHECK_QUALITY)
def review(wipe_id: int) -> ResponseReturnValue:
    wipe = drive_queries.wipe(wipe_id)
    device = devices.by_id(wipe.device_id)
    assert device is not None
    states = queries.drive_states(device)
    form = ReviewForm.of(wipe.drive_id, states, drive=str(wipe.drive_id))
    if form.validate_on_submit() and _decided(wipe_id, form):
        flash(_("Your decision is recorded under your name."), "good")
        return redirect(url_for("wiping.show", code=device.code), 303)
    page = render_template(
        "wiping/review.html",
        device=device,
        wipe=wipe,
        form=form,
        reasons=drive_queries.reasons(wipe),
        open=queries.waits(wipe),
        told_at=told_at,
        shown_word=drive_queries.shown_word,
        too_weak=wipe.ruling is Ruling.SHORT and not wipe.accepted,
        doubtful=drive_queries.is_doubtful(wipe),
    )
    return page, 422 if form.errors else 200


def _decided(wipe_id: int, form: ReviewForm) -> bool:
    try:
        with transaction():
            wipe = drive_queries.wipe(wipe_id)
            devices.locked(wipe.device_id)
            review_operations.review(
                wipe,
                form.decision.data == "accept",
                current_actor(),
                form.note.data or "",
                drive_id=form.drive_id,
                serial=form.serial.data,
            )
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return False
    return True


@home.panel(Permission.WORK, order=20)
def at_the_wiping_bench() -> home.Panel | None:
    counts = devices.count_by_stage()
    waiting = counts[Stage.RECEIVED] + counts[Stage.WIPING]
    if not waiting:
        return None
    values = {"received": counts[Stage.RECEIVED], "wiping": counts[Stage.WIPING]}
    return home.Panel(
        N_("To wipe"),
        Sentence(N_("%(received)s received, %(wiping)s being wiped."), values),
        "eraser",
        url_for("wiping.index"),
        N_("Drop the reports"),
        waiting,
    )


@home.panel(Permission.CHECK_QUALITY, order=21)
def to_decide() -> home.Panel | None:
    waiting = len(board_queries.to_review())
    if not waiting:
        return None
    return home.Panel(
        N_("Wipes to look at"),
        N_("Their reports leave a doubt: a second person decides."),
        "eye",
        url_for("wiping.index") + "#to-review",
        N_("Decide on the oldest first"),
        waiting,
    )
