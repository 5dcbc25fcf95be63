"""The columns of what comes by a secret of its own through a one-time code, whatever it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column


class Enrolled:
    """Part of a table. The secret is kept nowhere: it is derived from the key file, the row's id and `nonce`."""

    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime | None]
    # Hash of the mark that came with the code: the same sender may ask again when the answer was lost.
    mark_hash: Mapped[str | None] = mapped_column(String(64))
    nonce: Mapped[str | None] = mapped_column(String(64))
    enrolled_at: Mapped[datetime | None]
    last_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
