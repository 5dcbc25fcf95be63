"""What a label says to somebody who does not work here, and what becomes of what a finder writes."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as people
from tracker.accounts.access import actor_or_none, current_actor
from tracker.accounts.limits import limiter
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.scanning import stranger_operations as operations
from tracker.scanning import stranger_queries as queries
from tracker.scanning import stranger_rules as rules
from tracker.scanning.stranger_forms import AnswerForm, FoundForm, PublicContactForm
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel
from tracker.web.languages import as_the_browser_says
from tracker.web.submissions import once
from tracker.wiping import certificate_queries as certificates
from tracker.wiping.certificate_rules import HOLDS

blueprint = Blueprint("strangers", __name__)


def _signed_in() -> bool:
    return actor_or_none() is not None


def _leads_nowhere(response: Response) -> bool:
    return response.status_code == 404


# Whoever tries codes is stopped; whoever works here, or scans labels that exist, is not counted.
few_unknown_labels = limiter.limit(
    rules.UNKNOWN_LABELS,
    methods=["GET"],
    deduct_when=_leads_nowhere,
    exempt_when=_signed_in,
    error_message=rules.TOO_MANY_UNKNOWN,
)


def page(text: str, form: FoundForm | None = None) -> Response:
    """The page of a label: no person, no serial number, no association, not even where the device stands.

    A label that is on nothing of ours is answered with 404 in the same shape, whatever the reason.
    """
    seen = queries.seen(text)
    form = form or FoundForm()
    standing = certificates.standing(seen.certificate) if seen.certificate else None
    answer = make_response(
        render_template(
            "scanning/stranger.html",
            seen=seen,
            ours=seen.what in rules.OURS,
            type_word=TYPES[seen.device.type] if seen.device else "",
            genuine=standing in HOLDS,
            ways=queries.ways_to_reach(seen.site_id),
            form=form,
            months_unanswered=12,
            months_answered=3,
        ),
        422 if form.errors or form.form_errors else 200 if seen.what in rules.OURS else 404,
    )
    # It bears a form of this visitor, in this visitor's language: for nobody's cache and no search engine.
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.vary.update(["Accept-Language", "Cookie"])
    return answer


@blueprint.post("/found/<code>")
@limiter.limit(rules.WORDS, methods=["POST"])
@once
@requires(Permission.PUBLIC)
@as_the_browser_says
def write(code: str) -> ResponseReturnValue:
    """A finder's message. A program that fills in every field is thanked like a person, and nothing is kept."""
    form, seen = FoundForm(), queries.seen(code)
    if seen.what not in rules.OURS or not form.validate_on_submit():
        return page(code, form if seen.what in rules.OURS else None)
    try:
        if not form.by_a_program:
            with transaction():
                operations.write(
                    queries.seen(code),
                    form.words.data,
                    name=form.name.data,
                    email=form.email.data or None,
                    phone=form.phone.data,
                )
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="words")
        return page(code, form)
    flash(_("Thank you. Your message is with %(organisation)s.", organisation=_organisation()), "good")
    return redirect(url_for("scanning.meaning", code=seen.code), 303)


def _organisation() -> str:
    return str(current_app.config["SETTINGS"].organisation)


@blueprint.get("/found")
@requires(Permission.COORDINATE)
def index() -> str:
    """What finders wrote: what waits, then what was answered and is still kept."""
    by = current_actor()
    waiting, answered = queries.reports(by), queries.reports(by, answered=True)
    return render_template(
        "scanning/found.html",
        waiting=waiting,
        answered=answered,
        words=queries.words_of([*waiting, *answered]),
        names=people.user_names({one.answered_by for one in answered if one.answered_by}),
        form=AnswerForm(formdata=None),
        types=TYPES,
        reached=queries.public_contact(by.site_id),
    )


@blueprint.post("/found/<int:number>/answer")
@requires(Permission.COORDINATE)
@once
def answer(number: int) -> ResponseReturnValue:
    form = AnswerForm()
    with transaction():
        by = current_actor()
        entry = operations.answer(queries.report(number, by), by, form.note.data if form.validate() else None)
    flash(
        _("The message is answered and closed.") if entry else _("Somebody had answered it already."),
        "good" if entry else "already",
    )
    return redirect(url_for("strangers.index"), 303)


@blueprint.route("/found/contact", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def contact() -> ResponseReturnValue:
    """How everyone reaches this workshop."""
    by = current_actor()
    form = PublicContactForm(queries.public_contact(by.site_id))
    if form.validate_on_submit():
        try:
            with transaction():
                operations.set_public_contact(by.site_id, by, form.values())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Whoever scans one of your labels reads this now."), "good")
            return redirect(url_for("strangers.index"), 303)
    shown = render_template("scanning/public_contact.html", form=form, site=people.site(by.site_id))
    return shown, 422 if form.errors or form.form_errors else 200


@panel(Permission.COORDINATE, order=8)
def finders_to_answer() -> Panel | None:
    number = queries.count_waiting(current_actor())
    if not number:
        return None
    return Panel(
        title=N_("Messages from finders"),
        text=N_("Somebody found a thing with your label and wrote to you."),
        icon="mail",
        href=url_for("strangers.index"),
        action=N_("Read and answer"),
        count=number,
    )
