"""The figures, each with its range, what it counts and where it comes from."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from tracker.accounts import queries as accounts
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.api.fields import Choice, Day, Shape, Text
from tracker.api.reading import Resource
from tracker.collection import queries as collection
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.reports import queries
from tracker.reports.forms import must_be_a_period
from tracker.reports.move_queries import Filters, last_year
from tracker.reports.shapes import Indicator

resource = Resource("statistics", "Figures, computed from the history.")

MOST_MONTHS = 24


class Grouping(enum.Enum):
    """By what the figures are told apart."""

    TYPE = "type"
    SITE = "site"
    MONTH = "month"


class Question(Shape):
    """A period (the last twelve months unless said), and what it is narrowed to."""

    since = Day(data_key="from")
    until = Day(data_key="to")
    group_by = Choice(Grouping)
    donor = Text(most=40, metadata={"description": "A donor's reference; for coordinators"})
    site = Text(most=40, metadata={"description": "A workshop's code"})
    type = Choice(DeviceType)


class IndicatorShape(Shape):
    """One figure. `n` is how many it counts, `left_out` how many it could not; null where nothing can be said."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    unit = fields.String(required=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    n = fields.Integer(required=True, allow_none=True)
    left_out = fields.Integer(required=True)
    estimate = fields.Boolean(required=True)
    formula = fields.String(required=True)
    source = fields.String(required=True)


class Group(Shape):
    group = fields.String(required=True)
    indicators = fields.List(fields.Nested(IndicatorShape), required=True)


class Statistics(Shape):
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, data_key="to")
    indicators = fields.List(fields.Nested(IndicatorShape), required=True)
    groups = fields.List(fields.Nested(Group), required=True)


@resource.call("GET", "/statistics", Permission.SEE_REPORTS, query=Question, answer=Statistics)
def show(asked: dict[str, Any]) -> dict[str, Any]:
    """Every indicator, over all and for each group where one is asked for."""
    filters = _filters(asked)
    groups = _groups(asked["group_by"], filters) if "group_by" in asked else ()
    return {
        "since": filters.since,
        "until": filters.until,
        "indicators": _told(filters),
        "groups": [{"group": name, "indicators": _told(part)} for name, part in groups],
    }


def _filters(asked: dict[str, Any]) -> Filters:
    usual = last_year()
    donor = None
    if asked.get("donor"):
        current_actor().must(Permission.COORDINATE)
        donor = collection.donor(asked["donor"]).id
    filters = Filters(
        since=asked.get("since", usual.since),
        until=asked.get("until", usual.until),
        type=asked.get("type"),
        donor_id=donor,
        site_id=_site(asked["site"]) if asked.get("site") else None,
    )
    return must_be_a_period(filters)


def _site(code: str) -> int:
    known = {site.code: site.id for site in accounts.sites()}
    if code not in known:
        raise Malformed(
            N_("No workshop has this code. Known here: %(known)s."), field="site", known=", ".join(known)
        )
    return known[code]


def _groups(by: Grouping, filters: Filters) -> Iterator[tuple[str, Filters]]:
    if by is Grouping.TYPE:
        for kind in [filters.type] if filters.type else DeviceType:
            yield kind.value, replace(filters, type=kind)
    elif by is Grouping.SITE:
        for site in accounts.sites():
            if filters.site_id in (None, site.id):
                yield site.code, replace(filters, site_id=site.id)
    else:
        if len(filters.months) > MOST_MONTHS:
            raise Malformed(
                N_("Ask for at most %(most)s months at a time."), field="group_by", most=MOST_MONTHS
            )
        for month, _begins, _ends in filters.months:
            days = [max(filters.since, _first(month)), min(filters.until, _last(month))]
            yield month, replace(filters, since=days[0], until=days[1])


def _first(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def _last(month: str) -> dt.date:
    following = _first(month).replace(day=28) + dt.timedelta(days=4)
    return following - dt.timedelta(days=following.day)


def _told(filters: Filters) -> list[dict[str, Any]]:
    return [_indicator(one) for one in queries.statistics(filters)]


def _indicator(one: Indicator) -> dict[str, Any]:
    names = ("key", "value", "low", "high", "n", "left_out", "estimate")
    texts = ("name", "unit", "formula", "source")
    return {
        **{name: getattr(one, name) for name in names},
        **{name: _(text) if (text := getattr(one, name)) else "" for name in texts},
    }
