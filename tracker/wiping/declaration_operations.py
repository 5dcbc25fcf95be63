"""What a named person declares about a device's storage where no report can prove it."""

from __future__ import annotations

from tracker.accounts.rules import Actor, Permission, Role
from tracker.database import session
from tracker.devices import codes, particulars
from tracker.devices.lifecycle import Flag
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, WITHOUT_STORAGE
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import note_rules
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import (
    destruction_operations,
    drive_operations,
    drive_place_operations,
    drive_queries,
    hardware_operations,
    queries,
    rules,
    type_queries,
)
from tracker.wiping.drive_history_operations import tell
from tracker.wiping.home_queries import CLOSED
from tracker.wiping.models import Drive, StorageDeclaration
from tracker.wiping.rules import DeclarationKind
from tracker.wiping.wipe_operations import mark_failures

OF_A_DRIVE = (DeclarationKind.DESTROYED, DeclarationKind.REMOVED)
OF_A_PHONE = (DeclarationKind.FACTORY_RESET, DeclarationKind.LOCK_FREE, DeclarationKind.LOCK_FOUND)


def declare(
    device: Device,
    kind: DeclarationKind,
    by: Actor,
    reason: str,
    *,
    serial: str | None = None,
    drive_id: int | None = None,
    lock_checked: bool = False,
    slip: str | None = None,
    photo: bytes | None = None,
    place: str | None = None,
) -> StorageDeclaration:
    """Record a person's word about a device's storage, with her reason.

    `destroyed` and `removed` are about one drive, named by `serial` or `drive_id`; a device with one drive that is
    not done needs neither. `no_storage` is refused while a drive is on record. `factory_reset` needs `lock_checked`.
    A destruction counts once another person confirms it (`destruction_operations`), with `slip`, the number of the
    destruction slip, or `photo`, a JPEG of `web.photos`. `place`: the code of the box that a removed drive lies in.
    """
    _must_be_the_word_of(by, reason)
    _must_make_sense(device, kind, lock_checked)
    _must_be_someone_else(device, kind, by)
    drive = _drive_meant(device, kind, serial, drive_id) if kind in OF_A_DRIVE else None
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
    session.flush()
    if kind is DeclarationKind.DESTROYED:
        destruction_operations.add_evidence(row, slip, photo)
    if drive is not None:
        _apply(device, drive, entry, by, place)
    if kind in OF_A_PHONE:
        change = particulars.raise_flag if kind is DeclarationKind.LOCK_FOUND else particulars.clear_flag
        change(device, Flag.ACCOUNT_LOCKED, by)
    mark_failures(device, by)
    return row


def _must_be_the_word_of(by: Actor, reason: str) -> None:
    by.must(Permission.WORK)
    if by.user_id is None:
        raise NotAllowed(N_("A declaration needs a named person: sign in to make it."))
    note_rules.must_say_something(
        reason,
        N_("Say in a few words what you saw or did: it stands behind the certificate."),
        field="reason",
    )


def _must_be_someone_else(device: Device, kind: DeclarationKind, by: Actor) -> None:
    """What one person has said of a device, another pair of eyes takes back."""
    if kind is DeclarationKind.NO_STORAGE and type_queries.retyped_by(device, by):
        raise RuleBroken(
            N_(
                "You changed the type of this device, which was a phone or a tablet: another person must declare that "
                "no storage is fitted."
            )
        )
    locked = kind is DeclarationKind.LOCK_FREE and particulars.open_flag(device, Flag.ACCOUNT_LOCKED)
    if locked and not by.is_at_least(Role.QUALITY):
        raise NotAllowed(
            N_(
                "This device is marked “account locked”: only a quality checker or a coordinator says that it is not."
            )
        )


def _must_make_sense(device: Device, kind: DeclarationKind, lock_checked: bool) -> None:
    if device.stage in CLOSED:
        raise RuleBroken(N_("This device has left: record its return first."))
    if device.type in WITHOUT_STORAGE and kind not in OF_A_DRIVE:
        raise RuleBroken(N_("This kind of device has no storage: there is nothing to declare."))
    if kind is DeclarationKind.NO_STORAGE and device.type in FACTORY_RESET:
        raise RuleBroken(N_("A phone or tablet always has storage: reset it, and declare the factory reset."))
    if kind is DeclarationKind.NO_STORAGE and any(
        state.end is None for state in queries.drive_states(device)
    ):
        raise RuleBroken(
            N_("A drive is on record for this device: declare that drive removed or destroyed instead.")
        )
    if kind in OF_A_PHONE and device.type not in FACTORY_RESET:
        raise RuleBroken(
            N_("A factory reset counts for phones and tablets only: wipe the drives of this device.")
            if kind is DeclarationKind.FACTORY_RESET
            else N_(
                "This question is asked of phones and tablets only: mark the device “account locked” instead."
            )
        )
    if kind is DeclarationKind.FACTORY_RESET and not lock_checked:
        raise Malformed(
            N_("Check that no account lock remains (iCloud, Google), then tick the box."),
            field="lock_checked",
        )


def _drive_meant(
    device: Device, kind: DeclarationKind, serial: str | None, drive_id: int | None
) -> Drive | None:
    """The drive of this device that is meant. None: the device as a whole was destroyed, no drive of it ever seen."""
    states = queries.drive_states(device)
    typed = (serial or "").strip()
    if drive_id is not None:
        found = next((state.drive for state in states if state.drive.id == drive_id), None)
        if found is None:
            raise Malformed(
                N_("This drive is not on record for this device. Choose one of its drives."), field="serial"
            )
        return found
    if typed:
        return _by_serial(device, kind, typed, [state.drive for state in states])
    left = [state.drive for state in states if state.end is None] or [state.drive for state in states]
    if len(left) == 1:
        return left[0]
    if not left and kind is DeclarationKind.DESTROYED:
        return None
    raise Malformed(N_("Say which drive: choose it, or give its serial number."), field="serial")


def _by_serial(device: Device, kind: DeclarationKind, typed: str, seen: list[Drive]) -> Drive:
    """A drive by its serial number, verbatim or usable; one that no report ever showed is put on record."""
    key = rules.usable_serial(typed)
    meant = [one for one in seen if (key and one.serial_key == key) or (one.serial or "").strip() == typed]
    if meant:
        return meant[0]
    if key is None:
        raise Malformed(
            N_("“%(serial)s” does not tell one drive from another. Read its serial number on the drive."),
            field="serial",
            serial=typed[:60],
        )
    known = drive_queries.drive_by_key(key)
    elsewhere = drive_queries.homes([known.id]) if known else ()
    if elsewhere and kind is DeclarationKind.DESTROYED:
        raise RuleBroken(
            N_("This drive is on record for %(code)s: declare it destroyed there."),
            code=codes.shown(elsewhere[0].code),
        )
    return known or drive_operations.make(typed, key)


def _apply(device: Device, drive: Drive, entry: HistoryEntry, by: Actor, place: str | None) -> None:
    """What a declaration does to its drive. One that is declared destroyed keeps its duty until that is confirmed."""
    sighting = drive_queries.sighting(device.id, drive.id) or drive_operations.sight(device, drive, entry.at)
    if entry.action == f"declare_{DeclarationKind.REMOVED}":
        sighting.removed_at = entry.at
        drive_place_operations.lay(drive, place, entry.at)
    session.flush()
    told = {"place": drive.place_code} if drive.place_code else {}
    tell(drive, entry.action, by, told, device=device)
    hardware_operations.settle([device.id], by)
