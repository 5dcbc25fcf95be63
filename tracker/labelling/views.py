"""Labels to print, and one device's label. Printing is a POST that answers with the file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import queries as collections
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.rules import TYPES
from tracker.errors import Conflict, RuleBroken
from tracker.i18n import N_
from tracker.labelling import (
    documents,
    habit_queries,
    operations,
    queries,
    queue_queries,
    rules,
    tag_queries,
)
from tracker.labelling.answer_views import answer_with, asked_of, asks_why, must_be_seen, sheet_of
from tracker.labelling.forms import PrintForm
from tracker.labelling.habit_queries import Destination
from tracker.labelling.rules import Item
from tracker.printing import queries as printers
from tracker.printing.medium_forms import medium_name
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel

blueprint = Blueprint("labelling", __name__)


@blueprint.get("/labels")
@requires(Permission.WORK)
def index() -> ResponseReturnValue:
    """What waits to be printed, for one printer and medium (`?on=`); or the labels of `?codes=` or `?collection=`, in
    `?design=`."""
    form = _form(request.args, formdata=None)
    return _page(form, _listed(form))


@blueprint.post("/labels")
@requires(Permission.WORK)
def print_chosen() -> ResponseReturnValue:
    form = PrintForm(current_actor().site_id)
    if not form.validate():
        return _page(form, _listed(form))
    try:
        asked = asked_of(form, form.reason.data)
        if "show" in request.form or must_be_seen(form, asked):
            return _page(form, _listed(form))
        items = _items(form)
        rules.must_be_printable_at_once(len(items))
        return answer_with(lambda token: operations.print_items(
            items, asked, current_actor(), documents.imprint(), token=token), form, items, asked)  # fmt: skip
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="start" if isinstance(refusal, Conflict) else "codes")
        return _page(form, _listed(form))


def _form(given: Any, design: str = "", **more: Any) -> PrintForm:
    """The form as it begins: what the link says, else where labels of that design wait, else as this person printed
    last."""
    by = current_actor()
    usual = queries.usual_destination(by)
    on = _asked_on(given.get("on", "")) or usual
    design = given.get("design", "") or design
    if design and not given.get("on"):
        on = habit_queries.destination(design, habit_queries.habits(by.site_id), usual, by.site_id)
    named = given.get("medium", "")
    medium = named if queries.known_medium(named, by.site_id) else on.medium
    printer = on.printer if medium == on.medium else None
    values = {
        "medium": medium,
        "printer": str(printer.id) if printer else "",
        "shown_printer": str(printer.id) if printer else "",
        "format": given.get("format") or queries.usual(by)[1],
        "design": design,
    }
    return PrintForm(by.site_id, data=values, **more)


def _asked_on(key: str) -> Destination | None:
    """The group that a link names, also where nothing waits for it any more."""
    number, _, name = key.partition(".")
    site = current_actor().site_id
    if habit_queries.usable(name, site) is None:
        return None
    found = {str(one.id): one for one in printers.printers(site)} if number else {}
    return Destination(name, found.get(number))


def _items(form: PrintForm) -> list[Item]:
    """The labels ticked on the page, and those of the codes typed beside."""
    items = []
    for value in request.form.getlist("item"):
        code, _, design = value.partition(":")
        items.append(Item(_one_code(code), rules.must_be_a_design(design)))
    typed = rules.read_codes(form.codes.data or "")
    found = queries.named(typed)
    if form.design.data:
        rules.must_be_a_design(form.design.data)
    items += [Item(code, form.design.data or documents.design_of(found[code])) for code in typed]
    return items


def _one_code(text: str) -> str:
    code = codes.read(text)
    if isinstance(code, codes.Fault):
        rules.must_all_be_codes([text[:40]])
    return str(code)


def _listed(form: PrintForm) -> dict[str, Any]:
    """The labels that the page offers: those asked for by the link, else the queue."""
    asked = request.args
    typed = "\n".join(asked.getlist("codes"))
    try:
        wanted = rules.read_codes(typed)
        if asked.get("collection"):
            wanted += queue_queries.codes_of_collection(collections.collection(asked["collection"]))
        wanted += tag_queries.asked_for(asked, current_actor())
        if wanted or typed or {"collection", "roll", "new"} & set(asked):
            return {"groups": _chosen(wanted, form), "waiting": False, "collection": asked.get("collection")}
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="codes")
        return {"groups": [], "waiting": False, "collection": None}
    by = current_actor()
    waiting = queue_queries.by_destination(by, queries.usual_destination(by))
    group = next((one for one in waiting if one.on.key == asked.get("on")), next(iter(waiting), None))
    only = asked.get("design") if asked.get("design") in rules.DUE.values() else None
    designs = [only] if only else list(group.counts) if group else []
    groups = [
        {
            "design": one.design,
            "total": one.total,
            "rows": [_row(device, one.design) for device in one.devices],
        }
        for one in queue_queries.due(by.site_id, designs)
    ]
    return {
        "groups": groups,
        "waiting": True,
        "collection": None,
        "only": only,
        "ways": waiting,
        "way": group,
    }


def _chosen(wanted: list[str], form: PrintForm) -> list[dict[str, Any]]:
    """The labels of these codes, by design."""
    found = queries.named(wanted)
    design = rules.must_be_a_design(form.design.data) if form.design.data else None
    groups: dict[str, dict[str, Any]] = {}
    for one in dict.fromkeys(found.values()):
        name = design or documents.design_of(one)
        group = groups.setdefault(name, {"design": name, "rows": []})
        if one.device is not None:
            group["rows"].append(_row(one.device, name))
        else:
            words = documents.name_of(one)
            group["rows"].append(
                {"code": one.tag.code, "name": words, "device": None, "item": f"{one.tag.code}:{name}"}
            )
    return [{**group, "total": len(group["rows"])} for group in groups.values()]


def _row(device: Any, design: str) -> dict[str, Any]:
    return {"code": device.code, "name": device.name, "device": device, "item": f"{device.code}:{design}"}


def _page(form: PrintForm, listed: dict[str, Any]) -> ResponseReturnValue:
    groups, way = listed["groups"], listed.get("way")
    offered = [row["item"] for group in groups for row in group["rows"]]
    ticked = set(request.form.getlist("item")) if request.method == "POST" else set(offered)
    last = queries.last_run(current_actor())
    page = render_template(
        "labelling/index.html",
        **sheet_of(form),
        groups=groups,
        waiting=listed["waiting"],
        only=listed.get("only"),
        collection=listed["collection"],
        ticked=ticked,
        offered=offered,
        ways=[(one, medium_name(one.medium)) for one in listed.get("ways", [])],
        way=way,
        counts=way.counts if way else {},
        last=last if last and last.undone_at is None else None,
        action=request.full_path.rstrip("?"),
        designs=rules.DESIGN_NAMES,
        types=TYPES,
        may_coordinate=current_actor().may(Permission.COORDINATE),
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/devices/<code>/label", methods=["GET", "POST"])
@requires(Permission.WORK)
def device(code: str) -> ResponseReturnValue:
    """The label of one device: the design of its stage unless another is chosen, seen before it is printed."""
    one = devices.by_code(code)
    form = _form(request.args, rules.design_for(one.stage))
    form.design.flags.required = True  # here one is always chosen
    asks = False
    if request.method == "POST" and form.validate():
        try:
            item = Item(one.code, rules.must_be_a_design(form.design.data))
            asked = asked_of(form, form.reason.data)
            panel = queries.panel(one, current_actor()) or {}
            asks = not panel.get("due") and asks_why(form, item, asked)
            if "show" not in request.form and not must_be_seen(form, asked) and not asks:
                return answer_with(lambda token: operations.print_items(
                    [item], asked, current_actor(), documents.imprint(), token=token), form, [item], asked)  # fmt: skip
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="start" if isinstance(refusal, Conflict) else None)
    page = render_template(
        "labelling/device.html",
        **sheet_of(form),
        device=one,
        panel=queries.panel(one, current_actor()),
        asks=asks,
        designs=rules.DESIGN_NAMES,
        types=TYPES,
        design=form.design.data if form.design.data in rules.DESIGN_NAMES else "tag",
    )
    return page, 422 if form.errors or form.form_errors else 200


@panel(Permission.WORK, order=70)
def labels_to_print() -> Panel | None:
    number = sum(queue_queries.counts(current_actor().site_id).values())
    if not number:
        return None
    return Panel(
        title=N_("Labels to print"),
        text=N_("Devices have moved on, and their labels have not. Print them together on one sheet."),
        icon="printer",
        href=url_for("labelling.index"),
        action=N_("Print the labels"),
        count=number,
    )
