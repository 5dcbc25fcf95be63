"""Who there is: users, associations, sites, keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from tracker.accounts.models import ApiToken, Association, OneTimeLink, Site, User
from tracker.accounts.rules import Actor, LinkPurpose, Role
from tracker.accounts.secrets import hash_of
from tracker.clock import now
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_


def user_by_email(email: str) -> User | None:
    """`email` as `rules.normal_email` gives it."""
    return session.execute(select(User).where(User.email == email)).scalar_one_or_none()


def user(user_id: int) -> User:
    found = session.get(User, user_id)
    if found is None:
        raise NotHere(N_("There is no such user."))
    return found


def user_for(by: Actor, user_id: int) -> User:
    """A user the actor may manage: of her own workshop, or anybody for an administrator."""
    found = user(user_id)
    if found.site_id != by.site_id and not by.is_at_least(Role.ADMIN):
        raise NotHere(N_("There is no such user."))
    return found


def users_for(by: Actor) -> Sequence[User]:
    """Everyone of the actor's workshop; an administrator sees all workshops."""
    chosen = select(User).order_by(User.active.desc(), func.lower(User.name), User.id)
    if not by.is_at_least(Role.ADMIN):
        chosen = chosen.where(User.site_id == by.site_id)
    return session.execute(chosen).scalars().all()


def user_names(ids: set[int]) -> dict[int, str]:
    """Names by id, for a page that shows who did what."""
    chosen = select(User.id, User.name).where(User.id.in_(ids))
    return {row.id: row.name for row in session.execute(chosen)} if ids else {}


def associations(*, active_only: bool = False) -> Sequence[Association]:
    chosen = select(Association).order_by(Association.active.desc(), func.lower(Association.name))
    if active_only:
        chosen = chosen.where(Association.active)
    return session.execute(chosen).scalars().all()


def association(association_id: int) -> Association:
    found = session.get(Association, association_id)
    if found is None:
        raise NotHere(N_("There is no such association."))
    return found


def association_by_name(name: str) -> Association | None:
    """The association of this name, whatever the case. SQLite lowers only ASCII: an accented name is also met as it is."""
    wanted = name.strip()
    same = or_(Association.name == wanted, func.lower(Association.name) == wanted.lower())
    return session.execute(select(Association).where(same)).scalars().first()


def site(site_id: int) -> Site:
    found = session.get(Site, site_id)
    if found is None:
        raise NotHere(N_("There is no such workshop."))
    return found


def sites() -> Sequence[Site]:
    return session.execute(select(Site).order_by(Site.id)).scalars().all()


def tokens_of(user_id: int) -> Sequence[ApiToken]:
    chosen = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return session.execute(chosen.order_by(ApiToken.id)).scalars().all()


def live_link(token: str) -> OneTimeLink:
    """The link behind the token, if it still works. Raises `NotHere`, saying what to do."""
    chosen = select(OneTimeLink).where(OneTimeLink.token_hash == hash_of(token))
    found = session.execute(chosen).scalar_one_or_none()
    if found is None or found.used_at or found.expires_at <= now() or not found.user.active:
        raise NotHere(N_("This link has been used or is too old. Ask a coordinator for a new one."))
    return found


def open_invitations(ids: set[int]) -> set[int]:
    """Which of these users have an invitation that still works."""
    chosen = select(OneTimeLink.user_id).where(
        OneTimeLink.user_id.in_(ids),
        OneTimeLink.purpose == LinkPurpose.INVITATION,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now(),
    )
    return set(session.execute(chosen).scalars()) if ids else set()
