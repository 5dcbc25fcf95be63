"""A box that is carried elsewhere, with all that is in it."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.stock import operations
from tracker.stock.models import Location, Placement
from tracker.stock.rules import DEEPEST


def carry(box: Location, into: Location, by: Actor) -> int:
    """Put a box (or a shelf) into another place; how many devices went along. Each of them says so in its history, in a
    number of statements that does not grow with them."""
    before = box.parent.code if box.parent else None
    if operations.edit_location(box, by, name=box.name, parent=into) is None:
        return 0
    facts = {"location": box.code, "from": before, "to": into.code}
    along = _devices_in(box)
    history.append_many(
        [history.Line((Subject.DEVICE, one), "carry", box.site_id, facts) for one in along], by
    )
    return len(along)


def _devices_in(box: Location) -> list[int]:
    around = [box.id]
    inside = list(around)
    for _ in range(DEEPEST):
        around = list(session.scalars(select(Location.id).where(Location.parent_id.in_(around))))
        if not around:
            break
        inside += around
    chosen = select(Placement.device_id).where(Placement.location_id.in_(inside))
    return list(session.scalars(chosen.order_by(Placement.device_id)))
