"""API tokens at the door: read from the header, found by hash, noted as used at most once a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import bindparam, select, update
from werkzeug.datastructures import Authorization

from tracker.accounts.models import ApiToken, User
from tracker.accounts.rules import Actor, ActorKind
from tracker.accounts.secrets import hash_of
from tracker.clock import now
from tracker.database import read_only, session, transaction
from tracker.prepared import Prepared
from tracker.statements import table_of

USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Bearer:
    actor: Actor
    name: str
    locale: str | None


# Every call asks this: built once, on the tables.
_TOKENS, _USERS = table_of(ApiToken), table_of(User)
_SELECT = Prepared(
    lambda: (
        select(
            _TOKENS.c.id,
            _TOKENS.c.name,
            _TOKENS.c.last_used_at,
            _USERS.c.id.label("user_id"),
            _USERS.c.role,
            _USERS.c.association_id,
            _USERS.c.site_id,
            _USERS.c.locale,
        )
        .join(_USERS, _USERS.c.id == _TOKENS.c.user_id)
        .where(
            _TOKENS.c.token_hash == bindparam("token_hash"), _TOKENS.c.revoked_at.is_(None), _USERS.c.active
        )
    )
)


def bearer(header: Authorization | None) -> Bearer | None:
    """Whose token the header carries, or None."""
    if header is None or header.type != "bearer" or not header.token or len(header.token) > 200:
        return None
    row = _row(hash_of(header.token))
    if row is None:
        return None
    if row.last_used_at is None or now() - row.last_used_at >= USED_EVERY:
        with transaction():
            session.execute(update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now()))
    actor = Actor(row.role, row.user_id, row.association_id, row.site_id, ActorKind.TOKEN, row.id)
    return Bearer(actor, row.name, row.locale)


def _row(token_hash: str) -> Any:
    if request.method in ("GET", "HEAD"):
        read_only()
    return _SELECT.one_or_none(token_hash=token_hash)
