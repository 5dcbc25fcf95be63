"""Recording that a device is wiped: the move, and the certificate with it."""

from __future__ import annotations

from tracker.accounts.rules import Actor
from tracker.devices import operations as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.history.models import HistoryEntry
from tracker.wiping import (
    hardware_operations,
    hardware_word_operations,  # noqa: F401 (registers what follows a correction)
    return_queries,  # noqa: F401 (registers what a return to the donor must prove)
    type_queries,
)
from tracker.wiping.certificate_operations import issue
from tracker.wiping.drive_operations import merge_drives


@registry.performs(Action.FINISH_WIPING)
def finish(device: Device, by: Actor, case: registry.Case) -> HistoryEntry:
    """Move to `wiped` once DATA_GONE is proven, and issue the certificate in the same transaction."""
    entry = devices.advance(device, Action.FINISH_WIPING, by, case=case)
    if not type_queries.is_without_storage(device):
        issue(device, by)
    return entry


registry.merges(merge_drives)
registry.merges(hardware_operations.merge)
