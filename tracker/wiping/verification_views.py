"""Certificates checked by anybody, without signing in: the public page, the public keys, the verifier to take away."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.rules import Permission
from tracker.devices.rules import TYPES
from tracker.errors import NotHere
from tracker.i18n import LOCALES, N_
from tracker.signing import key_rules
from tracker.web.access import requires
from tracker.web.languages import locale
from tracker.wiping import certificate_queries, certificate_rules, verifier_documents
from tracker.wiping.certificate_rules import COVERED, REVOCATIONS, Standing
from tracker.wiping.forms import NumberForm, WordForm
from tracker.wiping.maker_rules import named
from tracker.wiping.methods import gloss
from tracker.wiping.models import Certificate
from tracker.wiping.wording_rules import DECLARED, ENDS, LEVELS, MEDIUMS, SOURCES

blueprint = Blueprint("certificates", __name__)
_KEEP_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


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
    form = NumberForm(number=number[:40])
    if certificate is None:
        return render_template("wiping/verify.html", form=form, number=number[:40], certificate=None), 404
    return _shown(certificate, form)


def _shown(certificate: Certificate, form: NumberForm) -> str:
    told = certificate_rules.devices_of(certificate.payload)
    return render_template(
        "wiping/verify.html",
        form=form,
        word_form=WordForm(),
        number=certificate.number,
        certificate=certificate,
        payload=certificate.payload,
        devices=told,
        standing=certificate_queries.standing(certificate),
        standings=Standing,
        replacement=certificate_queries.replacement(certificate),
        types=TYPES,
        masked=certificate_rules.masked,
        named=named,
        covered=COVERED,
        levels=LEVELS,
        ends=ENDS,
        mediums=MEDIUMS,
        sources=SOURCES,
        gloss=gloss,
        declared=DECLARED,
        revocations=REVOCATIONS,
    )


@blueprint.get("/verify/<number>/file")
@requires(Permission.PUBLIC)
def fetch(number: str) -> Response:
    """The signed file, for whoever holds the paper: the word on it is asked, since serial numbers stand inside."""
    certificate = certificate_queries.by_number(certificate_rules.read_number(number) or number)
    typed = request.args.get("word", "")
    if certificate is None or not certificate.signature or not _may_fetch(typed, certificate.signature):
        raise NotHere(
            N_(
                "This word is not the one of this certificate. It stands on the paper under “Check it”: ten letters "
                "and figures."
            )
        )
    return signed_file(certificate)


def _may_fetch(typed: str, signature: str) -> bool:
    return certificate_rules.same_password(typed, signature)


def signed_file(certificate: Certificate) -> Response:
    """The signed file of a certificate, to save. Raises `NotHere` for one of the time before signatures."""
    envelope = certificate_queries.envelope(certificate)
    if envelope is None:
        raise NotHere(
            N_("This certificate was issued before certificates were signed: there is no signed file.")
        )
    name = f"{_('wipe-certificate')}-{certificate.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(envelope.written(), mimetype="application/json", headers=headers)


@blueprint.get("/verify/keys.json")
@requires(Permission.PUBLIC)
def keys() -> Response:
    """The public keys and the revoked certificates, for whoever checks without us."""
    settings = current_app.config["SETTINGS"]
    told = key_rules.published(certificate_queries.ring(settings.organisation))
    return Response(
        json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json", headers=_KEEP_AN_HOUR
    )


@blueprint.get("/verify/verifier")
@requires(Permission.PUBLIC)
def verifier() -> Response:
    """The page that checks certificates without a network, to be saved: one file, the keys of today inside."""
    settings = current_app.config["SETTINGS"]
    wish = request.args.get("lang", "")
    made = verifier_documents.page(
        certificate_queries.ring(settings.organisation), wish if wish in LOCALES else locale()
    )
    headers = {"Content-Disposition": 'attachment; filename="ricochet-verifier.html"'}
    return Response(made, mimetype="text/html", headers=headers)
