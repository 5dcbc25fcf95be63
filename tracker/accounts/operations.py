"""Everything that changes users: invite, set a password, change a role, disable, give a key."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, update

from tracker.accounts import queries
from tracker.accounts.models import ApiToken, Association, OneTimeLink, SignedInSession, User
from tracker.accounts.passwords import hashed, is_outdated
from tracker.accounts.rules import (
    LINK_LIFE,
    Actor,
    LinkPurpose,
    Permission,
    Role,
    check_password,
    forgotten_email,
    may_grant,
    normal_email,
)
from tracker.accounts.secrets import hash_of, new_key, new_secret
from tracker.clock import now
from tracker.database import session
from tracker.errors import Conflict, Malformed, NotAllowed, NotHere, RuleBroken
from tracker.i18n import N_

Leaver = Callable[[User, Actor], None]
Renewer = Callable[[User], None]
_leavers: list[Leaver] = []
_renewers: list[Renewer] = []


def follows_leaving(leaver: Leaver) -> Leaver:
    """Register what a later floor does, in the same transaction, when somebody may no longer sign in."""
    _leavers.append(leaver)
    return leaver


def follows_new_password(renewer: Renewer) -> Renewer:
    """Register what a later floor does, in the same transaction, when somebody's password is set anew."""
    _renewers.append(renewer)
    return renewer


def add_user(
    email: str,
    role: Role,
    by: Actor,
    *,
    association_name: str | None = None,
    password: str | None = None,
    name: str | None = None,
) -> User:
    """A new user of the actor's workshop; the association is made when missing. Without a password: to be invited."""
    email = normal_email(email)
    _must_grant(by, role)
    if queries.user_by_email(email):
        raise Conflict(N_("%(email)s is already a user. Open the list of users to change it."), email=email)
    if password is not None:
        check_password(password, email)
    added = User(
        email=email,
        name=_given_name(name) or email.split("@", 1)[0],
        role=role,
        site_id=by.site_id,
        association_id=_association_of(role, association_name, by),
        password=None if password is None else hashed(password),
    )
    session.add(added)
    session.flush()
    return added


def _must_grant(by: Actor, role: Role) -> None:
    by.must(Permission.MANAGE_USERS)
    if not may_grant(by, role):
        raise NotAllowed(N_("You cannot give a role above your own. Ask an administrator."))


def _given_name(name: str | None) -> str:
    return " ".join((name or "").split())[:120]


def _association_of(role: Role, name: str | None, by: Actor) -> int | None:
    """An association's user belongs to one, nobody else does."""
    wanted = " ".join((name or "").split())
    if role is not Role.ASSOCIATION:
        if wanted:
            raise Malformed(
                N_("Only the role Association belongs to an association. Leave it empty."),
                field="association",
            )
        return None
    if not wanted:
        raise Malformed(N_("Say which association this person belongs to."), field="association")
    found = queries.association_by_name(wanted)
    if found is None:
        found = Association(name=wanted[:200])
        session.add(found)
        session.flush()
    return found.id


def add_token(user: User, name: str) -> str:
    """A new API key with the user's rights. It is returned once and kept as a hash."""
    if not user.active:
        raise RuleBroken(N_("%(email)s is disabled: enable the user before giving a key."), email=user.email)
    name = " ".join(name.split())[:120]
    if not name:
        raise Malformed(N_("Give the key a name that says what uses it."), field="name")
    key = new_key()
    session.add(ApiToken(user_id=user.id, name=name, token_hash=hash_of(key)))
    session.flush()
    return key


def revoke_token(token_id: int, by: Actor) -> None:
    """The key no longer works. One revokes one's own; an administrator anybody's."""
    found = session.get(ApiToken, token_id)
    if found is None or (found.user_id != by.user_id and not by.may(Permission.ADMINISTER)):
        raise NotHere(N_("There is no such key."))
    found.revoked_at = found.revoked_at or now()
    session.flush()


def note_sign_in(user: User, password: str) -> None:
    """Remember when; renew the hash if the costs have changed since it was made."""
    user.last_login_at = now()
    if user.password and is_outdated(user.password):
        user.password = hashed(password)


def make_link(user: User, purpose: LinkPurpose, by: Actor | None) -> str:
    """A token that sets the password once. Links of the user that were still open are closed."""
    if not user.active:
        raise RuleBroken(
            N_("%(email)s is disabled: enable the user before sending a link."), email=user.email
        )
    if by is not None:
        _must_grant(by, user.role)
    _close_links(user)
    token = new_secret()
    moment = now()
    session.add(
        OneTimeLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=hash_of(token),
            created_at=moment,
            created_by=by.user_id if by else None,
            expires_at=moment + LINK_LIFE[purpose],
        )
    )
    session.flush()
    return token


def _close_links(user: User) -> None:
    still_open = (OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    session.execute(update(OneTimeLink).where(*still_open).values(used_at=now()))


def use_link(token: str, password: str) -> User:
    """Set the password by a one-time link. Every session, key and other link of the user ends; the link is used up."""
    link = queries.live_link(token)
    check_password(password, link.user.email)
    # Conditional, so that of two clicks at once only one wins.
    taken = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise NotHere(N_("This link has been used or is too old. Ask a coordinator for a new one."))
    _set_password(link.user, password)
    return link.user


def change_password(user: User, password: str) -> None:
    """Set a new password; every session, key and open link of the user ends."""
    check_password(password, user.email)
    _set_password(user, password)


def _set_password(user: User, password: str) -> None:
    """Whoever knew the old one is out, by every door: a stolen password may have been used to make a key."""
    user.password = hashed(password)
    end_sessions(user)
    _close_links(user)
    _end_keys(user)
    session.flush()
    for renewer in _renewers:
        renewer(user)


def end_sessions(user: User) -> None:
    session.execute(delete(SignedInSession).where(SignedInSession.user_id == user.id))


def _end_keys(user: User) -> None:
    live = (ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    session.execute(update(ApiToken).where(*live).values(revoked_at=now()))


def change_user(user: User, by: Actor, *, role: Role, name: str, association_name: str | None = None) -> None:
    """Change a user's name, role and association. Neither her present role nor the new one may be above the actor's."""
    _must_grant(by, user.role)
    _must_grant(by, role)
    if user.id == by.user_id and role is not user.role:
        raise RuleBroken(N_("You cannot change your own role. Ask another administrator."))
    association_id = _association_of(role, association_name, by)
    if (role, association_id) != (user.role, user.association_id):
        end_sessions(user)
    user.role, user.association_id = role, association_id
    user.name = _given_name(name) or user.name
    session.flush()


def disable(user: User, by: Actor) -> None:
    """The user can no longer sign in; her sessions, links and keys are dead at once."""
    _must_grant(by, user.role)
    if user.id == by.user_id:
        raise RuleBroken(N_("You cannot disable yourself. Ask another coordinator."))
    user.active = False
    end_sessions(user)
    _close_links(user)
    _end_keys(user)
    session.flush()
    for leaver in _leavers:
        leaver(user, by)


def enable(user: User, by: Actor) -> None:
    """The user may sign in again. Keys stay dead: new ones are given."""
    _must_grant(by, user.role)
    if user.email == forgotten_email(user.id):
        raise RuleBroken(N_("This person was erased on request. Add a new user instead."))
    user.active = True
    session.flush()


def forget(user: User, by: Actor) -> None:
    """Blank what names the user and close every door; the row and its id stay for the history. Cannot be undone."""
    disable(user, by)
    user.email, user.name, user.password = forgotten_email(user.id), "", None
    user.locale, user.last_login_at = None, None
    user.fs_uniquifier = new_secret()
    session.execute(update(ApiToken).where(ApiToken.user_id == user.id).values(name=""))
    session.flush()


def choose_locale(user: User, locale: str) -> None:
    user.locale = locale
    session.flush()
