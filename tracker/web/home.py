"""What waits for the visitor: panels that the domains offer, without the home page knowing them.

    @panel(Permission.WORK, order=20)
    def devices_to_wipe() -> Panel | None: ...

`order` is the place in the journey: 10 collection, 20 wiping, 30 reconditioning, 40 stock, 50 requests, 60 handovers.

Whoever comes for one thing only is led to it: a domain may offer a `Lead` in place of the list of panels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True)
class Lead:
    """The top of somebody's home page: what it is called, what it is for, and the template that shows it."""

    title: str
    purpose: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)


Leading = Callable[[], Lead | None]
_leading: list[Leading] = []


def leads(offer: Leading) -> Leading:
    """Offer the top of the home page to those for whom the function returns one."""
    _leading.append(offer)
    return offer


def lead() -> Lead | None:
    """What the visitor's home page begins with; None where the panels say it all."""
    return next((made for made in (offer() for offer in _leading) if made is not None), None)
