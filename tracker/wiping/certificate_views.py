"""Certificates in the workshop: issued, downloaded, revoked, for a device or a whole collection."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Permission
from tracker.collection import queries as collections
from tracker.database import transaction
from tracker.devices import queries as devices
from tracker.errors import RuleBroken
from tracker.i18n import LOCALES
from tracker.web.access import requires
from tracker.web.forms import show_refusal
from tracker.web.languages import locale
from tracker.wiping import attestation_queries, certificate_operations, certificate_queries, documents
from tracker.wiping.certificate_rules import COVERED
from tracker.wiping.forms import RevokeForm
from tracker.wiping.models import Certificate
from tracker.wiping.verification_views import blueprint as public
from tracker.wiping.verification_views import signed_file

blueprint = public  # one set of pages, in two files: the workshop's here, everybody's there


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
    return _pdf(certificate_queries.certificate(devices.by_code(code), number))


@blueprint.get("/wiping/<code>/certificates/<number>.json")
@requires(Permission.SEE_WORKSHOP)
def data(code: str, number: str) -> Response:
    """The signed file."""
    return signed_file(certificate_queries.certificate(devices.by_code(code), number))


@blueprint.route("/wiping/<code>/certificates/<number>/revoke", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def revoke(code: str, number: str) -> ResponseReturnValue:
    device = devices.by_code(code)
    certificate = certificate_queries.certificate(device, number)
    return _revoking(certificate, url_for("wiping.show", code=device.code))


@blueprint.get("/collections/<reference>/certificates")
@requires(Permission.SEE_WORKSHOP)
def of_collection(reference: str) -> str:
    """What could be attested of the whole collection now, what is missing, and what was attested."""
    collection = collections.collection(reference)
    rows = [(one, attestation_queries.cover(one)) for one in certificate_queries.devices_in(collection)]
    certificates = certificate_queries.of_collection(collection)
    return render_template(
        "wiping/collection_certificates.html",
        collection=collection,
        rows=rows,
        waiting=sum(cover is None for _one, cover in rows),
        covered=COVERED,
        certificates=certificates,
        current=bool(certificates) and certificate_queries.says_still(certificates[0], rows),
        may_issue=current_actor().may(Permission.COORDINATE),
    )


@blueprint.post("/collections/<reference>/certificates")
@requires(Permission.COORDINATE)
def issue_for_collection(reference: str) -> ResponseReturnValue:
    with transaction():
        collection = collections.collection(reference)
        number = certificate_operations.issue_for_collection(collection, current_actor()).number
        address = url_for("certificates.of_collection", reference=collection.reference)
    flash(_("Certificate no. %(number)s is issued.", number=number), "good")
    return redirect(address, 303)


@blueprint.get("/collections/<reference>/certificates/<number>.pdf")
@requires(Permission.COORDINATE)
def collection_document(reference: str, number: str) -> Response:
    """The collection's certificate as a PDF. It names the donor."""
    return _pdf(certificate_queries.collection_certificate(collections.collection(reference), number))


@blueprint.get("/collections/<reference>/certificates/<number>.json")
@requires(Permission.SEE_WORKSHOP)
def collection_data(reference: str, number: str) -> Response:
    """The signed file."""
    return signed_file(certificate_queries.collection_certificate(collections.collection(reference), number))


@blueprint.route("/collections/<reference>/certificates/<number>/revoke", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def revoke_for_collection(reference: str, number: str) -> ResponseReturnValue:
    collection = collections.collection(reference)
    certificate = certificate_queries.collection_certificate(collection, number)
    return _revoking(certificate, url_for("certificates.of_collection", reference=collection.reference))


def _pdf(certificate: Certificate) -> Response:
    wish = request.args.get("lang", "")
    language = wish if wish in LOCALES else locale()
    settings = current_app.config["SETTINGS"]
    pdf = documents.pdf(
        certificate, organisation=settings.organisation, address=settings.site_url, locale=language
    )
    name = f"{_('wipe-certificate')}-{certificate.number}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _revoking(certificate: Certificate, back: str) -> ResponseReturnValue:
    form = RevokeForm()
    if form.validate_on_submit() and _revoked(certificate, form):
        number = certificate.number
        flash(_("Certificate no. %(number)s is revoked: its public page says so.", number=number), "good")
        return redirect(back, 303)
    page = render_template("wiping/revoke.html", back=back, certificate=certificate, form=form)
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
