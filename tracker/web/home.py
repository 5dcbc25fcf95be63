"""What waits for the visitor: panels that the domains offer, without the home page knowing them.

    @panel(Permission.WORK, order=20)
    def devices_to_wipe() -> Panel | None: ...

`order` is the place in the journey: 10 collection, 20 wiping, 30 reconditioning, 40 stock, 50 requests, 60 handovers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracker.i18n import Sentence
from tracker.web.visitor import visitor


@dataclass(frozen=True)
class Panel:
    """One thing that waits. `title` and `text` are said in the visitor's language; `count` None hides the figure."""

    title: str | Sentence
    text: str | Sentence
    icon: str
    href: str
    action: str | Sentence
    count: int | None = None


Offer = Callable[[], Panel | None]
_offers: dict[str, tuple[int, str, Offer]] = {}


def panel(permission: str, *, order: int) -> Callable[[Offer], Offer]:
    """Offer a panel to whoever holds `permission`. The function returns None when nothing is worth saying."""

    def keep(offer: Offer) -> Offer:
        _offers[f"{offer.__module__}.{offer.__qualname__}"] = (order, permission, offer)
        return offer

    return keep


def panels() -> list[Panel]:
    """What the visitor is shown, in the order of the journey."""
    offered = sorted(_offers.items(), key=lambda item: (item[1][0], item[0]))
    made = [offer() for _, (_, permission, offer) in offered if visitor().may(permission)]
    return [one for one in made if one is not None]
