"""Wipe certificates: the document, and whether one is genuine."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask_babel import gettext as _
from marshmallow import fields

from tracker.accounts.rules import Permission
from tracker.api.fields import Shape
from tracker.api.reading import Resource, pdf
from tracker.devices import queries as devices
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.web.languages import locale
from tracker.wiping import certificate_queries as queries
from tracker.wiping import certificate_rules as rules
from tracker.wiping import documents
from tracker.wiping.certificate_rules import Standing
from tracker.wiping.models import Certificate

resource = Resource("certificates", "Wipe certificates.")


class CertifiedDevice(Shape):
    code = fields.String(required=True)
    type = fields.String(required=True)
    manufacturer = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)


class CertifiedDrive(Shape):
    """`serial` ends in its last four signs; the rest is hidden, since anybody can ask."""

    serial = fields.String(required=True)
    model = fields.String(required=True, allow_none=True)
    end = fields.String(required=True, allow_none=True)
    method = fields.String(required=True, allow_none=True)


class NamedDevice(Shape):
    """`cover`: proven (every drive accounted for), no_storage, given_back or missing (both: not covered)."""

    type = fields.String(required=True)
    manufacturer = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    cover = fields.String(required=True)


class Verification(Shape):
    """`genuine`: this workshop issued it and nothing in it was changed; `valid`: and it was not revoked since.

    `signed` is false for what was issued before certificates were signed; `key` is the id of the key, among those at
    `/verify/keys.json`. `device` is null for the certificate of a collection, whose devices `devices` lists.
    """

    number = fields.String(required=True)
    genuine = fields.Boolean(required=True)
    valid = fields.Boolean(required=True)
    message = fields.String(required=True)
    issued_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    signed = fields.Boolean(required=True)
    key = fields.String(required=True, allow_none=True)
    key_revoked = fields.Boolean(required=True)
    replaced_by = fields.String(required=True, allow_none=True)
    device = fields.Nested(CertifiedDevice, required=True, allow_none=True)
    devices = fields.List(fields.Nested(NamedDevice), required=True)
    drives = fields.List(fields.Nested(CertifiedDrive), required=True)


@resource.call("GET", "/devices/<code>/certificate", Permission.SEE_WORKSHOP, file="application/pdf")
def document(code: str) -> Response:
    """The wipe certificate in force, as a PDF."""
    device = devices.by_code(code)
    valid = queries.valid_for(device)
    if valid is None:
        raise NotHere(
            N_("This device has no wipe certificate in force: it is issued when its wipe is recorded.")
        )
    settings = current_app.config["SETTINGS"]
    made = documents.pdf(
        valid, organisation=settings.organisation, address=settings.site_url, locale=locale()
    )
    return pdf(made, f"{valid.number}.pdf")


@resource.call("GET", "/verify/<number>", Permission.PUBLIC, answer=Verification)
def verify(number: str) -> dict[str, Any]:
    """Whether a certificate is genuine, and what it says."""
    read = rules.read_number(number)
    found = queries.by_number(read) if read else None
    if found is None:
        said = _("No certificate has this number: it is not one of ours, or a figure is wrong.")
        return _answer(number[:40], said)
    if queries.standing(found) is Standing.ALTERED:
        return _answer(
            found.number, _("This certificate was changed after it was issued: do not rely on it.")
        )
    return _genuine(found)


def _answer(number: str, message: str) -> dict[str, Any]:
    return {
        "number": number,
        "genuine": False,
        "valid": False,
        "message": message,
        "issued_at": None,
        "revoked_at": None,
        "sha256": None,
        "signed": False,
        "key": None,
        "key_revoked": False,
        "replaced_by": None,
        "device": None,
        "devices": [],
        "drives": [],
    }


def _genuine(found: Certificate) -> dict[str, Any]:
    said = _("This certificate is genuine.")
    if found.revoked_at is not None:
        word = rules.REVOCATIONS[found.revoked_for or rules.Revocation.OTHER]
        said = _("This certificate was revoked: %(why)s.", why=_(word))
    told, newer = rules.devices_of(found.payload), queries.replacement(found)
    alone = told[0] if found.collection_id is None else None
    names = ("type", "manufacturer", "model")
    return {
        **_answer(found.number, said),
        "genuine": True,
        "valid": found.revoked_at is None,
        "issued_at": found.issued_at,
        "revoked_at": found.revoked_at,
        "sha256": found.sha256,
        "signed": found.signature is not None,
        "key": found.key,
        "key_revoked": found.signing_key is not None and found.signing_key.revoked_at is not None,
        "replaced_by": newer.number if newer else None,
        "device": {name: alone[name] for name in ("code", *names)} if alone else None,
        "devices": [{name: one[name] for name in (*names, "cover")} for one in told],
        "drives": [
            {
                "serial": rules.masked(line["serial"]),
                "model": line["model"],
                "end": line["end"],
                "method": line.get("method"),
            }
            for one in told
            for line in one["drives"]
        ],
    }
