"""What the web floor remembers by itself: forms already sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base


class Submission(Base):
    """A form that was sent, by the token drawn with it: sent twice, it is done once."""

    __tablename__ = "submissions"
    __table_args__: Any = {}

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
