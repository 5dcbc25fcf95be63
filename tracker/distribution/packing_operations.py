"""Packing a device: its accessories ticked one by one, then prepared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Action, Fact
from tracker.devices.models import Accessory, Device
from tracker.devices.operations import advance, tell
from tracker.devices.rules import DEMANDED, Accessories
from tracker.errors import Malformed
from tracker.history.models import HistoryEntry
from tracker.i18n import N_


def prepare(device: Device, packed: Collection[Accessories], by: Actor) -> HistoryEntry:
    """Say what is packed with a reserved device, and call it prepared. Raises `Unproven` where one is missing."""
    by.must(Permission.WORK)
    device = devices.locked(device.id)
    pack(device, packed, by)
    return advance(device, Action.PREPARE, by)


def pack(device: Device, packed: Collection[Accessories], by: Actor) -> None:
    """Exactly these are packed: what is ticked is in the person's hand, so it is on record from now on."""
    wanted = {one.value for one in packed}
    rows = {row.kind: row for row in _rows(device)}
    added = sorted(kind for kind in wanted if kind not in rows or rows[kind].packed_at is None)
    removed = sorted(kind for kind, row in rows.items() if row.packed_at is not None and kind not in wanted)
    if not added and not removed:
        return
    for kind in added:
        row = rows.get(kind) or Accessory(device_id=device.id, kind=kind)
        row.packed_at, row.packed_by = clock.now(), by.user_id
        session.add(row)
    for kind in removed:
        rows[kind].packed_at, rows[kind].packed_by = None, None
    session.flush()
    session.expire(device, ["accessories"])
    tell(device, "pack", by, {"packed": added, "unpacked": removed})


def pack_demanded(device: Device, by: Actor) -> None:
    """What the type demands is packed, and whatever else is packed stays so."""
    already = {Accessories(row.kind) for row in _rows(device) if row.packed_at is not None}
    pack(device, already | DEMANDED[device.type], by)


def unpack(device: Device) -> None:
    """The device came back without its parcel: what is with it now is to be looked at anew."""
    for row in _rows(device):
        row.packed_at, row.packed_by = None, None
    session.flush()
    session.expire(device, ["accessories"])


def _rows(device: Device) -> list[Accessory]:
    return list(session.scalars(select(Accessory).where(Accessory.device_id == device.id)).all())


@registry.performs(Action.PREPARE, vouches_for=frozenset({Fact.ACCESSORIES_PRESENT}))
def prepare_as_asked(device: Device, by: Actor, values: Mapping[str, Any]) -> HistoryEntry:
    """From a scan, a page or the API. `values["accessories"]` lists what is packed.

    Without that list, the person's word that the device is prepared says that what its type demands is packed: the
    allocation label names it, and the scan comes after the packing. The entry keeps who said so.
    """
    listed = values.get("accessories")
    if listed is None:
        device = devices.locked(device.id)
        pack_demanded(device, by)
        return advance(device, Action.PREPARE, by)
    return prepare(device, read_accessories(listed), by)


def read_accessories(listed: Any) -> set[Accessories]:
    """Kinds of accessories from a form or from JSON. Raises `Malformed`."""
    given = [listed] if isinstance(listed, str) else listed
    if not isinstance(given, list | tuple | set | frozenset):
        raise Malformed(N_("Accessories come as a list."), field="accessories")
    try:
        return {Accessories(one) for one in given}
    except ValueError as error:
        raise Malformed(
            N_("An accessory here is not known. Possible: %(known)s."),
            field="accessories",
            known=", ".join(Accessories),
        ) from error
