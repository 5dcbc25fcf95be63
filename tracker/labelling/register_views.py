"""The register of prints, what can be printed on, and one label as a picture."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from labels.formats import render
from labels.media import roll
from labels.sheets import Printing
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.devices import codes
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.labelling import documents, queries, rules
from tracker.labelling.forms import medium_name, medium_size
from tracker.printing import medium_queries
from tracker.web.access import requires

blueprint = Blueprint("prints", __name__, url_prefix="/labels")


@blueprint.get("/preview/<code>")
@requires(Permission.WORK)
def preview(code: str) -> ResponseReturnValue:
    """One label as a drawing of its own size; records nothing."""
    named = queries.by_code(code)
    design = rules.must_be_a_design(request.args.get("design") or documents.design_of(named))
    find = medium_queries.finder(current_actor().site_id)
    asked = rules.order(request.args.get("medium") or rules.USUAL_MEDIUM, "svg", find=find)
    cell = asked.medium
    alone = roll(cell.name, cell.width_mm, cell.height_mm, edge_x=cell.edge_x_mm, edge_y=cell.edge_y_mm)
    label = documents.label_of(named, design, documents.imprint())
    drawn = render([label], alone, "svg", Printing(colour=not cell.is_roll))
    answer = make_response(b"".join(drawn.chunks))
    answer.mimetype = drawn.media_type
    return answer


@blueprint.get("/media")
@requires(Permission.WORK)
def media() -> str:
    """Every sheet and roll that labels are laid out for."""
    rows = [
        (one, medium_name(one), medium_size(one)) for one in medium_queries.media(current_actor().site_id)
    ]
    return render_template(
        "labelling/media.html",
        sheets=[row for row in rows if not row[0].is_roll],
        rolls=[row for row in rows if row[0].is_roll],
    )


@blueprint.get("/register")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    """Who printed what, when, on what, and why again; of one code, if asked."""
    typed = request.args.get("q", "").strip()
    code = codes.read(typed) if typed else None
    if isinstance(code, codes.Fault):
        raise Malformed(
            N_("Not a code of ours: %(codes)s. Check the letters, or scan the label again."),
            field="q",
            codes=typed[:40],
        )
    page = queries.register(code=code, cursor=request.args.get("cursor"))
    return render_template(
        "labelling/register.html",
        page=page,
        text=typed,
        names=queries.names_of([row[1] for row in page.items]),
        designs=rules.DESIGN_NAMES,
        reasons=rules.REASONS,
        media={
            one.name: medium_name(one)
            for one in medium_queries.ever_used(row[1].medium for row in page.items)
        },
    )
