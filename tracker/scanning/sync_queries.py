"""What came of scans that were made without network and waits for a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, or_, select

from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome

MOST_SHOWN = 100
# As the partial index has it. A mere look that was answered with a notice asks nothing of anybody.
OPEN = (
    Scan.client.is_not(None),
    Scan.dismissed_at.is_(None),
    Scan.verdict.in_([Outcome.REFUSED, Outcome.CONFLICT]),
    or_(Scan.action.is_not(None), Scan.batch_id.is_not(None)),
)


def troubles(site_id: int, limit: int = MOST_SHOWN) -> list[tuple[Scan, Device | None]]:
    """Refused and overtaken scans of phones that nobody has dealt with, the oldest first, each with its device."""
    found = select(Scan, Device).outerjoin(Device, Device.id == Scan.device_id)
    chosen = found.where(*OPEN, Scan.site_id == site_id).order_by(Scan.id).limit(limit)
    return [(scan, device) for scan, device in session.execute(chosen)]


def count_troubles(site_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Scan).where(*OPEN, Scan.site_id == site_id)) or 0


def trouble(number: int, site_id: int) -> Scan:
    """One of them, by its row's id, also when it was dealt with. Raises `NotHere`."""
    found = session.get(Scan, number)
    if found is None or found.site_id != site_id or found.client is None:
        raise NotHere(N_("This scan is not in the list any more."))
    return found


def named(device_ids: Collection[int]) -> Mapping[int, Device]:
    """The devices of these ids."""
    found = session.scalars(select(Device).where(Device.id.in_(device_ids)))
    return {one.id: one for one in found}
