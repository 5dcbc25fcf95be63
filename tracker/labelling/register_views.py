"""The register of prints, and one label as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from babel import dates
from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from labels.formats import render
from labels.media import roll
from labels.sheets import Printing
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.clock import local, now
from tracker.devices import codes
from tracker.labelling import documents, queries, register_queries, register_rules, rules
from tracker.printing import medium_queries
from tracker.printing.medium_forms import medium_name
from tracker.web import csv_files, xlsx_files
from tracker.web.access import requires
from tracker.web.languages import locale
from tracker.web.shown import moment, say

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


@blueprint.get("/register")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    """Who printed what, when, on what, and why again; and how many labels in each month."""
    asked = register_rules.filters(request.args, current_actor().site_id)
    page = register_queries.page(asked, request.args.get("cursor"))
    kept = _kept()
    return render_template(
        "labelling/register.html",
        page=page,
        asked=asked,
        kept=kept,
        text=kept.get("q", ""),
        lines=[register_queries.Line(*row[:4]) for row in page.items],
        people=register_queries.people(asked.site_id),
        printers=register_queries.all_printers(asked.site_id),
        months=register_queries.months(asked.site_id, register_rules.months(local(now()).date())),
        month_name=lambda first: dates.format_skeleton("yMMMM", first, locale=locale()),
        designs=rules.DESIGN_NAMES,
        reasons=rules.REASONS,
        media=_media_names(row[1].medium for row in page.items),
    )


def _kept() -> dict[str, str]:
    """The filters as they stand in the address."""
    names = ("q", "design", "person", "printer", "reason", "since", "until", "came")
    return {name: value[:40] for name in names if (value := request.args.get(name, "").strip())}


def _media_names(names: Iterable[str]) -> dict[str, str]:
    return {one.name: medium_name(one) for one in medium_queries.ever_used(names)}


@blueprint.get("/register.csv")
@requires(Permission.SEE_WORKSHOP)
def as_csv() -> Response:
    """The register with its filters, all pages."""
    return csv_files.answer("labels", _header(), _rows(lambda at: moment(at, "short")))


@blueprint.get("/register.xlsx")
@requires(Permission.SEE_WORKSHOP)
def as_xlsx() -> Response:
    return xlsx_files.answer("labels", _header(), _rows(lambda at: at))


def _header() -> list[str]:
    return [
        _("When"), _("Code"), _("Label"), _("By"), _("Medium"), _("Label of the sheet"), _("Format"), _("Printer"),
        _("Why again"), _("Came out"),
    ]  # fmt: skip


def _rows(moment_of: Callable[[datetime], Any]) -> Iterator[list[Any]]:
    asked = register_rules.filters(request.args, current_actor().site_id)
    media = _media_names(register_queries.media_used(asked.site_id))
    for line in register_queries.every(asked):
        one, run = line.one, line.run
        yield [
            moment_of(one.at),
            codes.shown(one.code),
            say(rules.DESIGN_NAMES[one.design]) if one.design in rules.DESIGN_NAMES else one.design,
            line.person or _("A command"),
            media.get(run.medium, run.medium),
            one.cell,
            run.format.upper(),
            line.printer,
            say(rules.REASONS[one.reason]) if one.reason else None,
            _("no") if one.undone_at else _("yes"),
        ]
