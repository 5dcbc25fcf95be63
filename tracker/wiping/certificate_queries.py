"""Reading certificates, and the proof that a device is certified."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Sequence

from sqlalchemy import Text, cast, select

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.collection.models import Collection, Intake
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.lifecycle import Fact
from tracker.devices.models import Device
from tracker.devices.rules import Proof
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.signing import queries as keys
from tracker.signing import rules as signatures
from tracker.signing.key_rules import KeyRing
from tracker.signing.rules import Envelope
from tracker.wiping import attestation_queries, certificate_rules, queries, type_queries
from tracker.wiping.certificate_rules import Covered, End, Revocation, Standing
from tracker.wiping.models import Certificate, CertificateDevice, ReportFile
from tracker.wiping.type_queries import BY_TYPE


def by_number(number: str) -> Certificate | None:
    return session.scalars(select(Certificate).where(Certificate.number == number[:20])).first()


def certificate(device: Device, number: str) -> Certificate:
    """The certificate of this number, if it is the device's or covers it. Raises `NotHere`."""
    found = next((one for one in of_device(device) if one.number == number), None)
    if found is None:
        raise NotHere(N_("This device has no certificate with that number. Choose one of those on its page."))
    return found


@read_once
def of_device(device: Device) -> Sequence[Certificate]:
    """All certificates that cover a device, the newest first: its own and those of its collection, revoked ones too."""
    return session.scalars(
        select(Certificate)
        .join(CertificateDevice, CertificateDevice.certificate_id == Certificate.id)
        .where(CertificateDevice.device_id == device.id)
        .order_by(Certificate.id.desc())
    ).all()


@registry.leaves_trace(
    lambda: select(CertificateDevice.device_id).where(CertificateDevice.device_id == Device.id)
)
def without_certificates(device: Device) -> None:
    told(of_device, (), device)


def of_collection(collection: Collection) -> Sequence[Certificate]:
    """All certificates of the collection as a whole, the newest first, revoked ones too."""
    return session.scalars(
        select(Certificate).where(Certificate.collection_id == collection.id).order_by(Certificate.id.desc())
    ).all()


def collection_certificate(collection: Collection, number: str) -> Certificate:
    """The certificate of this number, if it is the collection's. Raises `NotHere`."""
    found = by_number(number)
    if found is None or found.collection_id != collection.id:
        raise NotHere(
            N_("This collection has no certificate with that number. Choose one of those on its page.")
        )
    return found


def device_ids(collection: Collection) -> Sequence[int]:
    """The devices of a collection, in the order of their labels."""
    return session.scalars(
        select(Intake.device_id).where(Intake.collection_id == collection.id).order_by(Intake.position)
    ).all()


def devices_in(collection: Collection) -> Sequence[Device]:
    return session.scalars(
        select(Device)
        .join(Intake, Intake.device_id == Device.id)
        .where(Intake.collection_id == collection.id)
        .order_by(Intake.position)
    ).all()


def last_of(device: Device | None, collection: Collection | None) -> Certificate | None:
    """The newest certificate of the device alone, or of the collection: the one that a new one replaces."""
    of = (
        Certificate.device_id == device.id
        if device
        else Certificate.collection_id == (collection.id if collection else None)
    )
    return session.scalars(select(Certificate).where(of).order_by(Certificate.id.desc())).first()


def says_still(certificate: Certificate, rows: Sequence[tuple[Device, Covered | None]]) -> bool:
    """Whether an unrevoked certificate says, word for word, what would be attested of these devices now."""
    if certificate.revoked_at is not None or any(cover is None for _one, cover in rows):
        return False
    told = [attestation_queries.told(one, cover) for one, cover in rows if cover is not None]
    return certificate_rules.devices_of(certificate.payload) == told


def resting_on(report: ReportFile) -> list[Certificate]:
    """Unrevoked certificates that cite this report, of whichever device, their rows locked. Reads them all: for a rare
    deed."""
    cites = cast(Certificate.payload, Text).contains(report.sha256)
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.revoked_at.is_(None), Certificate.issued_at >= report.received_at, cites)
            .order_by(Certificate.id)
            .with_for_update(of=Certificate)
        ).all()
    )


def replacement(certificate: Certificate) -> Certificate | None:
    """The certificate that took its place, if one did."""
    return session.scalars(
        select(Certificate).where(Certificate.replaces_id == certificate.id).order_by(Certificate.id.desc())
    ).first()


def on_record(states: Sequence[queries.DriveState]) -> dict[int, End]:
    """How each drive's data ended, as far as it did."""
    return {
        state.drive.id: (state.end, state.drive.wiped_by_id if state.end == "wiped" else None)
        for state in states
    }


def valid_for(device: Device) -> Certificate | None:
    """The unrevoked certificate that covers exactly the drives on record since the last arrival; its own first."""
    now = on_record(queries.drive_states(device))
    for one in sorted(of_device(device), key=lambda one: one.device_id is None):
        cover = certificate_rules.cover_of(one.payload, one.issued_at, device.id)
        if one.revoked_at is None and cover is not None and cover.covers(now, device.arrived_at):
            return one
    return None


def numbers(device_ids: Some[int]) -> dict[int, str]:
    """device id → number of its newest unrevoked certificate, its own before its collection's, if it has one."""
    rows = session.execute(
        select(CertificateDevice.device_id, Certificate.number)
        .join(Certificate, Certificate.id == CertificateDevice.certificate_id)
        .where(CertificateDevice.device_id.in_(device_ids), Certificate.revoked_at.is_(None))
        .order_by(Certificate.device_id.is_not(None), Certificate.id)
    ).all()
    return {row[0]: row[1] for row in rows}


def envelope(certificate: Certificate) -> Envelope | None:
    """The signed file; None for a certificate of the time before signatures."""
    if certificate.key is None or certificate.signature is None:
        return None
    return Envelope(signatures.CERTIFICATE, certificate.key, certificate.payload, certificate.signature)


def standing(certificate: Certificate) -> Standing:
    """What may be said of a certificate of ours today."""
    payload, held = certificate.payload, envelope(certificate)
    if (
        certificate_rules.payload_hash(payload) != certificate.sha256
        or payload["number"] != certificate.number
    ):
        return Standing.ALTERED
    if held is None and payload["v"] >= 2:
        return Standing.ALTERED
    key = certificate.signing_key
    if held is not None and (key is None or not _signed(held, key.public_key)):
        return Standing.ALTERED
    if certificate.revoked_at is not None:
        return Standing.REVOKED
    if held is None or key is None:
        return Standing.UNSIGNED
    return Standing.KEY_REVOKED if key.revoked_at is not None else Standing.GENUINE


def _signed(held: Envelope, public_key: str) -> bool:
    try:
        return signatures.genuine(held.statement(), held.signature, signatures.decoded(public_key))
    except (ValueError, TypeError):
        return False


def ring(organisation: str) -> KeyRing:
    """What is published for everybody: all keys, and every revoked certificate that was signed."""
    revoked = session.execute(
        select(Certificate.number, Certificate.revoked_at, Certificate.revoked_for)
        .where(Certificate.revoked_at.is_not(None), Certificate.signature.is_not(None))
        .order_by(Certificate.id)
    ).all()
    told = {row[0]: (signatures.moment(row[1]), str(row[2] or Revocation.OTHER)) for row in revoked if row[1]}
    return KeyRing(keys.published_keys(), told, organisation, signatures.moment(clock.now()))


@registry.proves(Fact.CERTIFIED)
def prove_certified(device: Device, by: Actor, case: registry.Case) -> Proof:
    """An unrevoked certificate covers exactly the drives that DATA_GONE counts; a type without storage needs none."""
    if type_queries.is_without_storage(device):
        return Proof(held=True, evidence={"reason": BY_TYPE})
    valid = valid_for(device)
    if valid is None:
        return Proof.refused(
            N_("This device has no valid wipe certificate: issue it on the device's wiping page.")
        )
    return Proof(held=True, evidence={"certificate": valid.number})
