"""Devices: the list, and the page behind each code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.lifecycle import STAGES, Stage
from tracker.devices.look_queries import looked_at
from tracker.devices.rules import TYPES, DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_, Sentence
from tracker.passport import queries
from tracker.passport.page_views import page
from tracker.passport.queries import Filters
from tracker.web import csv_files, home
from tracker.web.access import requires
from tracker.web.fields import plain
from tracker.web.shown import moment, say

blueprint = Blueprint("passport", __name__)

LONGEST_TEXT = 200
NO_SUCH_STAGE = N_("There is no stage “%(stage)s”: choose one from the list.")
NO_SUCH_TYPE = N_("There is no type “%(type)s”: choose one from the list.")


@blueprint.get("/devices")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    filters = _filters()
    found = devices.page(queries.wanted(filters), cursor=request.args.get("cursor"))
    counts = devices.count_by_stage()
    return render_template(
        "passport/index.html",
        filters=filters,
        page=found,
        flags=queries.open_flags([device.id for device in found.items]),
        total=sum(counts.values()),
        chips=[(stage, counts[stage]) for stage in Stage if counts[stage] or stage in filters.stages],
        address=_address,
        kept=_kept(filters),
        first=not request.args.get("cursor"),
        types=TYPES,
    )


def _filters() -> Filters:
    """The filters in the address. Raises `Malformed` for a stage or type that is none."""
    asked = [one for one in request.args.getlist("stage") if one]
    for one in asked:
        if one not in set(Stage):
            raise Malformed(NO_SUCH_STAGE, field="stage", stage=one[:40])
    kind = request.args.get("type", "")
    if kind and kind not in set(DeviceType):
        raise Malformed(NO_SUCH_TYPE, field="type", type=kind[:40])
    return Filters(
        stages=tuple(Stage(one) for one in asked),
        type=DeviceType(kind) if kind else None,
        text=(plain(request.args.get("q")) or "")[:LONGEST_TEXT],
        collection=(plain(request.args.get("collection")) or "")[:40],
    )


def _kept(filters: Filters) -> dict[str, Any]:
    """The filters as they stand in the address."""
    kept = {
        "stage": [stage.value for stage in filters.stages],
        "type": filters.type.value if filters.type else None,
        "q": filters.text or None,
        "collection": filters.collection or None,
    }
    return {name: value for name, value in kept.items() if value}


def _address(endpoint: str, kept: dict[str, Any], **changed: Any) -> str:
    return url_for(endpoint, **{name: value for name, value in {**kept, **changed}.items() if value})


@blueprint.get("/devices.csv")
@requires(Permission.SEE_WORKSHOP)
def download() -> Response:
    """The list with its filters, all pages."""
    filters = _filters()
    header = [
        _("Code"), _("Type"), _("Manufacturer"), _("Model"), _("Serial number"), _("Weight (g)"), _("Stage"),
        _("Since"), _("Grade"),
    ]  # fmt: skip
    return csv_files.answer("devices", header, _rows(filters))


def _rows(filters: Filters) -> Iterator[list[Any]]:
    for one in queries.every(filters):
        yield [
            codes.shown(one.code),
            say(TYPES[one.type]),
            one.manufacturer,
            one.model,
            one.serial,
            one.weight_g,
            say(STAGES[one.stage].name),
            moment(one.stage_since, "short"),
            one.grade.value if one.grade else None,
        ]


@blueprint.get("/devices/<code>")
@requires(Permission.SEE_WORKSHOP)
def show(code: str) -> ResponseReturnValue:
    """The device's page. An old tag, a merged record and any way of typing lead to its present address."""
    device = looked_at(code)
    if device.code != code:
        read = codes.read(code)
        was = read if read != device.code else None
        return redirect(url_for("passport.show", code=device.code, was=was))
    return page(device, current_actor(), was=request.args.get("was", "")[:20])


@home.panel(Permission.WORK, order=5)
def longest_waiting() -> home.Panel | None:
    """The device that has waited longest for what this person does, with its next step: where to begin when nothing else is said."""
    found = queries.longest_waiting(current_actor())
    if found is None:
        return None
    device, step = found
    return home.Panel(
        title=N_("What has waited longest"),
        text=Sentence(
            N_("%(device)s (%(code)s) has been “%(stage)s” since %(since)s. Its next step: %(step)s."),
            {
                "device": device.name or Sentence(TYPES[device.type]),
                "code": codes.shown(device.code),
                "stage": Sentence(STAGES[device.stage].name),
                "since": moment(device.stage_since),
                "step": step.words,
            },
        ),
        icon="hourglass",
        href=url_for("passport.show", code=device.code),
        action=N_("Open this device"),
    )
