"""Reading certificates, and the proof that a device is certified."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import registry
from tracker.devices.lifecycle import Fact
from tracker.devices.models import Device
from tracker.devices.rules import WITHOUT_STORAGE, Proof
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.wiping import certificate_rules, queries
from tracker.wiping.certificate_rules import End
from tracker.wiping.models import Certificate


def by_number(number: str) -> Certificate | None:
    return session.scalars(select(Certificate).where(Certificate.number == number[:20])).first()


def certificate(device: Device, number: str) -> Certificate:
    """The certificate of this number, if it is the device's. Raises `NotHere`."""
    found = by_number(number)
    if found is None or found.device_id != device.id:
        raise NotHere(N_("This device has no certificate with that number. Choose one of those on its page."))
    return found


def of_device(device: Device) -> Sequence[Certificate]:
    """All certificates of a device, the newest first, revoked ones too."""
    return session.scalars(
        select(Certificate).where(Certificate.device_id == device.id).order_by(Certificate.id.desc())
    ).all()


def on_record(states: Sequence[queries.DriveState]) -> dict[int, End]:
    """How each drive's data ended, as far as it did."""
    return {
        state.drive.id: (state.end, state.drive.wiped_by_id if state.end == "wiped" else None)
        for state in states
    }


def valid_for(device: Device, states: Sequence[queries.DriveState] | None = None) -> Certificate | None:
    """The unrevoked certificate that covers exactly the drives on record since the last arrival."""
    now = on_record(queries.drive_states(device) if states is None else states)
    for one in of_device(device):
        cover = certificate_rules.cover_of(one.payload, one.issued_at)
        if one.revoked_at is None and cover.covers(now, device.arrived_at):
            return one
    return None


def numbers(device_ids: Collection[int]) -> dict[int, str]:
    """device id → number of its newest unrevoked certificate, for those that have one."""
    rows = session.execute(
        select(Certificate.device_id, Certificate.number)
        .where(Certificate.device_id.in_(device_ids), Certificate.revoked_at.is_(None))
        .order_by(Certificate.id)
    ).all()
    return {row[0]: row[1] for row in rows}


@registry.proves(Fact.CERTIFIED)
def prove_certified(device: Device, by: Actor, case: registry.Case) -> Proof:
    """An unrevoked certificate covers exactly the drives that DATA_GONE counts; a type without storage needs none."""
    if device.type in WITHOUT_STORAGE:
        return Proof(held=True, evidence={"reason": "no_storage_by_type"})
    valid = valid_for(device)
    if valid is None:
        return Proof.refused(
            N_("This device has no valid wipe certificate: issue it on the device's wiping page.")
        )
    return Proof(held=True, evidence={"certificate": valid.number})
