"""A drive, or a whole device, is destroyed: one person declares it, another one confirms it, with a photo or a slip."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import note_rules
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import destruction_queries, drive_queries, hardware_operations
from tracker.wiping.drive_history_operations import tell
from tracker.wiping.models import DestructionPhoto, Drive, StorageDeclaration
from tracker.wiping.wipe_operations import mark_failures


def add_evidence(row: StorageDeclaration, slip: str | None, photo: bytes | None) -> None:
    """Keep the number of the slip and the photo (a JPEG of `web.photos`) beside a declared destruction."""
    number = " ".join((slip or "").split())
    if number:
        row.slip = number[:60]
    if photo is not None:
        kept = session.get(DestructionPhoto, row.id)
        digest = hashlib.sha256(photo).hexdigest()
        if kept is None:
            session.add(DestructionPhoto(declaration_id=row.id, content=photo, sha256=digest))
        else:
            kept.content, kept.sha256 = photo, digest
    session.flush()


def confirm(declaration_id: int, by: Actor, *, slip: str | None = None, photo: bytes | None = None) -> None:
    """A second person saw that it is destroyed: from now on its data is gone.

    Refused to whoever declared it, without a photo or a slip, and where the drive was seen since.
    """
    row = _open(declaration_id, by)
    if row.declared_by == by.user_id:
        raise NotAllowed(
            N_("You declared this destruction: someone else must look at what is left and confirm it.")
        )
    add_evidence(row, slip, photo)
    if row.slip is None and not destruction_queries.has_photo(row.id):
        raise Malformed(
            N_("Add a photo of the destroyed drive or the number of the destruction slip."), field="slip"
        )
    _must_not_be_seen_since(row)
    row.confirmed_at, row.confirmed_by = clock.now(), by.user_id
    device = session.get_one(Device, row.device_id)
    _told(row, device, "destruction_confirmed", by)
    if row.drive_id is not None:
        _end(session.get_one(Drive, row.drive_id), row, by)
    mark_failures(device, by)


def refuse(declaration_id: int, by: Actor, note: str) -> None:
    """It is not destroyed, or cannot be shown: the drive keeps its duty. Also for whoever declared it by mistake."""
    row = _open(declaration_id, by)
    note_rules.must_say_something(note, N_("Say in a few words what you saw."))
    row.refused_at, row.refused_by = clock.now(), by.user_id
    _told(row, session.get_one(Device, row.device_id), "destruction_refused", by, note)


def _open(declaration_id: int, by: Actor) -> StorageDeclaration:
    by.must(Permission.WORK)
    if by.user_id is None:
        raise NotAllowed(N_("A destruction is confirmed by a named person: sign in to do it."))
    row = destruction_queries.declaration(declaration_id)
    # The device before the declaration, as everywhere: two people at two benches then wait in one order.
    devices.locked(row.device_id)
    held = select(StorageDeclaration).where(StorageDeclaration.id == row.id).with_for_update()
    session.scalars(held.execution_options(populate_existing=True)).one()
    if row.confirmed_at is not None:
        raise RuleBroken(N_("This destruction is confirmed already."))
    if row.refused_at is not None:
        raise RuleBroken(
            N_("Someone said that this is not destroyed: if it is now, declare its destruction again.")
        )
    return row


def _must_not_be_seen_since(row: StorageDeclaration) -> None:
    """A report that shows it later than the declaration is stronger than any word, and a device that came back since
    may hold another drive."""
    device = session.get_one(Device, row.device_id)
    again = device.arrived_at is not None and device.arrived_at > row.declared_at
    if row.drive_id is not None:
        drive_queries.lock([session.get_one(Drive, row.drive_id)])
        again = any(one.last_seen_at > row.declared_at for one in drive_queries.sightings_of(row.drive_id))
    if again:
        raise RuleBroken(
            N_(
                "It was seen again after its destruction was declared: look where it is, then declare it again."
            )
        )


def _end(drive: Drive, row: StorageDeclaration, by: Actor) -> None:
    drive.destroyed_at = row.declared_at
    drive.place_code = drive.placed_at = None
    session.flush()
    homes = drive_queries.homes([drive.id])
    for home in homes:
        mark_failures(home, by)
    hardware_operations.settle([home.id for home in homes], by)


def _told(row: StorageDeclaration, device: Device, action: str, by: Actor, note: str | None = None) -> None:
    """The same in the device's history and in the drive's own."""
    drive = session.get(Drive, row.drive_id) if row.drive_id is not None else None
    facts = {"declaration": row.id, "declared_by": row.declared_by, "slip": row.slip,
             "photo": destruction_queries.photo_hash(row.id)}  # fmt: skip
    history.append(
        subject=(Subject.DEVICE, device.id),
        action=action,
        by=by,
        site_id=device.site_id,
        facts={**facts, "drive": drive.id if drive else None, "serial": drive.serial if drive else None},
        note=note,
    )
    if drive is not None:
        tell(drive, action, by, facts, device=device, note=note)
