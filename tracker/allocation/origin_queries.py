"""Who gave a device: it decides who may receive it, and at what price."""

from __future__ import annotations

from sqlalchemy import select

from tracker.collection.models import Collection, Donor, Intake
from tracker.collection.rules import DonorKind
from tracker.database import read_once, session


@read_once
def donor_kinds(device_ids: tuple[int, ...]) -> dict[int, DonorKind]:
    """device id → kind of its donor, for those whose collection is on record."""
    if not device_ids:
        return {}
    rows = session.execute(
        select(Intake.device_id, Donor.kind)
        .join(Collection, Collection.id == Intake.collection_id)
        .join(Donor, Donor.id == Collection.donor_id)
        .where(Intake.device_id.in_(device_ids))
    ).all()
    return {row[0]: row[1] for row in rows}
