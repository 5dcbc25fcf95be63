"""Helpers: programs in a workshop that fetch what is to be printed there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base
from tracker.printing.helper_rules import HelperStanding


class PrintHelper(Base):
    """One helper. Its secret is kept nowhere: it is derived from the key file, `id` and `nonce`."""

    __tablename__ = "print_helpers"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None]
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None]
    # Hash of the mark that came with the code: the same helper may ask again when the answer was lost.
    mark_hash: Mapped[str | None] = mapped_column(String(64))
    nonce: Mapped[str | None] = mapped_column(String(64))
    enrolled_at: Mapped[datetime | None]
    last_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seen_at: Mapped[datetime | None]
    serves: Mapped[list[Any] | None]  # ids of printers, as it said when it last asked for work
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> HelperStanding:
        if self.revoked_at is not None:
            return HelperStanding.REVOKED
        return HelperStanding.WAITS if self.nonce is None else HelperStanding.ENROLLED
