"""Whether a device that goes back to its donor as it is holds no data but the donor's own."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Fact, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Lead, Proof
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import queries
from tracker.wiping.models import Drive, DriveSighting


@registry.proves(Fact.NO_STRANGERS_DATA)
def prove_no_strangers_data(device: Device, by: Actor, case: registry.Case) -> Proof:
    """It never was with a beneficiary and no drive of another device is in it; or its data is gone anyway."""
    if queries.data_gone(device).held:
        return Proof(held=True, evidence={"reason": "data_gone"})
    if _was_with_a_beneficiary(device):
        return Proof.refused(
            N_("This device was in the hands of a beneficiary: wipe it before it goes back to its donor.")
        )
    stranger = _drive_of_another(device)
    if stranger is not None:
        return Proof.refused(
            N_(
                "Drive %(label)s was in another device before: wipe it or take it out, then give this device back."
            ),
            label=stranger.label,
        )
    return Proof(held=True, evidence={"reason": "as_given"})


@registry.solves(Fact.NO_STRANGERS_DATA)
def end_the_strangers_data(device: Device, by: Actor) -> Lead | None:
    return queries.end_its_data(device, by)


def _was_with_a_beneficiary(device: Device) -> bool:
    handed_over = select(HistoryEntry.id).where(
        HistoryEntry.subject_kind == Subject.DEVICE,
        HistoryEntry.subject_id.in_(devices.records_of(device)),
        HistoryEntry.to_stage == Stage.DELIVERED.value,
    )
    return session.scalar(select(handed_over.exists())) or False


def _drive_of_another(device: Device) -> Drive | None:
    """A drive whose data may be here and that was first seen in another device."""
    left = {state.drive.id: state.drive for state in queries.drive_states(device) if state.end is None}
    rows = session.execute(
        select(DriveSighting.drive_id, DriveSighting.device_id)
        .where(DriveSighting.drive_id.in_(left))
        .order_by(DriveSighting.first_seen_at.desc(), DriveSighting.id.desc())
    ).all()
    first = {row.drive_id: row.device_id for row in rows}  # the earliest one comes last
    return next((left[one] for one, home in first.items() if home != device.id), None)
