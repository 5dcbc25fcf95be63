"""Devices that arrived when the fixtures' logs were written, and the logs as they come from a stick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests import make
from tests.wiping.reports import NEW, changed, text
from tracker.accounts.rules import Actor
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.wiping import (
    declaration_operations,
    destruction_operations,
    drive_queries,
    queries,
    report_operations,
    report_queries,
)
from tracker.wiping import operations as wiping  # noqa: F401 (registers what it performs)
from tracker.wiping.models import Drive, StorageDeclaration, Wipe
from tracker.wiping.report_operations import Received
from tracker.wiping.rules import DeclarationKind

# The logs of the fixtures are of 3 to 6 September 2026.
BEFORE_THE_LOGS = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
NEW_SERIAL = "YL-RICO42"
SSD, NVME = "RSS42A0001", "RNV42B0002"


def arrived(serial: str | None = NEW_SERIAL, at: datetime = BEFORE_THE_LOGS, **values: Any) -> Device:
    """A device that came in at that moment."""
    made = make.device(serial=serial, **values)
    with transaction():
        devices.locked(made.id).arrived_at = at
    return made


def upload(
    *files: tuple[str, str | bytes], by: Actor | None = None, device: Device | None = None
) -> list[Received]:
    """These files, sent in one go."""
    contents = [(name, data.encode() if isinstance(data, str) else data) for name, data in files]
    who = by or make.actor()
    with transaction():
        return report_operations.receive(contents, who, device)


def wiped_again(day: str = "10", *, failed: bool = False, log: str | None = None) -> str:
    """The newest fixture's run on another day of September; with `failed` its first drive failed."""
    run = changed(log or text(NEW), ("2026/09/06", f"2026/09/{day}"))
    return changed(run, ("sda | Erased |", "sda |-FAILED-|")) if failed else run


def drive(serial: str) -> Drive:
    """The drive with that serial number, as it stands now."""
    session.expire_all()
    found = drive_queries.drive_by_key(serial)
    assert found is not None, serial
    return found


def ends(device: Device) -> dict[str | None, str | None]:
    """serial → how its data ended, for each drive of the device."""
    session.expire_all()
    return {state.drive.serial: state.end for state in queries.drive_states(device)}


def is_gone(device: Device) -> bool:
    """Whether DATA_GONE is proven."""
    session.expire_all()
    return queries.data_gone(device).held


def missing(device: Device) -> str:
    """What the proof says is missing."""
    session.expire_all()
    return " ".join(str(one) for one in queries.data_gone(device).missing)


def flags(device: Device) -> set[str]:
    session.expire_all()
    return {row.flag.value for row in device.flags}


def attempts(received: Received) -> list[Wipe]:
    return report_queries.wipes_of([received.report.id]).get(received.report.id, [])


def destroyed(device: Device, reason: str = "drilled through", **values: Any) -> StorageDeclaration:
    """A drive of the device declared destroyed by one person and confirmed by another."""
    values.setdefault("slip", "BSD-7")
    who, second = make.actor(), make.actor("quality")
    with transaction():
        row = declaration_operations.declare(device, DeclarationKind.DESTROYED, who, reason, **values)
    with transaction():
        destruction_operations.confirm(row.id, second)
    return row


def move(device: Device, action: Action, by: Actor | None = None, **values: Any) -> None:
    who = by or make.actor("coordinator")
    with transaction():
        moves.perform(devices.locked(device.id), action, who, values)


def an_hour_ago() -> datetime:
    return now() - timedelta(hours=1)
