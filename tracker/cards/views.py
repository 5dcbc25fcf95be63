"""The page of cards: which commands can be printed, who has a badge."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.cards import operations, queries, rules
from tracker.cards.forms import BadgeForm, EndCardForm
from tracker.cards.rules import Ending
from tracker.database import transaction
from tracker.errors import RuleBroken
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.submissions import OnceForm, once

blueprint = Blueprint("cards", __name__, url_prefix="/cards")

# A label of this sheet is as large as a hand's breadth: what a card is read from at arm's length.
SHEET = "avery-l7173"


@blueprint.get("")
@requires(Permission.WORK)
def index() -> str:
    by = current_actor()
    there, commands = queries.cards(by.site_id), rules.commands()
    people = queries.people(by)
    return render_template(
        "cards/index.html",
        groups=[
            (rules.GROUP_NAMES[group], [(one, there.get(one.key)) for one in commands.values() if one.group is group])
            for group in rules.Group
        ],
        missing=len(commands) - len(there),
        print_all=_print_address([there[key].code for key in commands if key in there]),
        people=people,
        print_badges=_print_address([badge.code for _user, badge in people if badge]),
        print_one=lambda code: _print_address([code]),
        print_new=lambda kind: f"/labels?medium={SHEET}&new={kind}",
        form=OnceForm(),
        may_coordinate=by.may(Permission.COORDINATE),
    )  # fmt: skip


def _print_address(codes: list[str]) -> str:
    """Where these are printed, on the large labels that cards are made for."""
    return f"/labels?medium={SHEET}&codes=" + ",".join(codes) if codes else ""


@blueprint.post("/mint")
@requires(Permission.WORK)
@once
def mint() -> ResponseReturnValue:
    """The cards that are missing: all, or that of one command; then to where they are printed."""
    asked = request.form.getlist("command")[: rules.MOST_AT_ONCE]
    with transaction():
        made = operations.mint_missing(current_actor(), asked or None)
    if not made:
        flash(_("There is a card for each command already."), "already")
        return redirect(url_for("cards.index"), 303)
    flash(ngettext("One new card: print it.", "%(num)s new cards: print them.", len(made)), "good")
    return redirect(_print_address([one.code for one in made]), 303)


@blueprint.route("/<int:card_id>/end", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def end(card_id: int) -> ResponseReturnValue:
    """A card that is lost or torn; a new one can be made at once."""
    by, form = current_actor(), EndCardForm()
    card = queries.card(card_id, by.site_id)
    command = rules.command(card.command)
    if form.validate_on_submit():
        with transaction():
            operations.end_card(queries.card(card_id, by.site_id), by, form.reason.data)
            made = operations.mint_missing(by, [card.command]) if command else []
        flash(_("The old card says nothing any more."), "good")
        return redirect(_print_address([one.code for one in made]) or url_for("cards.index"), 303)
    page = render_template("cards/end.html", form=form, card=card, command=command)
    return page, 422 if form.errors else 200


@blueprint.post("/badges/<int:user_id>")
@requires(Permission.WORK)
@once
def issue(user_id: int) -> ResponseReturnValue:
    """A badge for somebody who has none; then to where it is printed."""
    by = current_actor()
    with transaction():
        badge = operations.issue_badge(queries.worker(user_id, by), by)
    flash(_("The badge is made: print it. It names a person and opens nothing by itself."), "good")
    return redirect(_print_address([badge.code]), 303)


@blueprint.route("/badges/<int:user_id>/end", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def end_badge(user_id: int) -> ResponseReturnValue:
    """A badge that is lost or damaged, with another one in its place; or of a person who has left, without."""
    by, form = current_actor(), BadgeForm(why=Ending.LOST.value)
    user = queries.worker(user_id, by)
    if form.validate_on_submit():
        try:
            with transaction():
                badge = _end(user_id, form.ending)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("The old badge names nobody any more."), "good")
            return redirect(_print_address([badge]) if badge else url_for("cards.index"), 303)
    badge_now = queries.badge_of(user_id)
    page = render_template("cards/end_badge.html", form=form, user=user, badge=badge_now)
    return page, 422 if form.errors or form.form_errors else 200


def _end(user_id: int, why: Ending) -> str | None:
    """The code of the badge that takes the old one's place; None where none does."""
    by = current_actor()
    user = queries.worker(user_id, by)
    if why is Ending.LEFT:
        operations.end_badge(user, by, why)
        return None
    return operations.replace_badge(user, by, why).code
