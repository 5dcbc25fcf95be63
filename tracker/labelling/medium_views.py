"""What can be printed on: all sheets and rolls as small pictures, one of them, and those that a workshop adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from labels import calibration
from labels.errors import LabelError
from labels.media import Medium
from labels.media_pictures import can_be_drawn, picture
from labels.media_shapes import LEAST_CUT_MM, MOST_CUT_MM
from labels.media_sources import SOURCES
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.labelling import queries
from tracker.labelling.refusal_rules import refused
from tracker.printing import medium_operations, medium_queries
from tracker.printing.medium_forms import OwnMediumForm, PreviewForm, measures_of, medium_name, medium_size
from tracker.printing.medium_models import OwnMedium
from tracker.printing.medium_rules import medium_of_packet, whole_of_packet
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.languages import locale
from tracker.web.submissions import once

blueprint = Blueprint("media", __name__, url_prefix="/labels/media")


def drawn(medium: Medium, *, printed: bool = False) -> Markup:
    """The picture of a medium, for a page."""
    words = f"{medium_name(medium)}, {medium_size(medium)}"
    return Markup(picture(medium, words, printed=printed))  # noqa: S704 (its only text is escaped where it is drawn)


@blueprint.get("")
@requires(Permission.WORK)
def index() -> str:
    """Every sheet and roll, the workshop's own first."""
    by = current_actor()
    known = [
        (one, medium_name(one), medium_size(one), drawn(one)) for one in medium_queries.media(by.site_id)
    ]
    return render_template(
        "labelling/media.html",
        own=[row for row in known if row[0].words],
        sheets=[row for row in known if not row[0].is_roll and not row[0].words],
        rolls=[row for row in known if row[0].is_roll and not row[0].words],
        retired=medium_queries.own(by.site_id, retired=True),
        may_add=by.may(Permission.COORDINATE),
    )


@blueprint.get("/<name>")
@requires(Permission.WORK)
def show(name: str) -> str:
    """One of them: its picture, its measures, where they were compared, and a page to try it with."""
    by = current_actor()
    one, row = _found(name)
    return render_template(
        "labelling/medium.html",
        medium=one,
        row=row,
        words=medium_name(one),
        size=medium_size(one),
        picture=drawn(one, printed=True),
        source=SOURCES.get(one.source),
        least=LEAST_CUT_MM,
        most=MOST_CUT_MM,
        may_change=row is not None and by.may(Permission.COORDINATE),
    )


def _found(name: str) -> tuple[Medium, OwnMedium | None]:
    """Known everywhere, or of this site; a retired one too. Raises `NotHere`."""
    site_id = current_actor().site_id
    try:
        one = medium_queries.medium(name, site_id)
    except LabelError:
        row = medium_queries.own_medium(name, site_id)
        return medium_queries.medium_of(row), row
    return one, medium_queries.own_medium(one.name, site_id) if one.words else None


@blueprint.get("/<name>/cut")
@requires(Permission.WORK)
def cut(name: str) -> ResponseReturnValue:
    """To the labels, on this tape cut to `?length=` millimetres."""
    one, _row = _found(name)
    typed = request.args.get("length", "").strip()
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 5:
        raise Malformed(N_("Write the length in whole millimetres, for example 40."), field="length")
    try:
        chosen = one.cut(int(typed))
    except LabelError as error:
        raise refused(error, field="length") from error
    return redirect(url_for("labelling.index", medium=chosen.name), 303)


@blueprint.get("/<name>/test.pdf")
@requires(Permission.WORK)
def test(name: str) -> ResponseReturnValue:
    """A page with the outline of every label and a ruler: printed on plain paper and held against a sheet of labels."""
    one, _row = _found(name)
    try:
        drawing = calibration.page(one, [medium_name(one), medium_size(one)])
    except LabelError as error:
        raise refused(error) from error
    answer = make_response(b"".join(drawing.chunks))
    answer.mimetype = drawing.media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="test-{one.name}.pdf"'
    return answer


@blueprint.get("/preview")
@requires(Permission.COORDINATE)
def preview() -> str:
    """What the measures in the address look like, or why they cannot be: a piece of a page."""
    return render_template("labelling/_medium_preview.html", **_seen(PreviewForm(request.args)))


def _seen(form: Any) -> dict[str, Any]:
    """The picture of what is typed, also of what is refused, so that a person sees why."""
    seen: dict[str, Any] = {"medium": None, "picture": None, "fault": None, "size": ""}
    if not form.validate():
        return seen
    packet = form.packet()
    looked = whole_of_packet(packet)
    if can_be_drawn(looked):
        seen |= {"medium": looked, "picture": drawn(looked, printed=True), "size": medium_size(looked)}
    try:
        medium_of_packet(packet)
    except RuleBroken as refusal:
        seen["fault"] = refusal.sentence.shown_in(locale())
    return seen


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def add() -> ResponseReturnValue:
    """A sheet or roll that nobody has listed; `?like=` begins with the measures of another."""
    by = current_actor()
    like = request.args.get("like")
    begun = _like(like) if like and request.method == "GET" else {"kind": "sheet", "page": "a4"}
    form = OwnMediumForm(data=begun)
    return _answered(form, lambda: medium_operations.add_medium(form.packet(), by), None)


def _like(name: str) -> dict[str, Any]:
    one, row = _found(name)
    return {**measures_of(row or one), "words": None}


@blueprint.route("/<name>/change", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
@once
def change(name: str) -> ResponseReturnValue:
    """Put its measures right; where labels were printed on it, in a copy with a new name."""
    by = current_actor()
    row = medium_queries.own_medium(name, by.site_id)
    form = OwnMediumForm(data=measures_of(row))

    def changed() -> OwnMedium:
        fresh = medium_queries.own_medium(name, by.site_id)
        return medium_operations.change_medium(
            fresh, form.packet(), by, printed=queries.was_printed_on(fresh.name)
        )

    return _answered(form, changed, row)


def _answered(
    form: OwnMediumForm, done: Callable[[], OwnMedium], row: OwnMedium | None
) -> ResponseReturnValue:
    """Do it and show the medium; or the form again, with its picture."""
    shown = "show" in request.form
    if request.method == "POST" and form.validate() and not shown:
        try:
            with transaction():
                made = done()
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("“%(words)s” can be chosen wherever labels are printed.", words=made.words), "good")
            return redirect(url_for("media.show", name=made.name), 303)
    seen = _seen(PreviewForm(request.form if request.method == "POST" else None, data=form.data))
    page = render_template(
        "labelling/medium_form.html",
        form=form,
        row=row,
        printed=bool(row and queries.was_printed_on(row.name)),
        **seen,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/<name>/retire")
@requires(Permission.COORDINATE)
def retire(name: str) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        row = medium_queries.own_medium(name, by.site_id)
        entry = medium_operations.retire_medium(row, by)
    flash(_("“%(words)s” is retired: it is offered no more. What was printed on it stays on record.", words=row.words),
          "good" if entry else "already")  # fmt: skip
    return redirect(url_for("media.show", name=name), 303)


@blueprint.post("/<name>/restore")
@requires(Permission.COORDINATE)
def restore(name: str) -> ResponseReturnValue:
    by = current_actor()
    with transaction():
        row = medium_queries.own_medium(name, by.site_id)
        entry = medium_operations.restore_medium(row, by)
    flash(_("“%(words)s” is in use again.", words=row.words), "good" if entry else "already")
    return redirect(url_for("media.show", name=name), 303)
