"""Helpers: programs in a workshop that fetch what is to be printed there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base
from tracker.printing.helper_rules import HelperStanding
from tracker.signing.enrolment_models import Enrolled


class PrintHelper(Enrolled, Base):
    """One helper. How it comes by its secret, `Enrolled` says."""

    __tablename__ = "print_helpers"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None]
    serves: Mapped[list[Any] | None]  # ids of printers, as it said when it last asked for work
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> HelperStanding:
        if self.revoked_at is not None:
            return HelperStanding.REVOKED
        return HelperStanding.WAITS if self.nonce is None else HelperStanding.ENROLLED
