"""The sheets that were begun: which labels are left on each, and what people say of the paper before them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.labelling import sheet_operations, sheet_queries, sheet_rules
from tracker.printing import medium_queries
from tracker.printing.medium_forms import medium_name
from tracker.web.access import requires

blueprint = Blueprint("sheets", __name__, url_prefix="/labels/sheets")


@blueprint.get("")
@requires(Permission.WORK)
def index() -> str:
    sheets = sheet_queries.begun(current_actor().site_id)
    media = {one.name: one for one in medium_queries.ever_used(sheet.medium for sheet in sheets)}
    rows = [
        {
            "sheet": one,
            "medium": media[one.medium],
            "words": medium_name(media[one.medium]),
            "left": len(sheet_rules.free_cells(one.cells)),
            "first": next(other for other in sheets if other.medium == one.medium) is one,
        }
        for one in sheets
        if one.medium in media
    ]
    return render_template("labelling/sheets.html", rows=rows)


@blueprint.post("/<int:number>")
@requires(Permission.WORK)
def change(number: int) -> ResponseReturnValue:
    """`do`: `mark` the ticked cells as spoilt, print on this one `next`, or `end` it."""
    by, wish = current_actor(), request.form.get("do", "")
    with transaction():
        sheet_queries.lock(by.site_id)
        sheet = sheet_queries.begun_sheet(number, by.site_id)
        if wish == "end":
            sheet_operations.end(sheet, by)
        elif wish == "next":
            sheet_operations.use_next(sheet, by)
        else:
            spoilt = [
                int(cell) for cell in request.form.getlist("spoilt") if cell.isdecimal() and len(cell) < 5
            ]
            sheet_operations.mark(sheet, spoilt, by)
    flash(_("The sheet is used up.") if wish == "end" else _("That is how the sheet is now."), "good")
    return redirect(url_for("sheets.index"), 303)
