"""Public keys, for as long as anything they signed may be checked. Private keys are never here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base, text_enum
from tracker.signing.key_rules import KeyLoss


class SigningKey(Base):
    """A public key and when it was in use. Triggers let only its end and its revocation be added."""

    __tablename__ = "signing_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    public_key: Mapped[str] = mapped_column(String(43))  # base64url
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_for: Mapped[KeyLoss | None] = mapped_column(text_enum(KeyLoss))
