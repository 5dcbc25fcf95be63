"""The pages of figures."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import format_date

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.devices.rules import TYPES
from tracker.errors import RuleBroken
from tracker.i18n import Sentence
from tracker.reports import queries, rules
from tracker.reports.choice_queries import donor_names
from tracker.reports.forms import FiltersForm
from tracker.reports.move_queries import Filters, last_year
from tracker.reports.shapes import Cell, Indicator, Table, Told
from tracker.web import csv_files
from tracker.web.access import requires
from tracker.web.shown import say

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

MONTH = re.compile(r"^\d{4}-\d{2}$")
# The figures that lead the page, in this order: people first.
LEADING = ("people_equipped", "delivered", "reuse_rate", "wipe_coverage", "embodied_kg", "avoided_kg")


def _form() -> FiltersForm:
    actor = current_actor()
    sites = {one.id: one.name for one in accounts.sites()}
    donors = donor_names() if actor.may(Permission.COORDINATE) else {}
    return FiltersForm(sites, donors, formdata=request.args)


def _filters(form: FiltersForm) -> tuple[Filters, Sentence | None]:
    """What is asked for, or the last year and what was wrong with the question."""
    try:
        if form.validate():
            return form.filters(), None
        return last_year(), None
    except RuleBroken as refusal:
        return last_year(), refusal.sentence


@blueprint.get("")
@requires(Permission.SEE_REPORTS)
def index() -> str:
    form = _form()
    filters, refusal = _filters(form)
    told = queries.told(filters)
    figures = {figure.key: figure for one in told for figure in one.indicators}
    return render_template(
        "reports/index.html",
        form=form,
        refusal=refusal,
        filters=filters,
        leading=[figures[key] for key in LEADING],
        sheets=[(one.report, _drawn(one.table), _own(one)) for one in told],
        value=value,
        span=span,
        kept={key: text for key, text in request.args.items() if key in form and text},
    )


def _own(told: Told) -> list[Indicator]:
    """The figures that stand beside a report's chart, of those that do not lead the page."""
    if told.report.name not in ("requests", "stock"):
        return []
    return [figure for figure in told.indicators if figure.key not in LEADING]


def _drawn(table: Table) -> dict[str, Any]:
    """A table as the chart macros take it: labels as texts, months by name."""
    data = [
        tuple(_label(cell) if place == 0 else cell for place, cell in enumerate(row))
        for row in table.data or []
    ]
    return {
        "table": table,
        "data": data,
        "series": [(say(name), phase) for name, phase in table.series],
        "unit": say(table.unit) if table.unit else "",
        "rows": [[_label(cell) for cell in row] for row in table.rows],
        "columns": [say(name) for name in table.columns],
    }


def _label(cell: Cell) -> Cell:
    if isinstance(cell, Sentence):
        return say(cell)
    if isinstance(cell, str) and MONTH.match(cell):
        year, month = cell.split("-")
        return str(format_date(dt.date(int(year), int(month), 1), "MMM yy"))
    return cell


def value(figure: Indicator) -> tuple[float | int | None, str]:
    """The number and unit as people read them: tonnes from a thousand kilograms on."""
    number = figure.value
    if number is None:
        return None, ""
    if figure.unit.startswith("kg") and number >= 1000:
        tonnes = (
            rules.significant(Decimal(str(number)) / 1000)
            if figure.estimate
            else round(float(number) / 1000, 1)
        )
        return _plain(tonnes), figure.unit.replace("kg", "t", 1)
    return _plain(number), say(figure.unit) if figure.unit else ""


def span(figure: Indicator) -> tuple[float | int, float | int] | None:
    """Low and high in the unit of `value`."""
    if figure.low is None or figure.high is None or figure.value is None:
        return None
    part = 1000 if figure.unit.startswith("kg") and figure.value >= 1000 else 1
    return _plain(rules.significant(figure.low / part)), _plain(rules.significant(figure.high / part))


def _plain(number: Decimal | float | int) -> float | int:
    return int(number) if number == int(number) else float(number)


@blueprint.get("/<name>.csv")
@requires(Permission.SEE_REPORTS)
def download(name: str) -> Response:
    report = queries.report(name)
    form = _form()
    if not form.validate():
        form.since.data = form.until.data = None
    table = report.table(report.read(form.filters()))
    rows = [[say(cell) if isinstance(cell, Sentence) else cell for cell in row] for row in table.rows]
    return csv_files.answer(report.name, [say(name) for name in table.columns], rows)


@blueprint.get("/method")
@requires(Permission.SEE_REPORTS)
def method() -> str:
    return render_template(
        "reports/method.html",
        reports=queries.REPORTS,
        figures=queries.statistics(last_year()),
        factors=rules.factors(),
        factor_set=rules.FACTOR_SET,
        weights=rules.USUAL_WEIGHT_G,
        types_names=TYPES,
    )
