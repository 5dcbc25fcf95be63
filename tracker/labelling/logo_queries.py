"""Which logo labels bear."""

from __future__ import annotations

from sqlalchemy import select

from labels.logo import Logo, unpacked
from tracker.database import session
from tracker.labelling.logo_models import OrganisationLogo


def row_in_force() -> OrganisationLogo | None:
    """The newest one, unless it was removed."""
    newest = session.scalar(select(OrganisationLogo).order_by(OrganisationLogo.id.desc()).limit(1))
    return newest if newest is not None and newest.removed_at is None else None


def in_force() -> Logo | None:
    row = row_in_force()
    return unpacked(row.width, row.height, row.dots) if row else None
