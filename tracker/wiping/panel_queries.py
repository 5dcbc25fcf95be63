"""What the device's page shows of its wiping."""

from __future__ import annotations

from typing import Any

from tracker.accounts.rules import Actor, Permission
from tracker.devices.models import Device
from tracker.wiping import certificate_queries, queries, type_queries


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """Given to `wiping/_panel.html`; None for whoever does not see the workshop."""
    if not actor.may(Permission.SEE_WORKSHOP):
        return None
    proof = queries.data_gone(device)
    return {
        "states": queries.drive_states(device),
        "held": proof.held,
        "missing": proof.missing,
        "by_type": type_queries.is_without_storage(device),
        "certificate": certificate_queries.valid_for(device),
        "may_work": actor.may(Permission.WORK),
    }
