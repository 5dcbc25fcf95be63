"""Certificates: issued, downloaded, revoked; and checked by anybody, without signing in."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.devices.rules import TYPES, DeviceType
from tracker.errors import RuleBroken
from tracker.i18n import LOCALES
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.languages import locale
from tracker.wiping import certificate_operations, certificate_queries, certificate_rules, documents
from tracker.wiping.certificate_rules import REVOCATIONS
from tracker.wiping.forms import NumberForm, RevokeForm
from tracker.wiping.models import Certificate
from tracker.wiping.wording_rules import DECLARED, ENDS, LEVELS, MEDIUMS

blueprint = Blueprint("certificates", __name__)


@blueprint.post("/wiping/<code>/certificate")
@requires(Permission.WORK)
def issue(code: str) -> ResponseReturnValue:
    with transaction():
        device = devices.locked(devices.by_code(code).id)
        number = certificate_operations.issue(device, current_actor()).number
        address = url_for("wiping.show", code=device.code)
    flash(_("Certificate no. %(number)s is issued.", number=number), "good")
    return redirect(address, 303)


@blueprint.get("/wiping/<code>/certificates/<number>.pdf")
@requires(Permission.SEE_WORKSHOP)
def document(code: str, number: str) -> Response:
    """The certificate as a PDF, in the reader's language or in `?lang=`."""
    certificate = certificate_queries.certificate(devices.by_code(code), number)
    wish = request.args.get("lang", "")
    language = wish if wish in LOCALES else locale()
    settings = current_app.config["SETTINGS"]
    pdf = documents.pdf(
        certificate, organisation=settings.organisation, address=settings.site_url, locale=language
    )
    name = f"{_('wipe-certificate')}-{certificate.number}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


@blueprint.route("/wiping/<code>/certificates/<number>/revoke", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def revoke(code: str, number: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    certificate = certificate_queries.certificate(device, number)
    form = RevokeForm()
    if form.validate_on_submit() and _revoked(certificate, form):
        flash(_("Certificate no. %(number)s is revoked: its public page says so.", number=number), "good")
        return redirect(url_for("wiping.show", code=device.code), 303)
    page = render_template("wiping/revoke.html", device=device, certificate=certificate, form=form)
    return page, 422 if form.errors else 200


def _revoked(certificate: Certificate, form: RevokeForm) -> bool:
    number = certificate.number
    try:
        with transaction():
            found = certificate_queries.by_number(number)
            assert found is not None
            certificate_operations.revoke(found, current_actor(), form.reason.data or "", form.revocation)
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return False
    return True


@blueprint.get("/verify")
@requires(Permission.PUBLIC)
def ask() -> ResponseReturnValue:
    """Where a number is typed from paper."""
    form = NumberForm(request.args)
    typed = (form.number.data or "").strip()
    if typed:
        number = certificate_rules.read_number(typed) or typed[:40]
        return redirect(url_for("certificates.verify", number=number.replace("/", "-")), 303)
    return render_template("wiping/verify.html", form=form, number="", certificate=None)


@blueprint.get("/verify/<number>")
@requires(Permission.PUBLIC)
def verify(number: str) -> ResponseReturnValue:
    """Whether a certificate of this number was issued here, whether it still holds, and what it says."""
    certificate = certificate_queries.by_number(certificate_rules.read_number(number) or number)
    shown = certificate.payload if certificate else {}
    page = render_template(
        "wiping/verify.html",
        form=NumberForm(number=number[:40]),
        number=number[:40],
        certificate=certificate,
        payload=shown,
        type_word=TYPES[DeviceType(shown["device"]["type"])] if certificate else "",
        intact=certificate is not None and certificate_rules.payload_hash(shown) == certificate.sha256,
        masked=certificate_rules.masked,
        levels=LEVELS,
        ends=ENDS,
        mediums=MEDIUMS,
        declared=DECLARED,
        revocations=REVOCATIONS,
    )
    return page, 200 if certificate else 404
