"""What the figures may be narrowed to."""

from __future__ import annotations

from sqlalchemy import select

from tracker.collection.models import Donor
from tracker.database import session

MOST = 300


def donor_names() -> dict[int, str]:
    """Donor id → reference and, for a body, its name; the newest 300. A private person is a reference here."""
    rows = session.execute(
        select(Donor.id, Donor.reference, Donor.name).order_by(Donor.id.desc()).limit(MOST)
    ).all()
    return {row[0]: f"{row[1]} · {row[2]}" if row[2] else row[1] for row in rows}
