"""Labels to print, and one device's label. Printing is a POST that answers with the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labels.media import medium
from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import queries as collections
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.rules import TYPES
from tracker.errors import Conflict, RuleBroken
from tracker.i18n import N_
from tracker.labelling import documents, operations, queries, queue_queries, rules
from tracker.labelling.forms import MediumForm, PrintForm, medium_name, medium_size
from tracker.labelling.rules import Item, Order, PrintedFile
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel

blueprint = Blueprint("labelling", __name__)

# What a browser shows by itself; the rest is for a printer and is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/svg+xml"})
# The viewer that browsers bring for PDF styles its own page, and embeds the file in it.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:"


@blueprint.get("/labels")
@requires(Permission.WORK)
def index() -> ResponseReturnValue:
    """What waits to be printed; or the labels of `?codes=` or `?collection=`, in `?design=`."""
    form = PrintForm(current_actor().site_id, formdata=None, data=_remembered(request.args))
    return _page(form, _listed(form))


@blueprint.post("/labels")
@requires(Permission.WORK)
def print_chosen() -> ResponseReturnValue:
    form = PrintForm(current_actor().site_id)
    if not form.validate():
        return _page(form, _listed(form))
    try:
        asked = form.order(form.reason.data)
        if "show" in request.form or (form.sheet_is_new and not asked.medium.is_roll):
            return _page(form, _listed(form))
        items = _items(form)
        rules.must_be_printable_at_once(len(items))
        return answer_with(lambda token: operations.print_items(
            items, asked, current_actor(), documents.imprint(), token=token), form, items, asked)  # fmt: skip
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="codes")
        return _page(form, _listed(form))


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


def answer_with(
    printed: Callable[[str | None], PrintedFile], form: MediumForm, items: list[Item], asked: Order
) -> ResponseReturnValue:
    """Print in one transaction and answer with the file. The same form sent twice at once is printed once."""
    token = operations.token_of(form.form_token.data or "", current_actor(), items, asked)
    try:
        with transaction():
            file = printed(token)
    except Conflict:
        first = queries.run_with_token(token) if token else None
        if first is None:
            raise
        file = operations.again(first, documents.imprint())
    return _sent(file)


def _sent(file: PrintedFile) -> ResponseReturnValue:
    answer = make_response(file.data)
    answer.mimetype = file.mimetype
    place = "inline" if file.mimetype in SHOWN else "attachment"
    answer.headers["Content-Disposition"] = f'{place}; filename="{file.name}"'
    if file.mimetype == "application/pdf":
        answer.headers["Content-Security-Policy"] = PDF_POLICY
    return answer


def _remembered(given: Any) -> dict[str, Any]:
    """What the form begins with: what was asked for by the link, else as this person printed last."""
    usual_medium, usual_format = queries.usual(current_actor())
    asked = given.get("medium", "")
    return {
        "medium": asked if queries.known_medium(asked, current_actor().site_id) else usual_medium,
        "format": given.get("format") or usual_format,
        "design": given.get("design", ""),
    }


def sheet_of(form: MediumForm) -> dict[str, Any]:
    """What `_sheet.html` draws: the medium chosen, and the cell that is ticked on its picture."""
    chosen = queries.known_medium(form.medium.data or "", form.site_id) or medium(rules.USUAL_MEDIUM)
    free = queries.next_start(current_actor(), chosen)
    typed = form.start.data or ""
    kept = typed.isdecimal() and 1 <= int(typed) <= chosen.cells and not form.sheet_is_new
    return {
        "form": form,
        "medium": chosen,
        "medium_words": medium_name(chosen),
        "medium_size": medium_size(chosen),
        "free": free,
        "start": int(typed) if kept else free,
    }


def _listed(form: PrintForm) -> dict[str, Any]:
    """The labels that the page offers: those asked for by the link, else the queue."""
    asked = request.args
    typed = "\n".join(asked.getlist("codes"))
    try:
        wanted = rules.read_codes(typed)
        if asked.get("collection"):
            wanted += queue_queries.codes_of_collection(collections.collection(asked["collection"]))
        if wanted or typed or asked.get("collection"):
            return {"groups": _chosen(wanted, form), "waiting": False, "collection": asked.get("collection")}
    except RuleBroken as refusal:
        show_refusal(form, refusal, otherwise="codes")
        return {"groups": [], "waiting": False, "collection": None}
    only = asked.get("design") if asked.get("design") in rules.DUE.values() else None
    groups = [
        {
            "design": one.design,
            "total": one.total,
            "rows": [_row(device, one.design) for device in one.devices],
        }
        for one in queue_queries.due(current_actor().site_id, only)
    ]
    return {"groups": groups, "waiting": True, "collection": None, "only": only}


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
            words = one.place.name if one.place else ""
            group["rows"].append(
                {"code": one.tag.code, "name": words, "device": None, "item": f"{one.tag.code}:{name}"}
            )
    return [{**group, "total": len(group["rows"])} for group in groups.values()]


def _row(device: Any, design: str) -> dict[str, Any]:
    return {"code": device.code, "name": device.name, "device": device, "item": f"{device.code}:{design}"}


def _page(form: PrintForm, listed: dict[str, Any]) -> ResponseReturnValue:
    groups = listed["groups"]
    offered = [row["item"] for group in groups for row in group["rows"]]
    ticked = set(request.form.getlist("item")) if request.method == "POST" else set(offered)
    counts = queue_queries.counts(current_actor().site_id) if listed["waiting"] else {}
    page = render_template(
        "labelling/index.html",
        **sheet_of(form),
        groups=groups,
        waiting=listed["waiting"],
        only=listed.get("only"),
        collection=listed["collection"],
        ticked=ticked,
        offered=offered,
        counts=counts,
        all_waiting=sum(counts.values()),
        action=request.full_path.rstrip("?"),
        designs=rules.DESIGN_NAMES,
        types=TYPES,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/devices/<code>/label", methods=["GET", "POST"])
@requires(Permission.WORK)
def device(code: str) -> ResponseReturnValue:
    """The label of one device: the design of its stage unless another is chosen, seen before it is printed."""
    one = devices.by_code(code)
    form = PrintForm(current_actor().site_id, data=_remembered(request.args))
    if not form.design.data:
        form.design.data = rules.design_for(one.stage)
    form.design.flags.required = True  # here one is always chosen
    if request.method == "POST" and form.validate():
        try:
            item = Item(one.code, rules.must_be_a_design(form.design.data))
            asked = form.order(form.reason.data)
            if "show" not in request.form and (asked.medium.is_roll or not form.sheet_is_new):
                return answer_with(lambda token: operations.print_items(
                    [item], asked, current_actor(), documents.imprint(), token=token), form, [item], asked)  # fmt: skip
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    page = render_template(
        "labelling/device.html",
        **sheet_of(form),
        device=one,
        panel=queries.panel(one, current_actor()),
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
