"""Requests for equipment: an association makes and follows its own, a coordinator answers all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission, Role
from tracker.allocation import operations, proposal_queries, queries, queue_queries
from tracker.allocation.forms import ReasonForm, RequestForm
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.needs_rules import MB_PER_GB, USAGES
from tracker.allocation.rules import STATES, WAITING, RequestState
from tracker.database import transaction
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Lead, leads
from tracker.web.submissions import once

blueprint = Blueprint("allocation", __name__)

ON_HOME_PAGE = 10  # the newest; the rest stands on the page of all requests


@dataclass(frozen=True)
class Step:
    """Where a request leads next, or what it has led to: a link that a later domain offers its page."""

    text: str
    href: str
    icon: str
    strong: bool = False


_steps: list[Callable[[EquipmentRequest, Actor], list[Step]]] = []


def offers_steps(
    offer: Callable[[EquipmentRequest, Actor], list[Step]],
) -> Callable[[EquipmentRequest, Actor], list[Step]]:
    """Register what a later domain shows on the page of a request."""
    _steps.append(offer)
    return offer


@blueprint.get("/requests")
@requires(Permission.ASK)
def index() -> str:
    by = current_actor()
    state = _state(request.args.get("state"))
    page = queries.page(by, states=(state,) if state else (), cursor=request.args.get("cursor"))
    return render_template(
        "allocation/index.html",
        page=page,
        progress=queries.progress(page.items),
        counts=queries.count_by_state(by),
        chosen=state,
        all_of_workshop=by.role is not Role.ASSOCIATION,
        **_words(),
    )


def _state(text: str | None) -> RequestState | None:
    return RequestState(text) if text in set(RequestState) else None


def _words() -> dict[str, Any]:
    return {"states": STATES, "types": TYPES, "usages": USAGES, "states_waiting": WAITING}


@leads
def own_requests() -> Lead | None:
    """The home page of an association; the workshop sees requests among all that waits for it."""
    by = current_actor()
    if by.role is not Role.ASSOCIATION:
        return None
    page = queries.page(by, limit=ON_HOME_PAGE)
    return Lead(
        N_("Your requests"),
        N_("Ask for devices for the people you help, and see here how each request stands."),
        "allocation/_home.html",
        {
            "page": page,
            "progress": queries.progress(page.items),
            "places": {one.id: queue_queries.place(one) for one in page.items if one.state in WAITING},
            **_words(),
        },
    )


@blueprint.route("/requests/new", methods=["GET", "POST"])
@requires(Permission.ASK)
@once
def new() -> ResponseReturnValue:
    by = current_actor()
    form = RequestForm(choose_association=by.role is not Role.ASSOCIATION)
    if _changes_lines(form):
        return _written(form, None)
    if form.validate_on_submit():
        try:
            with transaction():
                made = operations.make_request(
                    form.asked(),
                    by,
                    association_id=form.association.data if "association" in form else None,
                    reference=form.reference.data,
                    note=form.note.data,
                    draft="draft" in request.form,
                )
                made_id, number, draft = made.id, made.number, made.state is RequestState.DRAFT
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            _say_made(number, draft)
            return redirect(url_for("allocation.show", request_id=made_id), 303)
    return _written(form, None)


def _say_made(number: str, draft: bool) -> None:
    if draft:
        flash(_("Draft %(number)s is kept. Send it when it is complete.", number=number), "good")
    else:
        flash(_("Request %(number)s is sent. Follow it on this page.", number=number), "good")


def _changes_lines(form: RequestForm) -> bool:
    """A line more or less, without scripts: the page comes back with all that was typed."""
    if request.method != "POST":
        return False
    if "add_line" in request.form:
        if len(form.lines) < form.lines.max_entries:
            form.lines.append_entry()
        return True
    if "remove_line" in request.form and len(form.lines) > 1:
        form.lines.pop_entry()
        return True
    return "remove_line" in request.form


def _written(form: RequestForm, kept: EquipmentRequest | None) -> ResponseReturnValue:
    shown = render_template("allocation/write.html", form=form, kept=kept)
    return shown, 422 if form.errors or form.form_errors else 200


@blueprint.route("/requests/<int:request_id>/edit", methods=["GET", "POST"])
@requires(Permission.ASK)
@once
def edit(request_id: int) -> ResponseReturnValue:
    by = current_actor()
    kept = queries.theirs(request_id, by)
    if kept.state is not RequestState.DRAFT:
        flash(
            _("Only a draft can be changed. Cancel this request and make a new one if it is wrong."), "error"
        )
        return redirect(url_for("allocation.show", request_id=request_id), 303)
    form = RequestForm(choose_association=False, data=_typed(kept))
    if _changes_lines(form):
        return _written(form, kept)
    if form.validate_on_submit():
        try:
            with transaction():
                changed = queries.theirs(request_id, by)
                operations.revise(
                    changed, form.asked(), by, reference=form.reference.data, note=form.note.data
                )
                if "draft" not in request.form:
                    operations.send(changed, by)
                number = changed.number
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            _say_made(number, "draft" in request.form)
            return redirect(url_for("allocation.show", request_id=request_id), 303)
    return _written(form, queries.theirs(request_id, by))


def _typed(kept: EquipmentRequest) -> dict[str, Any]:
    """A draft as its form had it."""
    lines = []
    for line in kept.lines:
        needs = line.needs
        memory = int(needs["memory_mb"]) // MB_PER_GB if "memory_mb" in needs else ""
        lines.append(
            {
                "type": line.type.value,
                "quantity": line.quantity,
                "usage": needs.get("usage", ""),
                "memory_gb": str(memory),
                "storage_gb": str(needs.get("storage_gb", "")),
                "screen_inches": str(needs.get("screen_inches", "")),
            }
        )
    return {"reference": kept.reference, "note": queries.note(kept.note_id), "lines": lines}


@blueprint.get("/requests/<int:request_id>")
@requires(Permission.ASK)
def show(request_id: int) -> ResponseReturnValue:
    return show_page(request_id)


def show_page(request_id: int, reason: ReasonForm | None = None) -> ResponseReturnValue:
    """The page of a request, for who may see it; with `reason` when that form came back with a fault."""
    by = current_actor()
    kept = queries.theirs(request_id, by)
    coordinates = by.may(Permission.COORDINATE)
    shown = render_template(
        "allocation/show.html",
        kept=kept,
        note=queries.note(kept.note_id),
        answer=queries.note(kept.answer_id),
        progress=queries.progress([kept])[kept.id],
        place=queue_queries.place(kept),
        estimates=queue_queries.estimates_for(kept),
        proposals=proposal_queries.proposals(kept) if coordinates and kept.state in WAITING else [],
        set_aside=[one for one in queries.allocations(kept.id) if one.active and one.delivered_at is None],
        coordinates=coordinates,
        steps=[step for offer in _steps for step in offer(kept, by)],
        reason=reason or ReasonForm(formdata=None),
        **_words(),
    )
    return shown, 422 if reason else 200


@blueprint.post("/requests/<int:request_id>/send")
@requires(Permission.ASK)
def send(request_id: int) -> ResponseReturnValue:
    with transaction():
        operations.send(queries.theirs(request_id, current_actor()), current_actor())
    flash(_("The request is sent. Its place in the queue is shown below."), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/cancel")
@requires(Permission.ASK)
def cancel(request_id: int) -> ResponseReturnValue:
    with transaction():
        operations.cancel(
            queries.theirs(request_id, current_actor()), current_actor(), reason=request.form.get("reason")
        )
    flash(_("The request is cancelled."), "good")
    return redirect(url_for("allocation.show", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/link")
@requires(Permission.ASK)
def link(request_id: int) -> str:
    """Make the private link and show it, once: only its hash is kept."""
    with transaction():
        kept = queries.theirs(request_id, current_actor())
        token = operations.new_link(kept, current_actor())
    address = url_for("allocation.track", token=token, _external=True)
    return render_template(
        "allocation/link.html", kept=queries.theirs(request_id, current_actor()), address=address
    )


@blueprint.get("/track/<token>")
@requires(Permission.PUBLIC)
def track(token: str) -> str:
    """For who holds the private link: how the request stands, without its note, reference or devices."""
    kept = queries.by_token(token)
    return render_template(
        "allocation/track.html",
        kept=kept,
        progress=queries.progress([kept])[kept.id],
        place=queue_queries.place(kept),
        estimates=queue_queries.estimates_for(kept),
        answer=queries.note(kept.answer_id),
        **_words(),
    )
