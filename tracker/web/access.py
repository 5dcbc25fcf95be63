"""Each view declares what it asks for; a view that declares nothing is closed to all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])

ATTRIBUTE = "tracker_permission"


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it needs (`tracker.accounts.rules.Permission`). Put it nearest the function."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, permission)
        return view

    return mark


def declared(view: object) -> str | None:
    """What the view declared, or None."""
    return getattr(view, ATTRIBUTE, None)
