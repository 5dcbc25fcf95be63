"""Handovers: prepare a device, hand several over against one signature, print the document, take one back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor, Permission
from tracker.allocation import queries as allocation
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.views import Step, offers_steps
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.answer_views import go_on
from tracker.devices.lifecycle import Fact
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, DEMANDED, TYPES, Unproven
from tracker.distribution import documents, operations, queries, rules
from tracker.distribution import packing_operations as packing
from tracker.distribution.forms import HandoverForm, PrepareForm, ReturnForm, filled_from
from tracker.distribution.operations import Terms
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.i18n import N_, Sentence
from tracker.web.access import requires
from tracker.web.drawn import read_drawing
from tracker.web.forms import show_refusal
from tracker.web.home import Panel, panel
from tracker.web.languages import locale
from tracker.web.submissions import once

blueprint = Blueprint("distribution", __name__)


@blueprint.get("/handovers")
@requires(Permission.SEE_WORKSHOP)
def index() -> str:
    page = queries.page(cursor=request.args.get("cursor"))
    return render_template(
        "distribution/index.html",
        page=page,
        counts=queries.item_counts(page.items),
        waiting=queries.waiting(),
    )


@blueprint.route("/devices/<code>/prepare", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def prepare(code: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    on_record = queries.accessories_of(device.id)
    form = PrepareForm(device, data={"accessories": [kind for kind, packed in on_record.items() if packed]})
    if form.validate_on_submit():
        try:
            with transaction():
                prepared = devices.locked(device.id)
                packing.prepare(prepared, packing.read_accessories(form.accessories.data), current_actor())
                standing = allocation.active(prepared.id)
                request_id = standing.line.request_id if standing else None
        except RuleBroken as refusal:
            show_refusal(form, _said_here(device, form, refusal), otherwise="accessories")
        else:
            flash(_("%(code)s is prepared: it can be handed over.", code=codes.shown(device.code)), "good")
            return go_on(device.code, url_for("distribution.new", request_id=request_id))
    return _preparing(device, form, on_record)


def _said_here(device: Device, form: PrepareForm, refusal: RuleBroken) -> RuleBroken:
    """The refusal in the words of this page: elsewhere it sends people here, where the boxes are."""
    if not (isinstance(refusal, Unproven) and Fact.ACCESSORIES_PRESENT in refusal.facts):
        return refusal
    missing = rules.missing_accessories(device.type, form.accessories.data or ())
    words = N_("Missing beside the device: %(accessory)s. Pack it, and tick it below.")
    return RuleBroken(words, accessory=Sentence(ACCESSORIES[missing[0]]))


def _preparing(device: Device, form: PrepareForm, on_record: dict[str, bool]) -> ResponseReturnValue:
    device = devices.by_code(device.code)
    standing = allocation.active(device.id)
    shown = render_template(
        "distribution/prepare.html",
        device=device,
        form=form,
        on_record=on_record,
        demanded=[ACCESSORIES[one] for one in sorted(DEMANDED[device.type])],
        wanted=standing.line.request if standing else None,
        types=TYPES,
    )
    return shown, 422 if form.errors or form.form_errors else 200


@blueprint.route("/requests/<int:request_id>/handover", methods=["GET", "POST"])
@requires(Permission.WORK)
@once
def new(request_id: int) -> ResponseReturnValue:
    parcels = queries.parcels(_asked(request_id).id)
    form = HandoverForm(data=filled_from(parcels))
    cannot_go: tuple[rules.CannotGo, ...] = ()
    if form.validate_on_submit():
        try:
            with transaction():
                handover = _hand_over(request_id, form)
                made, number = handover.id, handover.number
        except rules.NothingHandedOver as refusal:
            cannot_go = refusal.cannot_go
        except RuleBroken as refusal:
            show_refusal(form, refusal, otherwise="signature")
        else:
            flash(_("Handover %(number)s is recorded and signed.", number=number), "good")
            return redirect(url_for("distribution.show", handover_id=made), 303)
    shown = render_template(
        "distribution/new.html",
        kept=_asked(request_id),
        form=form,
        parcels={one.device.id: one for one in queries.parcels(request_id)},
        cannot_go=cannot_go,
        accessories=ACCESSORIES,
        caps=rules.PRICE_CAPS_CENTS,
        types=TYPES,
    )
    return shown, 422 if form.errors or form.form_errors or cannot_go else 200


def _asked(request_id: int) -> EquipmentRequest:
    found = allocation.by_id(request_id)
    if found is None:
        raise NotHere(N_("There is no such request."))
    return found


def _hand_over(request_id: int, form: HandoverForm) -> Any:
    signed = rules.read_signer(form.signed_by.data, form.signed_role.data, read_drawing(form.signature.data))
    chosen = [found for one in form.chosen() if (found := devices.by_id(one.device_id.data or 0))]
    if not chosen:
        raise Malformed(N_("Choose at least one device to hand over."), field="parcels")
    terms = Terms(
        signed,
        prices_cents=form.prices(),
        otherwises=form.otherwises(),
        people=form.people.data,
        packed=bool(form.packed.data),
    )
    return operations.hand_over(_asked(request_id), chosen, current_actor(), terms)


@blueprint.get("/handovers/<int:handover_id>")
@requires(Permission.SIGNED_IN)
def show(handover_id: int) -> ResponseReturnValue:
    return _page(handover_id)


def _page(handover_id: int, form: ReturnForm | None = None) -> ResponseReturnValue:
    by = current_actor()
    kept = queries.theirs(handover_id, by)
    shown = render_template(
        "distribution/show.html",
        kept=kept,
        signature=queries.signature(kept.id),
        rows=list(zip(kept.items, kept.facts["items"], strict=True)),
        notes={one.id: allocation.note(one.return_note_id) for one in kept.items},
        accessories=ACCESSORIES,
        otherwises=rules.OTHERWISES,
        types=TYPES,
        works=by.may(Permission.WORK),
        coordinates=by.may(Permission.COORDINATE),
        form=form or ReturnForm(formdata=None),
    )
    return shown, 422 if form else 200


@blueprint.get("/handovers/<int:handover_id>/document")
@requires(Permission.SIGNED_IN)
def document(handover_id: int) -> ResponseReturnValue:
    kept = queries.theirs(handover_id, current_actor())
    pdf = documents.pdf(kept, organisation=current_app.config["SETTINGS"].organisation, locale=locale())
    return send_file(BytesIO(pdf), mimetype="application/pdf", download_name=f"{kept.number}.pdf")


@blueprint.post("/handovers/<int:handover_id>/return")
@requires(Permission.WORK)
@once
def take_back(handover_id: int) -> ResponseReturnValue:
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(handover_id, form)
    with transaction():
        kept = queries.handover(handover_id)
        device = next((one.device for one in kept.items if one.device_id == form.device_id.data), None)
        if device is None:
            raise RuleBroken(N_("This device is not in this handover: look at the page again."))
        item = queries.item_in_hand(device.id)
        if item is None or item.handover_id != handover_id:
            raise RuleBroken(
                N_("This device came back already, or was handed over again since: open its own page.")
            )
        operations.take_back(device, current_actor(), reason=form.reason.data)
        code = device.code
    flash(_("%(code)s is received back. Its data must be wiped again.", code=codes.shown(code)), "good")
    return redirect(url_for("distribution.show", handover_id=handover_id), 303)


@blueprint.post("/handovers/<int:handover_id>/erase-signature")
@requires(Permission.COORDINATE)
def erase_signature(handover_id: int) -> ResponseReturnValue:
    with transaction():
        operations.erase_signature(queries.handover(handover_id), current_actor())
    flash(_("Name and signature are erased. The record of the handover stays."), "good")
    return redirect(url_for("distribution.show", handover_id=handover_id), 303)


@offers_steps
def steps_of_request(asked: EquipmentRequest, by: Actor) -> list[Step]:
    """On the page of a request: hand over what is set aside, and the documents of what went."""
    found = [
        Step(
            _("Handover %(number)s", number=one.number),
            url_for("distribution.show", handover_id=one.id),
            "file-text",
        )
        for one in queries.of_request(asked.id)
    ]
    count = len(allocation.promised(asked.id))
    if by.may(Permission.WORK) and count:
        text = _("Hand over %(count)s devices", count=count) if count > 1 else _("Hand over one device")
        found.append(
            Step(text, url_for("distribution.new", request_id=asked.id), "heart-handshake", strong=True)
        )
    return found


def _beside_those_to_pack(prepared: int) -> str:
    if not prepared:
        return str(_("To pack with what belongs to them, before the association comes."))
    beside = ngettext(
        "To pack. %(num)s more is packed and waits for the association.",
        "To pack. %(num)s more are packed and wait for the association.",
        prepared,
    )
    return str(beside)


@panel(Permission.WORK, order=60)
def devices_to_prepare() -> Panel | None:
    waiting = queries.waiting()
    to_prepare = sum(one.to_prepare for one in waiting)
    prepared = sum(one.prepared for one in waiting)
    if not to_prepare and not prepared:
        return None
    return Panel(
        N_("To prepare and hand over"),
        _beside_those_to_pack(prepared),
        "package",
        url_for("distribution.index"),
        N_("Open the handovers"),
        to_prepare,
    )
