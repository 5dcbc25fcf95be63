"""Issuing and revoking wipe certificates. One that was issued is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker import clock, config
from tracker.accounts.models import Site
from tracker.accounts.rules import Actor, Permission
from tracker.collection.models import Collection
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import RuleBroken
from tracker.history import note_rules
from tracker.history import number_operations as numbers
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.signing import operations as signing
from tracker.signing import rules as signatures
from tracker.wiping import (
    attestation_queries,
    certificate_queries,
    certificate_rules,
    queries,
    type_queries,
)
from tracker.wiping.certificate_rules import About, Covered, Revocation
from tracker.wiping.models import Certificate, CertificateDevice


@dataclass(frozen=True)
class _Draft:
    """What is to be attested, before it has a number."""

    about: About
    site_id: int
    subject: tuple[str, int]
    told: Sequence[dict[str, Any]]
    device: Device | None = None
    collection: Collection | None = None


def issue(device: Device, by: Actor) -> Certificate:
    """Attest that every drive of the device is accounted for. Refused while any is not.

    An unrevoked certificate of the device that still covers it is returned instead of a second one.
    """
    by.must(Permission.WORK)
    if type_queries.is_without_storage(device):
        raise RuleBroken(N_("This kind of device has no storage: there is nothing to certify."))
    proof = queries.data_gone(device)
    if not proof.held:
        raise Unproven(proof.missing)
    valid = certificate_queries.valid_for(device)
    if valid is not None and valid.device_id == device.id:
        return valid
    told = attestation_queries.told(device, Covered.PROVEN)
    subject = (Subject.DEVICE, device.id)
    return _issued(_Draft(About.DEVICE, device.site_id, subject, [told], device=device), by)


def issue_for_collection(collection: Collection, by: Actor) -> Certificate:
    """Attest, on one document, what became of each drive of everything that a donor gave on that day.

    Refused while a device of it still waits, or holds a drive that is not accounted for. What was given back
    unwiped, or is missing, stands on it as not covered. Asked again, with nothing changed, the same one is returned.
    """
    by.must(Permission.COORDINATE)
    covers = [(one, attestation_queries.cover(one)) for one in _locked_devices(collection)]
    waiting = [one.code for one, cover in covers if cover is None]
    if waiting:
        raise RuleBroken(
            N_(
                "%(count)s of %(total)s devices of this collection are not accounted for: %(codes)s. Wipe them, or "
                "record where they went."
            ),
            count=len(waiting),
            total=len(covers),
            codes=", ".join(waiting[:5]) + (" …" if len(waiting) > 5 else ""),
        )
    if not any(cover is Covered.PROVEN for _, cover in covers):
        raise RuleBroken(N_("No device of this collection was wiped here: there is nothing to certify."))
    before = certificate_queries.of_collection(collection)
    if before and certificate_queries.says_still(before[0], covers):
        return before[0]
    told = [attestation_queries.told(one, cover) for one, cover in covers if cover is not None]
    subject = (Subject.COLLECTION, collection.id)
    return _issued(_Draft(About.COLLECTION, collection.site_id, subject, told, collection=collection), by)


def _locked_devices(collection: Collection) -> list[Device]:
    """In the order of their labels; locked in the order of their ids, so that two people never wait crosswise."""
    ids = certificate_queries.device_ids(collection)
    locked = {one: devices.locked(one) for one in sorted(ids)}
    return [locked[one] for one in ids]


def _issued(draft: _Draft, by: Actor) -> Certificate:
    history.hold(draft.site_id)  # the chain first, then the number: the order of a recorded wipe
    signer = signing.signer(by)
    now = clock.now()
    year = clock.local(now).year
    number = certificate_rules.number(year, numbers.take("certificate", year))
    replaced = certificate_queries.last_of(draft.device, draft.collection)
    payload = _payload(draft, by, number, signatures.moment(now), replaced)
    sealed = signatures.seal(signatures.CERTIFICATE, payload, signer)
    made = Certificate(
        number=number,
        device_id=draft.device.id if draft.device else None,
        collection_id=draft.collection.id if draft.collection else None,
        site_id=draft.site_id,
        issued_at=now,
        issued_by=by.user_id,
        payload=payload,
        sha256=signatures.fingerprint(payload),
        key=sealed.key,
        signature=sealed.signature,
        replaces_id=replaced.id if replaced else None,
    )
    session.add(made)
    session.flush()
    session.add_all(
        CertificateDevice(certificate_id=made.id, device_id=one["id"])
        for one in draft.told
        if one["cover"] == Covered.PROVEN
    )
    facts = {"number": number, "sha256": made.sha256, "certificate": made.id, "key": sealed.key}
    history.append(
        subject=draft.subject, action="certificate_issued", by=by, site_id=draft.site_id, facts=facts
    )
    return made


def _payload(
    draft: _Draft, by: Actor, number: str, issued: str, replaced: Certificate | None
) -> dict[str, Any]:
    settings = config.load()
    sequence, last = history.head_of(draft.site_id)
    gift = draft.collection
    return {
        "v": certificate_rules.PAYLOAD_VERSION,
        "about": draft.about.value,
        "number": number,
        "issued": issued,
        "address": f"{settings.site_url}/verify/{number}",
        "organisation": settings.organisation,
        "place": session.get_one(Site, draft.site_id).name,
        "issuer": by.user_id,
        # A reference only: who gave is not for everybody who sees the document.
        "collection": {"reference": gift.reference, "date": gift.date.isoformat()} if gift else None,
        "devices": list(draft.told),
        "counts": certificate_rules.counts(draft.told),
        "replaces": replaced.number if replaced else None,
        "journal": {"site": draft.site_id, "sequence": sequence, "head": last},
    }


def revoke(certificate: Certificate, by: Actor, reason: str, word: Revocation = Revocation.OTHER) -> None:
    """Say that a certificate no longer holds, and why. Its page says so from then on, with `word` alone."""
    by.must(Permission.COORDINATE)
    note_rules.must_say_something(reason, N_("Say in a few words why the certificate is revoked."), "reason")
    if certificate.revoked_at is not None:
        raise RuleBroken(N_("This certificate is revoked already."))
    if certificate.device_id is not None:
        subject = (Subject.DEVICE, certificate.device_id)
    else:
        assert certificate.collection_id is not None
        subject = (Subject.COLLECTION, certificate.collection_id)
    entry = history.append(
        subject=subject,
        action="certificate_revoked",
        by=by,
        site_id=certificate.site_id,
        facts={"number": certificate.number, "word": word.value},
        note=reason,
    )
    certificate.revoked_at, certificate.revoked_by = entry.at, by.user_id
    certificate.revoked_for, certificate.revocation_history_id = word, entry.id
    session.flush()
