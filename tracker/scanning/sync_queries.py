"""What came of scans that were made without network and waits for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome
from tracker.web.pagination import Key, Page, page_of

MOST_SHOWN = 100
SHOWN = 30  # on one page, of what stands in a line for itself
_VERDICTS = [Outcome.REFUSED, Outcome.CONFLICT]
# As the partial index has it, its verdicts written out: SQLite does not see that a bound one is in it, and then reads
# every scan there ever was. A mere look that was answered with a notice asks nothing of anybody.
OPEN = (
    Scan.client.is_not(None),
    Scan.dismissed_at.is_(None),
    Scan.verdict.in_(bindparam("open_verdicts", _VERDICTS, expanding=True, literal_execute=True)),
    or_(Scan.action.is_not(None), Scan.batch_id.is_not(None)),
)
# Sorted, not walked: in the order of the primary key a database would read every scan to find the few that are open.
_IN_ORDER: Any = Scan.id + 0


@dataclass(frozen=True)
class Trouble:
    """What waits for a person: the last scan of its kind, its device, and how often the same was asked of it."""

    scan: Scan
    device: Device | None
    times: int = 1


def troubles(site_id: int, limit: int = MOST_SHOWN) -> list[tuple[Scan, Device | None]]:
    """Refused and overtaken scans of phones that nobody has dealt with, the oldest first, each with its device."""
    found = select(Scan, Device).outerjoin(Device, Device.id == Scan.device_id)
    chosen = found.where(*OPEN, Scan.site_id == site_id).order_by(_IN_ORDER).limit(limit)
    return [(scan, device) for scan, device in session.execute(chosen)]


def count_troubles(site_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Scan).where(*OPEN, Scan.site_id == site_id)) or 0


def page(site_id: int, cursor: str | None = None, limit: int = SHOWN) -> Page:
    """A page of them as `Trouble`: on it the same thing asked of the same device stands once, where it stood last."""
    found: Any = select(Scan, Device).outerjoin(Device, Device.id == Scan.device_id)
    rows = page_of(found.where(*OPEN, Scan.site_id == site_id), [Key(_IN_ORDER)], cursor, limit)
    return Page(_each_once((row[0], row[1]) for row in rows.items), rows.next_cursor, rows.previous_cursor)


def _each_once(rows: Iterable[tuple[Scan, Device | None]]) -> list[Trouble]:
    once: dict[object, Trouble] = {}
    for scan, device in rows:
        kind = (scan.device_id or scan.code or scan.raw, scan.action, scan.verdict)
        before = once.pop(kind, None)
        once[kind] = Trouble(scan, device, before.times + 1 if before else 1)
    return list(once.values())


def like(scan: Scan) -> list[Scan]:
    """The scans that stand in one line with this one: those up to it that asked the same of the same and wait too."""
    same = (Scan.device_id == scan.device_id) if scan.device_id else Scan.device_id.is_(None)
    asked = Scan.action == scan.action if scan.action else Scan.action.is_(None)
    chosen = select(Scan).where(
        *OPEN, same, asked, Scan.site_id == scan.site_id, Scan.id <= scan.id, Scan.verdict == scan.verdict
    )
    found = session.scalars(chosen.order_by(Scan.id))
    return [one for one in found if (one.code or one.raw) == (scan.code or scan.raw) or scan.device_id]


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
