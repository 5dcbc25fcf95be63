"""What a drive's own history says: it goes on through devices, boxes and the shredder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.accounts.rules import Actor
from tracker.devices.models import Device
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.wiping.models import Drive


def tell(
    drive: Drive,
    action: str,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    *,
    device: Device | None = None,
    note: str | None = None,
) -> HistoryEntry:
    """One entry about the drive, one of `drive_wording_rules.TOLD`; `device`: the one in which it happened."""
    return history.append(
        subject=(Subject.DRIVE, drive.id),
        action=action,
        by=by,
        site_id=device.site_id if device else None,
        facts={**_of(device), **(facts or {})},
        note=note,
    )


def seen_line(drive: Drive, device: Device) -> history.Line:
    """What is told when a report first shows a drive in a device, or again after it was taken out."""
    return history.Line(
        subject=(Subject.DRIVE, drive.id), action="drive_seen", site_id=device.site_id, facts=_of(device)
    )


def _of(device: Device | None) -> dict[str, Any]:
    return {"device": device.id, "code": device.code} if device else {}
