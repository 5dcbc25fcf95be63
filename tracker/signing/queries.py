"""Which public keys there are, and which one signs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.signing import rules
from tracker.signing.key_rules import PublishedKey
from tracker.signing.models import SigningKey


def all_keys() -> Sequence[SigningKey]:
    """Every key there ever was, the oldest first."""
    return session.scalars(select(SigningKey).order_by(SigningKey.id)).all()


def in_use() -> SigningKey | None:
    """The key that signs now, as far as the database knows."""
    return session.scalars(
        select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.id.desc())
    ).first()


def by_id(key: str) -> SigningKey:
    """Raises `NotHere`."""
    found = session.scalars(select(SigningKey).where(SigningKey.key == key)).first()
    if found is None:
        raise NotHere(N_("There is no key %(key)s. `tracker keys list` shows all."), key=key)
    return found


def published_keys() -> dict[str, PublishedKey]:
    """Every key by its id, as the rules take it."""
    return {
        row.key: PublishedKey(
            rules.decoded(row.public_key), row.made_at, row.retired_at, row.revoked_at, row.revoked_for
        )
        for row in all_keys()
    }
