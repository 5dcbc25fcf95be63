"""Workshops, associations, the people who sign in, and what proves that it is they."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.rules import Ground, LinkPurpose, Role
from tracker.clock import now
from tracker.database import Base, text_enum


class Site(Base):
    """One workshop of the network. `code` is short and stands in document numbers."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str]


class Association(Base):
    """A body that asks for devices for the people it helps. Holds no person's name."""

    __tablename__ = "associations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    ground: Mapped[Ground] = mapped_column(text_enum(Ground), default=Ground.NOT_RECORDED)
    ground_reference: Mapped[str | None]  # the decree, agreement or statute that proves the ground
    rna: Mapped[str | None] = mapped_column(String(10))
    siret: Mapped[str | None] = mapped_column(String(14))
    city: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class User(Base, UserMixin):
    """Someone who signs in. `password` is an argon2id hash, empty until the invitation is used."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), default=1)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    locale: Mapped[str | None] = mapped_column(String(5))
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(32))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]  # Flask-Security forgets the first time
    version: Mapped[int] = mapped_column(default=1)

    association: Mapped[Association | None] = relationship()
    site: Mapped[Site] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security's own roles: none, rights are decided by `Permission`."""
        return []


class SignedInSession(Base):
    """One browser of one user. The cookie holds the id; the row holds its SHA-256 only."""

    __tablename__ = "sessions"
    __table_args__: Any = {}

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base):
    """A key for scripts and partner systems, with the rights of its user. Shown once, kept as SHA-256."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class OneTimeLink(Base):
    """An invitation or a new password, by a link that works once and not for ever."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(text_enum(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class AttemptCount(Base):
    """How often something was tried within a window, shared by all processes."""

    __tablename__ = "attempt_counts"
    __table_args__: Any = {}

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
