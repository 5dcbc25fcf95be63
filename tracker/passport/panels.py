"""What each domain shows on a device's page, in the order of the journey: one line for each."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from tracker.accounts.rules import Actor
from tracker.allocation import panel_queries as allocation
from tracker.collection import queries as collection
from tracker.devices.models import Device
from tracker.distribution import queries as distribution
from tracker.labelling import queries as labelling
from tracker.reconditioning import queries as reconditioning
from tracker.recycling import queries as recycling
from tracker.stock import queries as stock
from tracker.web.shown import weight
from tracker.web.templates import NotPlain, plain
from tracker.wiping import panel_queries as wiping

Texts = dict[str, str]


def _weight(shown: dict[str, Any]) -> Texts:
    return {"weight": weight(shown.pop("weight_g"))}


# Template → what takes out of the panel what nearly every device says otherwise: the template gets it as `own`, and is
# drawn once for all of them.
OWN: dict[str, Callable[[dict[str, Any]], Texts]] = {"collection/_panel.html": _weight}

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


def panels(device: Device, actor: Actor) -> list[tuple[str, dict[str, Any], Texts, Hashable]]:
    """(template, what it is shown, what is this device's own, what it is alike to) of every domain that has something to
    say about this device. The last is None for a panel that speaks of things, such as drives: it is like no other
    device's."""
    found = []
    for template, offer in PANELS:
        shown = offer(device, actor)
        if shown is not None:
            own = OWN[template](shown) if template in OWN else {}
            found.append((template, shown, own, _alike(shown)))
    return found


def _alike(shown: dict[str, Any]) -> Hashable:
    try:
        return plain(shown)
    except NotPlain:
        return None
