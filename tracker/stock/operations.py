"""Places, and devices put into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes, particulars, registry
from tracker.devices.lifecycle import STAGES, Action
from tracker.devices.models import Device
from tracker.devices.operations import tell
from tracker.devices.tags import TagState
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.stock import queries
from tracker.stock.models import Location, Placement
from tracker.stock.rules import CODE_KINDS, DEEPEST, LocationKind


def add_location(
    name: str,
    kind: LocationKind,
    by: Actor,
    *,
    parent: Location | None = None,
    site_id: int | None = None,
) -> Location:
    """A new place with a code of its own, minted for it. `parent`: the place it lies in."""
    by.must(Permission.WORK)
    site = site_id or by.site_id
    _must_be_free(name, site)
    _must_fit(parent, site)
    tag = particulars.mint(CODE_KINDS[kind], state=TagState.ATTACHED)[0]
    location = Location(
        site_id=site, code=tag.code, kind=kind, name=_named(name), parent_id=parent.id if parent else None
    )
    session.add(location)
    session.flush()
    _about(
        location,
        "add_location",
        by,
        {"code": tag.code, "kind": kind.value, "in": parent.code if parent else None},
    )
    return location


def edit_location(
    location: Location, by: Actor, *, name: str, parent: Location | None
) -> HistoryEntry | None:
    """Rename a place, or move it with all that is in it."""
    by.must(Permission.WORK)
    _must_be_free(name, location.site_id, besides=location.id)
    _must_fit(parent, location.site_id, moved=location)
    before = (location.name, location.parent_id)
    location.name, location.parent_id = _named(name), parent.id if parent else None
    if before == (location.name, location.parent_id):
        return None
    session.flush()
    session.expire(location, ["parent"])
    facts = {"name": [before[0], location.name], "in": parent.code if parent else None}
    return _about(location, "edit_location", by, facts)


def close_location(location: Location, by: Actor) -> HistoryEntry | None:
    """Take a place out of use. It must be empty; its code stays known."""
    by.must(Permission.WORK)
    if not location.active:
        return None
    if registry.things_in(location.code):
        raise RuleBroken(
            N_("“%(name)s” still holds drives (%(number)s): put them elsewhere first."),
            name=location.name,
            number=registry.things_in(location.code),
        )
    number = queries.count_in(location)
    if number:
        raise RuleBroken(
            N_("“%(name)s” still holds devices (%(number)s): put them elsewhere first."),
            name=location.name,
            number=number,
        )
    if queries.is_around(location):
        raise RuleBroken(N_("Other places lie in “%(name)s”: move or close them first."), name=location.name)
    location.active = False
    session.flush()
    return _about(location, "close_location", by, {})


def reopen_location(location: Location, by: Actor) -> HistoryEntry | None:
    by.must(Permission.WORK)
    if location.active:
        return None
    location.active = True
    session.flush()
    return _about(location, "reopen_location", by, {})


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= 80:
        raise Malformed(N_("Give the place a name of 1 to 80 letters, as it is written on it."), field="name")
    return plain


def _must_be_free(name: str, site_id: int, *, besides: int | None = None) -> None:
    taken = session.scalars(
        select(Location).where(
            Location.site_id == site_id, Location.name == _named(name), Location.id != (besides or 0)
        )
    ).first()
    if taken is not None:
        raise Conflict(N_("There is a place “%(name)s” already. Choose another name."), name=taken.name)


def _must_fit(parent: Location | None, site_id: int, *, moved: Location | None = None) -> None:
    """A place lies in one of the same workshop, never in itself, and not deeper than a person can follow."""
    around, depth = parent, 0
    while around is not None:
        depth += 1
        if moved is not None and around.id == moved.id:
            raise RuleBroken(N_("“%(name)s” cannot lie in itself."), name=moved.name)
        if around.site_id != site_id or not around.active:
            raise RuleBroken(N_("“%(name)s” is closed, or in another workshop."), name=around.name)
        if depth >= DEEPEST:
            raise RuleBroken(N_("Places lie in one another at most %(number)s deep."), number=DEEPEST)
        around = around.parent


def put(device: Device, location: Location, by: Actor) -> HistoryEntry | None:
    """Put a device into a place; None when it is there already. A place of another workshop takes the device over."""
    by.must(Permission.WORK)
    if device.merged_into_id is not None or device.stage not in queries.KEPT:
        raise RuleBroken(
            N_("%(code)s is “%(stage)s”: it is not in the workshop and cannot be put into a place."),
            code=codes.shown(device.code),
            stage=Sentence(STAGES[device.stage].name),
        )
    if not location.active:
        raise RuleBroken(
            N_("“%(name)s” is closed: choose another place, or open it again."), name=location.name
        )
    row = session.get(Placement, device.id, with_for_update=True)
    if row is not None and row.location_id == location.id:
        return None
    facts: dict[str, Any] = {"location": location.code, "from": row.location.code if row else None}
    if row is None:
        session.add(Placement(device_id=device.id, location_id=location.id))
    else:
        row.location_id, row.since = location.id, clock.now()
    if device.site_id != location.site_id:
        facts["sites"] = [device.site_id, location.site_id]
        device.site_id = location.site_id
    session.flush()
    if row is not None:
        session.expire(row, ["location"])
    return tell(device, "put", by, facts)


@registry.follows(Action.DELIVER, Action.RECYCLE, Action.DECLINE, Action.GIVE_BACK, Action.LOSE)
def leave(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """What has gone out of the door is in no place any more."""
    row = session.get(Placement, device.id, with_for_update=True)
    if row is None:
        return
    code = row.location.code
    session.delete(row)
    session.flush()
    tell(device, "leave_place", by, {"from": code, "with": entry.sequence})


@registry.merges
def merge_places(kept: Device, gone: Device, by: Actor) -> None:
    """The record that is gone leaves its place to the one kept, unless that has one."""
    left = session.get(Placement, gone.id)
    if left is None:
        return
    if session.get(Placement, kept.id) is None:
        session.add(Placement(device_id=kept.id, location_id=left.location_id, since=left.since))
    session.delete(left)
    session.flush()


def _about(location: Location, action: str, by: Actor, facts: Mapping[str, Any]) -> HistoryEntry:
    return history.append(
        subject=(Subject.LOCATION, location.id), action=action, by=by, site_id=location.site_id, facts=facts
    )
