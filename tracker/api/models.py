"""What the interface remembers by itself: calls that carried a key, so that one sent twice is done once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base


class KeyedCall(Base):
    """A call with an `Idempotency-Key`. While it runs it has no code; once done, its answer to be given again.

    `key` and `fingerprint` are hashes (of token and key; of address and body under the key): what was sent is not in
    them. `run` is drawn by whoever carries the call out. `body` is erased before its time when a person asks to be
    forgotten.
    """

    __tablename__ = "keyed_calls"
    __table_args__: Any = {}

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    run: Mapped[str] = mapped_column(String(32))
    begun_at: Mapped[datetime] = mapped_column(index=True)
    http_code: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
