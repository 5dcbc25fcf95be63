"""The policies of each workshop, one row for each change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base


class WipingPolicy(Base):
    """What a workshop decided to accept, in the form of `policy_rules`. Written once; the newest of a site is in force.

    The number is given once over all sites, so that it says which policy is meant wherever it stands.
    """

    __tablename__ = "wiping_policies"
    __table_args__ = (
        Index("ix_wiping_policies_site_number", "site_id", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[int] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime]
    set_by: Mapped[int | None]
