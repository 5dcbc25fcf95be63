"""A drive that is in no device lies in a box or on a shelf, until it is wiped, fitted again or destroyed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes, registry
from tracker.errors import Malformed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.i18n import N_
from tracker.wiping import drive_queries
from tracker.wiping.drive_history_operations import tell
from tracker.wiping.models import Drive


def put(drive: Drive, typed: str, by: Actor) -> HistoryEntry | None:
    """Put a drive into a box or on a shelf; None when it lies there already. It keeps its duty to be wiped.

    Refused while it is on record for a device: what lies in a box has to be taken out of it first.
    """
    by.must(Permission.WORK)
    drive_queries.lock([drive])
    if drive.destroyed_at is not None:
        raise RuleBroken(N_("This drive is destroyed: there is nothing left to put anywhere."))
    homes = drive_queries.homes([drive.id])
    if homes:
        raise RuleBroken(
            N_("This drive is on record for %(code)s: declare it taken out of it first."),
            code=codes.shown(homes[0].code),
        )
    before = drive.place_code
    lay(drive, typed, clock.now())
    if drive.place_code == before:
        return None
    return tell(drive, "drive_put", by, {"place": drive.place_code, "from": before})


def lay(drive: Drive, typed: str | None, at: datetime) -> None:
    """Write down where the drive lies, by the code of the place as it was scanned or typed; nothing where nobody says."""
    if not (typed or "").strip():
        drive.place_code = drive.placed_at = None
        return
    code = codes.read(typed or "")
    if isinstance(code, codes.Fault) or code not in registry.place_names([code]):
        raise Malformed(
            N_("No box or shelf in use has the code %(code)s. Scan the label of the place again."),
            field="place",
            code=(typed or "")[:40],
        )
    drive.place_code, drive.placed_at = code, at


@registry.counts_things
def count_in(place_code: str) -> int:
    """How many drives lie in this place."""
    chosen = select(func.count()).select_from(Drive).where(Drive.place_code == place_code)
    return session.scalar(chosen) or 0
