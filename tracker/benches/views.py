"""At a shared bench: scan the badge, type the PIN, work, end."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.passwords import is_right
from tracker.accounts.rules import Permission
from tracker.accounts.sessions import Visit
from tracker.benches import door, operations, pin_operations, queries
from tracker.benches.forms import BadgeForm, PinForm
from tracker.benches.models import SharedBench
from tracker.benches.rules import TurnEnd
from tracker.cards.models import Badge
from tracker.database import transaction
from tracker.errors import NotHere, RuleBroken
from tracker.i18n import N_
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.forms import show_refusal
from tracker.web.submissions import once

blueprint = Blueprint("benches", __name__)

# Who opens these without being somebody: the browser must be a bench, which its cookie says.
_NO_BENCH = N_("This browser is no shared bench. Sign in, or ask a coordinator to make it one.")


@blueprint.get("/bench")
@requires(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Whose turn it is; else the field for a badge, or with `?badge=` the keys for its PIN."""
    bench = _bench()
    wish = own_path(request.args.get("next")) or ""
    badge = queries.badge(request.args.get("badge", ""), bench.site_id)
    if badge is None:
        return _ask_badge(bench, BadgeForm(formdata=None, next=wish))
    return _ask_pin(bench, badge, PinForm(formdata=None, badge=badge.code, next=wish))


def _ask_badge(bench: SharedBench, form: BadgeForm) -> ResponseReturnValue:
    page = render_template("benches/show.html", bench=bench, form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _ask_pin(bench: SharedBench, badge: Badge, form: PinForm) -> ResponseReturnValue:
    page = render_template(
        "benches/pin.html",
        bench=bench,
        badge=badge,
        form=form,
        badge_alone=queries.habits(bench.site_id).badge_alone,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/bench/badge")
@requires(Permission.PUBLIC)
def scan() -> ResponseReturnValue:
    """A badge: whose turn it is ends. Her own, and nobody works here now; another's, and she types her PIN next."""
    bench, form = _bench(), BadgeForm()
    badge = queries.badge(form.code.data or "", bench.site_id)
    if badge is None:
        form.code.data = ""  # the next badge is scanned into an empty field
        form.form_errors.append(_("This is no badge in force of this workshop. Scan it once more, or sign in with your password."))  # fmt: skip
        return _ask_badge(bench, form)
    return turn_to(badge.code, own_path(form.next.data))


def turn_to(code: str, wish: str | None = None) -> ResponseReturnValue:
    """What scanning this badge of the workshop does at this bench, from whatever page it was scanned on."""
    bench, turn = _bench(), door.turn_here()
    hers = turn is not None and turn.badge.code == code
    with transaction():
        operations.end_open_turn(bench.id, TurnEnd.BADGE if hers else TurnEnd.NEXT)
    if hers:
        flash(_("Your turn is over. Thank you!"), "good")
        return redirect(url_for("benches.show"), 303)
    return redirect(url_for("benches.show", badge=code, next=wish), 303)


@blueprint.post("/bench/pin")
@requires(Permission.PUBLIC)
@once
def prove() -> ResponseReturnValue:
    """The PIN: counted before it is judged, then it is her turn."""
    bench, form = _bench(), PinForm()
    badge = queries.badge(form.badge.data or "", bench.site_id)
    if badge is None:
        raise NotHere(N_("This badge names nobody any more. Scan it once more."))
    try:
        with transaction():
            kept = pin_operations.charge_try(bench, badge)
        if kept is None:
            raise RuleBroken(N_("This badge has no PIN yet. Sign in with your password and set one."))
        right = is_right((form.pin.data or "").strip(), kept)
        refusal, secret = None, ""
        with transaction():
            if right:
                pin_operations.was_right(bench, badge)
                secret = operations.begin_turn(bench, badge, proven=True)
            else:
                refusal = pin_operations.was_wrong(bench, badge)
        if refusal is not None:
            raise refusal
    except RuleBroken as refused:
        form.pin.data = ""
        form.begin_anew()  # the try is counted, which used the token up
        show_refusal(form, refused, otherwise="pin")
        return _ask_pin(_bench(), badge, form)
    return _begun(secret, form.next.data)


@blueprint.post("/bench/alone")
@requires(Permission.PUBLIC)
@once
def alone() -> ResponseReturnValue:
    """The badge without PIN, where the workshop allows it."""
    bench, form = _bench(), PinForm()
    badge = queries.badge(form.badge.data or "", bench.site_id)
    if badge is None:
        raise NotHere(N_("This badge names nobody any more. Scan it once more."))
    with transaction():
        secret = operations.begin_turn(bench, badge, proven=False)
    return _begun(secret, form.next.data)


def _begun(secret: str, wish: str | None) -> ResponseReturnValue:
    """It is her turn, under a new session: nothing is kept of who was here before, nor of a password's sign-in."""
    cast("Visit", session).renew()
    answer = make_response(redirect(own_path(wish) or url_for("scanning.show"), 303))
    return door.keep_turn(answer, secret)


@blueprint.post("/bench/end")
@requires(Permission.PUBLIC)
def end() -> ResponseReturnValue:
    """END: nobody works here now."""
    bench = _bench()
    with transaction():
        operations.end_open_turn(bench.id, TurnEnd.END)
    cast("Visit", session).renew()
    flash(_("Your turn is over. Thank you!"), "good")
    return redirect(url_for("benches.show"), 303)


def _bench() -> SharedBench:
    bench = door.bench_here()
    if bench is None:
        raise NotHere(_NO_BENCH)
    return bench
