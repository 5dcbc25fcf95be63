"""The scan page, and what a label says to whoever scans it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import actor_or_none, current_actor
from tracker.accounts.rules import Permission
from tracker.benches import door
from tracker.benches import views as benches
from tracker.collection import queries as collections
from tracker.database import transaction
from tracker.devices import codes, registry, step_queries
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.models import Device
from tracker.devices.rules import TYPES, Lead
from tracker.devices.tags import FREE
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.scanning import meaning_queries as meanings
from tracker.scanning import mode_views as modes
from tracker.scanning import operations, queries, rules
from tracker.scanning import stranger_views as strangers
from tracker.scanning.rules import Outcome, Verdict
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.languages import as_the_browser_says
from tracker.web.shown import say

blueprint = Blueprint("scanning", __name__)

# The latest collections, to bind a free tag to one of their devices.
SHOWN_COLLECTIONS = 3
# Outcome → the kind of verdict block that shows, sounds and shakes it.
SIGNS = {
    Outcome.DONE: "good",
    Outcome.ALREADY: "already",
    Outcome.REFUSED: "bad",
    Outcome.UNKNOWN: "unknown",
    Outcome.CONFLICT: "conflict",
    Outcome.ELSEWHERE: "bad",
}


@blueprint.get("/scan")
@requires(Permission.WORK)
def show() -> str:
    """`?done=` a scan just judged, `?code=` a device to look at, or the empty field."""
    scan = queries.by_scan_id(request.args.get("done", ""))
    if scan is not None:
        device = devices.by_id(scan.device_id) if scan.device_id else None
        verdict, of_many = queries.verdict_of(scan), scan.batch_id is not None
        return _page(verdict, device, raw=scan.raw, reason=queries.note_of(scan), of_many=of_many)
    text = request.args.get("code", "")
    if not text.strip():
        return _page(None, None)
    verdict, device = meanings.look(rules.asked(text))
    return _page(verdict, device, raw=text)


# A form's token is of one session; the scripts ask for theirs when there is network again.
_TOKEN = re.compile(r'<input type="hidden" name="csrf_token"[^>]*>')


@blueprint.get("/scan/shell")
@requires(Permission.WORK)
def shell() -> str:
    """The scan page with nobody in it and nothing scanned: what a phone keeps, to open it without network."""
    return _TOKEN.sub("", _page(None, None, empty=True))


def _page(
    verdict: Verdict | None,
    device: Device | None,
    *,
    raw: str = "",
    reason: str | None = None,
    empty: bool = False,
    of_many: bool = False,
) -> str:
    """`of_many`: a scan of a batch, of which the verdict is all that is shown: the next device waits."""
    mere_look = verdict is not None and device is not None and verdict.action is None
    near = queries.perhaps_meant(raw) if verdict and verdict.outcome is Outcome.UNKNOWN else ()
    if mere_look and verdict and not of_many and not meanings.is_old_tag(verdict.code):
        verdict = None  # the device itself is the answer
    return render_template(
        "scanning/show.html",
        verdict=verdict,
        sign=_sign(verdict, mere_look),
        signs=SIGNS,
        device=None if of_many else device,
        near=near,
        reason=reason or "",
        undoes=_undoable(verdict, device)
        if verdict and verdict.outcome is Outcome.DONE and not of_many
        else None,
        offers=[] if of_many else _offers(verdict, device),
        unknown=() if empty else queries.unknown(current_actor().site_id),
        shell=empty,
        in_check=rules.STOCK_CHECK,
        modes=modes.shown(empty=empty),
        about=device if of_many else None,
        new_id=rules.new_scan_id,
        bind_to=collections.collections(limit=SHOWN_COLLECTIONS).items if _is_free(verdict) else [],
        types=TYPES,
        **(steps(device) if device and not of_many else {"step": None, "others": []}),
    )


def _is_free(verdict: Verdict | None) -> bool:
    return (
        verdict is not None and verdict.code is not None and verdict.address == meanings.binding(verdict.code)
    )


def _sign(verdict: Verdict | None, mere_look: bool) -> str:
    if verdict is None:
        return ""
    if mere_look or (verdict.outcome is Outcome.REFUSED and verdict.action is None):
        return "wait"  # a notice, not a refusal: nothing was asked for
    return "info" if verdict.device_id is None and verdict.outcome is Outcome.DONE else SIGNS[verdict.outcome]


def steps(device: Device) -> dict[str, Any]:
    """What the visitor can do with this device next, and what else."""
    by = current_actor()
    step = step_queries.next_step(device, by)
    return {"step": step, "others": step_queries.other_steps(device, by, step)}


def _offers(verdict: Verdict | None, device: Device | None) -> list[Lead]:
    """What is offered in passing after the move that this verdict made: a label that changed."""
    if verdict is None or device is None or verdict.history_id is None or verdict.outcome is not Outcome.DONE:
        return []
    last = past.last_move(Subject.DEVICE, device.id)
    return registry.offers_after(device, last) if last is not None and last.id == verdict.history_id else []


def _undoable(verdict: Verdict, device: Device | None) -> int | None:
    """The history entry that this verdict made, if it is still the last move and may be undone."""
    if device is None or verdict.history_id is None:
        return None
    last = past.last_move(Subject.DEVICE, device.id)
    still_last = last is not None and last.id == verdict.history_id
    return verdict.history_id if still_last and step_queries.may_undo(last, current_actor()) else None


@blueprint.post("/scan")
@requires(Permission.WORK)
def look_up() -> ResponseReturnValue:
    """A code from the field: kept, then shown. At a shared bench a badge says whose turn it is, and is no scan."""
    badge = door.badge_read_here(request.form.get("code", ""))
    if badge:
        return benches.turn_to(badge)
    answer = modes.taken(request.form.get("code", ""))
    if answer is not None:
        return answer
    verdict = _judge(None)
    if verdict.device_id and verdict.code:
        return redirect(url_for("scanning.show", code=verdict.code), 303)
    answer = modes.card(verdict.code) if verdict.code and verdict.outcome is Outcome.DONE else None
    if answer is not None:
        return answer
    if _is_free(verdict):
        return redirect(verdict.address or "", 303)
    return redirect(url_for("scanning.show", done=verdict.scan_id), 303)


@blueprint.post("/scan/act")
@requires(Permission.WORK)
def act() -> ResponseReturnValue:
    """Do what a button says. The hidden `scan_id` makes a double click harmless; `back` is the page that asked."""
    verdict = _judge(request.form.get("action", "")[:40] or None)
    back = own_path(request.form.get("back"))
    if back is None:
        return redirect(url_for("scanning.show", done=verdict.scan_id), 303)
    flash(say(verdict.sentence), SIGNS[verdict.outcome])
    return redirect(back, 303)


def _judge(action: str | None) -> Verdict:
    values = {name: text for name in ("reason", "undoes") if (text := request.form.get(name, "").strip())}
    asked = rules.asked(
        request.form.get("code", ""),
        scan_id=request.form.get("scan_id") or None,
        action=action,
        mode=rules.BY_PAGE,
        values=values,
    )
    with transaction():
        return operations.scan(asked, current_actor())


@blueprint.post("/scan/unknown/<int:number>/dismiss")
@requires(Permission.WORK)
def dismiss(number: int) -> ResponseReturnValue:
    """The code, whatever scan of it is named: each that waits, or it would stand in the list again."""
    by = current_actor()
    with transaction():
        scan = queries.unknown_scan(number, by.site_id)
        for one in {scan, *queries.waiting_like(scan)} if scan.action != rules.STOCK_CHECK else {scan}:
            operations.dismiss(one, by)
    flash(_("The code is out of the list."), "good")
    return redirect(own_path(request.form.get("back")) or url_for("scanning.show"), 303)


@strangers.few_unknown_labels
@requires(Permission.PUBLIC)
@as_the_browser_says
def meaning(code: str) -> ResponseReturnValue:
    """What a label means for who scans it: the scan page for the workshop, a page without secrets for a stranger."""
    actor = actor_or_none()
    if door.badge_read_here(code):
        return redirect(url_for("benches.show", badge=code[:100]))
    if actor is None or not actor.may(Permission.WORK):
        return strangers.page(code)
    read = codes.read(code)
    found = None if isinstance(read, codes.Fault) else devices.resolve(read)
    if found is None or found.device is not None:
        return redirect(url_for("scanning.show", code=code[:100]))
    if found.tag.kind in (Kind.LOCATION, Kind.BOX):
        return redirect(url_for("stock.show", code=found.tag.code))
    if found.tag.kind is Kind.DEVICE and found.tag.state in FREE:
        return redirect(meanings.binding(found.tag.code))
    return redirect(url_for("scanning.show", code=code[:100]))


for _letter in "".join(Kind) + "".join(Kind).lower():
    blueprint.add_url_rule(f"/{_letter}/<code>", "meaning", meaning)
