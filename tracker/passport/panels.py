"""What each domain shows on a device's page, in the order of the journey: one line for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.accounts.rules import Actor
from tracker.allocation import queries as allocation
from tracker.collection import queries as collection
from tracker.devices.models import Device
from tracker.distribution import queries as distribution
from tracker.labelling import queries as labelling
from tracker.reconditioning import queries as reconditioning
from tracker.recycling import queries as recycling
from tracker.stock import queries as stock
from tracker.wiping import panel_queries as wiping

# (template, function). The function gives what the template is shown as `panel`, or None for nothing to show.
PANELS: tuple[tuple[str, Callable[[Device, Actor], dict[str, Any] | None]], ...] = (
    ("wiping/_panel.html", wiping.panel),
    ("reconditioning/_panel.html", reconditioning.panel),
    ("allocation/_panel.html", allocation.panel),
    ("distribution/_panel.html", distribution.panel),
    ("recycling/_panel.html", recycling.panel),
    ("stock/_panel.html", stock.panel),
    ("labelling/_panel.html", labelling.panel),
    ("collection/_panel.html", collection.panel),
)


def panels(device: Device, actor: Actor) -> list[tuple[str, dict[str, Any]]]:
    """(template, what it is shown) of every domain that has something to say about this device."""
    return [(template, shown) for template, offer in PANELS if (shown := offer(device, actor)) is not None]
