"""What a named person declares where no report can prove it, and what she decides on a doubtful report."""

from __future__ import annotations

from tracker import clock
from tracker.accounts.rules import Actor, Permission, Role
from tracker.database import session
from tracker.devices import particulars
from tracker.devices.lifecycle import Flag
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, WITHOUT_STORAGE
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import queries, rules
from tracker.wiping.drive_operations import mark_failures, settle
from tracker.wiping.models import Drive, DriveSighting, StorageDeclaration, Wipe
from tracker.wiping.rules import DeclarationKind, Verdict


def declare(
    device: Device,
    kind: DeclarationKind,
    by: Actor,
    reason: str,
    *,
    serial: str | None = None,
    drive_id: int | None = None,
    lock_checked: bool = False,
) -> StorageDeclaration:
    """Record a person's word about a device's storage, with her reason.

    `destroyed` and `removed` are about one drive, named by `serial` or `drive_id`; a device with one drive needs
    neither. `no_storage` is refused while a drive is on record. `factory_reset` needs `lock_checked`.
    """
    by.must(Permission.WORK)
    if by.user_id is None:
        raise NotAllowed(N_("A declaration needs a named person: sign in to make it."))
    if len(reason.strip()) < 3:
        raise Malformed(
            N_("Say in a few words what you saw or did: it stands behind the certificate."), field="reason"
        )
    drive = _drive_meant(device, kind, serial, drive_id)
    _must_make_sense(device, kind, lock_checked)
    entry = history.append(
        subject=(Subject.DEVICE, device.id),
        action=f"declare_{kind.value}",
        by=by,
        site_id=device.site_id,
        facts={"drive": drive.id, "serial": drive.serial} if drive else {"lock_checked": lock_checked},
        note=reason,
    )
    row = StorageDeclaration(
        device_id=device.id,
        drive_id=drive.id if drive else None,
        kind=kind,
        declared_at=entry.at,
        declared_by=by.user_id,
        lock_checked=lock_checked,
        history_id=entry.id,
    )
    session.add(row)
    if drive is not None:
        _apply(device, drive, row)
    if kind is DeclarationKind.FACTORY_RESET and lock_checked:
        particulars.clear_flag(device, Flag.ACCOUNT_LOCKED, by)
    session.flush()
    mark_failures(device, by)
    return row


def _must_make_sense(device: Device, kind: DeclarationKind, lock_checked: bool) -> None:
    if device.type in WITHOUT_STORAGE:
        raise RuleBroken(N_("This kind of device has no storage: there is nothing to declare."))
    if kind is DeclarationKind.NO_STORAGE and any(
        one.removed_at is None for one in queries.sightings(device.id)
    ):
        raise RuleBroken(
            N_("A drive is on record for this device: declare that drive removed or destroyed instead.")
        )
    if kind is DeclarationKind.NO_STORAGE and device.type in FACTORY_RESET:
        raise RuleBroken(N_("A phone or tablet always has storage: reset it, and declare the factory reset."))
    if kind is DeclarationKind.FACTORY_RESET and device.type not in FACTORY_RESET:
        raise RuleBroken(
            N_("A factory reset counts for phones and tablets only: wipe the drives of this device.")
        )
    if kind is DeclarationKind.FACTORY_RESET and not lock_checked:
        raise Malformed(
            N_("Check that no account lock remains (iCloud, Google), then tick the box."),
            field="lock_checked",
        )


def _drive_meant(
    device: Device, kind: DeclarationKind, serial: str | None, drive_id: int | None
) -> Drive | None:
    if kind in (DeclarationKind.NO_STORAGE, DeclarationKind.FACTORY_RESET):
        return None
    seen = [one.drive for one in queries.sightings(device.id) if one.removed_at is None]
    if not seen and not serial:
        return None  # the device as a whole, of which no drive was ever seen
    wanted = rules.usable_serial(serial)
    meant = [drive for drive in seen if drive.id == drive_id or (wanted and drive.serial_key == wanted)]
    if drive_id is None and not serial and len(seen) == 1:
        meant = seen
    if meant:
        return meant[0]
    if not wanted:
        raise Malformed(N_("Say which drive: choose it, or give its serial number."), field="serial")
    return _unseen(device, serial or "", wanted)


def _unseen(device: Device, serial: str, key: str) -> Drive:
    """A drive that no report ever showed, such as one taken out before the first report."""
    drive = queries.drive_by_key(key) or Drive(serial=serial, serial_key=key)
    session.add(drive)
    session.flush()
    now = clock.now()
    session.add(DriveSighting(device_id=device.id, drive_id=drive.id, first_seen_at=now, last_seen_at=now))
    session.flush()
    return drive


def _apply(device: Device, drive: Drive, row: StorageDeclaration) -> None:
    if row.kind is DeclarationKind.DESTROYED:
        drive.destroyed_at = row.declared_at
    sighting = queries.sighting(device.id, drive.id)
    if row.kind is DeclarationKind.REMOVED and sighting is not None:
        sighting.removed_at = row.declared_at
    session.flush()


def review(wipe: Wipe, accepted: bool, by: Actor, note: str) -> None:
    """A named person decides on an attempt that is `review` or `unverified`. A failed one stays failed.

    Raises `NotAllowed` below quality checker, `RuleBroken` when there is nothing to decide.
    """
    if not by.is_at_least(Role.QUALITY) or by.user_id is None:
        raise NotAllowed(N_("Only a quality checker or a coordinator decides on a doubtful report."))
    if len(note.strip()) < 3:
        raise Malformed(
            N_("Say in a few words how you know which drive this is and that it is wiped."), field="note"
        )
    if wipe.verdict not in (Verdict.REVIEW, Verdict.UNVERIFIED):
        raise RuleBroken(
            N_("This attempt needs no decision: its report is clear. Wipe the drive again if in doubt.")
        )
    if wipe.reviewed_at is not None:
        raise RuleBroken(N_("Someone has decided on this attempt already: look at its history."))
    device = session.get_one(Device, wipe.device_id)
    drive = session.get_one(Drive, wipe.drive_id)
    if device.arrived_at and accepted and wipe.report.received_at < device.arrived_at:
        raise RuleBroken(
            N_("This report came in before the device did: it cannot count. Wipe the drive again.")
        )
    wipe.accepted, wipe.reviewed_at, wipe.reviewed_by = accepted, clock.now(), by.user_id
    if accepted:  # the log's own clock is often what made it doubtful
        wipe.happened_at = max(wipe.happened_at, device.arrived_at or wipe.happened_at)
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="wipe_accepted" if accepted else "wipe_rejected",
        by=by,
        site_id=device.site_id,
        facts={"wipe": wipe.id, "drive": drive.id, "serial": drive.serial},
        note=note,
    )
    settle(wipe, drive, device, by)
    mark_failures(device, by)
