"""Where the scan page sends what it kept, and the list of what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from tracker.accounts import queries as accounts
from tracker.accounts.access import actor_or_none, current_actor
from tracker.accounts.rules import Permission
from tracker.benches import door
from tracker.database import session, transaction
from tracker.devices.lifecycle import MOVES, STAGES, Action
from tracker.devices.models import Device
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.scanning import batch_queries, queries, rules, sync_operations, sync_queries, sync_rules
from tracker.scanning import meaning_queries as meanings
from tracker.scanning.rules import Outcome, Verdict
from tracker.scanning.sync_rules import Kept
from tracker.scanning.views import SIGNS
from tracker.web.access import requires
from tracker.web.home import Panel, panel
from tracker.web.shown import say

blueprint = Blueprint("sync", __name__)


@blueprint.get("/scan/session")
@requires(Permission.PUBLIC)
def who() -> ResponseReturnValue:
    """Who is signed in here, by number: for a page that was opened without network and knows no token."""
    by = actor_or_none()
    answer = jsonify(
        person=by.user_id if by else None,
        may=bool(by and by.may(Permission.WORK)),
        coordinates=bool(by and by.may(Permission.COORDINATE)),
        token=generate_csrf() if by else "",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/scan/sync")
@requires(Permission.WORK)
def sync() -> ResponseReturnValue:
    """Judge what a page kept. At least once is enough: a scan's id is judged one single time, for ever."""
    try:
        queue = sync_rules.queue(request.get_json(silent=True))
        with transaction():
            verdicts, left = sync_operations.take_in(queue, current_actor(), door.bench_here())
    except RuleBroken as refusal:
        session.rollback()
        return jsonify(error=say(refusal.sentence)), refusal.status
    devices = sync_queries.named({one.device_id for one in verdicts if one.device_id})
    told = [_told(one, devices) for one in verdicts]
    told += [{"scan_id": one.asked.scan_id, "verdict": _why_left(one)} for one in left]
    told += [{"scan_id": one, "verdict": Kept.UNREADABLE} for one in queue.unreadable]
    return jsonify(verdicts=told, batches=_batches(queue))


def _why_left(one: sync_rules.Sent) -> Kept:
    by = current_actor()
    hers = sync_rules.may_be_judged(one, by.user_id, coordinates=by.may(Permission.COORDINATE))
    return Kept.NO_TURN if hers else Kept.NOT_YOURS


def _batches(queue: sync_rules.Queue) -> list[dict[str, Any]]:
    """How the batches that were named stand now: a page forgets one that is closed."""
    found = batch_queries.held(queue.named, current_actor().site_id).values()
    return [{"id": one.id, "closed": one.closed_at is not None} for one in found]


def _told(one: Verdict, devices: Mapping[int, Device]) -> dict[str, Any]:
    device = devices.get(one.device_id or 0)
    stage = one.stage
    return {
        "scan_id": one.scan_id,
        "verdict": one.outcome,
        "sign": _sign(one),
        "sentence": say(one.sentence),
        "code": one.code,
        "action": one.action,
        "name": (device.name or say(TYPES[device.type])) if device else None,
        "stage": stage,
        "stage_words": say(STAGES[stage].name) if stage else None,
        "address": one.address,
        "free": one.code is not None and one.address == meanings.binding(one.code),
    }


def _sign(one: Verdict) -> str:
    if one.action == rules.STOCK_CHECK and one.outcome is Outcome.ELSEWHERE:
        return "wait"  # noted all the same: nothing was refused
    if one.action is None and one.outcome in (Outcome.DONE, Outcome.REFUSED):
        return "info" if one.outcome is Outcome.DONE else "wait"
    return SIGNS[one.outcome]


@blueprint.get("/scan/troubles")
@requires(Permission.WORK)
def troubles() -> str:
    """Refused and overtaken scans of phones, page by page; they stay until somebody has dealt with them."""
    site_id = current_actor().site_id
    page = sync_queries.page(site_id, request.args.get("cursor"))
    people = {one for row in page.items for one in (row.scan.scanned_by, row.scan.user_id) if one}
    return render_template(
        "scanning/troubles.html",
        page=page,
        count=sync_queries.count_troubles(site_id),
        names=accounts.user_names(people),
        sentence_of=lambda scan: queries.verdict_of(scan).sentence,
        moves={one.value: MOVES[one].name for one in Action if one in MOVES},
        signs=SIGNS,
        types=TYPES,
    )


@blueprint.post("/scan/troubles/<int:number>/settle")
@requires(Permission.WORK)
def settle(number: int) -> ResponseReturnValue:
    """The line that this scan stands in: with it all that had asked the same of the same device before."""
    by = current_actor()
    with transaction():
        scan = sync_queries.trouble(number, by.site_id)
        for one in {scan, *sync_queries.like(scan)}:
            sync_operations.settle(one, by)
    flash(_("Settled. The scan stays on record."), "good")
    return redirect(url_for("sync.troubles"), 303)


@panel(Permission.WORK, order=5)
def scans_to_settle() -> Panel | None:
    count = sync_queries.count_troubles(current_actor().site_id)
    if not count:
        return None
    return Panel(
        N_("Scans to settle"),
        N_("Scanned without network, then refused or overtaken by somebody else."),
        "wifi-off",
        "/scan/troubles",
        N_("Look at them"),
        count,
    )
