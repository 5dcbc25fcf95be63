"""Who may do what. Plain values, no database, no web."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import timedelta

from tracker.errors import Malformed, NotAllowed
from tracker.i18n import N_


class Role(enum.StrEnum):
    """volunteer ⊂ quality ⊂ coordinator ⊂ admin; an association's referrer stands apart."""

    VOLUNTEER = "volunteer"
    QUALITY = "quality"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    ASSOCIATION = "association"


ROLE_NAMES = {
    Role.VOLUNTEER: N_("Volunteer"),
    Role.QUALITY: N_("Quality checker"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMIN: N_("Administrator"),
    Role.ASSOCIATION: N_("Association"),
}


class Ground(enum.StrEnum):
    """Why an association may receive computers that public bodies give.

    Code général de la propriété des personnes publiques, article L3212-2, 2° and 3°, which L3212-3 extends to local
    authorities. What comes under 2° may never be sold, at no price.
    """

    NOT_RECORDED = "not_recorded"
    PUBLIC_UTILITY = "public_utility"  # 3°
    ASSISTANCE = "assistance"  # 2°, with article 238 bis, 1 b of the Code général des impôts
    SCHOOL_AND_STUDENTS = "school_and_students"  # 3°
    REUSE_BODY = "reuse_body"  # 3°
    NONE = "none"


GROUND_NAMES = {
    Ground.NOT_RECORDED: N_("Not recorded yet"),
    Ground.PUBLIC_UTILITY: N_("Association of recognised public utility (CG3P L3212-2, 3°)"),
    Ground.ASSISTANCE: N_(
        "Association or foundation devoted to works of assistance (CG3P L3212-2, 2°): never resold"
    ),
    Ground.SCHOOL_AND_STUDENTS: N_("Parents’, school support or students’ association (CG3P L3212-2, 3°)"),
    Ground.REUSE_BODY: N_("Reuse body approved as a solidarity enterprise, ESUS (CG3P L3212-2, 3°)"),
    Ground.NONE: N_("None of these: only gifts of companies and persons"),
}
# Grounds on which gifts of public bodies may be passed on, and those of them that forbid any price.
PUBLIC_GIFT_GROUNDS = frozenset(
    {Ground.PUBLIC_UTILITY, Ground.ASSISTANCE, Ground.SCHOOL_AND_STUDENTS, Ground.REUSE_BODY}
)
NEVER_SOLD_GROUNDS = frozenset({Ground.ASSISTANCE})


class LinkPurpose(enum.StrEnum):
    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a purpose)


class Permission(enum.StrEnum):
    """What a route or an operation asks for. Every route declares exactly one."""

    PUBLIC = "public"  # anyone, or the holder of a private link
    SIGNED_IN = "signed_in"
    SEE_WORKSHOP = "see_workshop"  # devices, collections, wiping, stock: everyone in the workshop
    WORK = "work"  # move devices, upload reports, print labels
    CHECK_QUALITY = "check_quality"
    COORDINATE = "coordinate"  # donors, requests of all, handovers, figures
    MANAGE_USERS = "manage_users"
    ADMINISTER = "administer"
    ASK = "ask"  # make and follow equipment requests
    SEE_REPORTS = "see_reports"


_WORKSHOP = {Permission.SIGNED_IN, Permission.SEE_WORKSHOP, Permission.WORK, Permission.SEE_REPORTS}
_QUALITY = _WORKSHOP | {Permission.CHECK_QUALITY}
_COORDINATOR = _QUALITY | {Permission.COORDINATE, Permission.MANAGE_USERS, Permission.ASK}

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.VOLUNTEER: frozenset(_WORKSHOP),
    Role.QUALITY: frozenset(_QUALITY),
    Role.COORDINATOR: frozenset(_COORDINATOR),
    Role.ADMIN: frozenset(_COORDINATOR | {Permission.ADMINISTER}),
    Role.ASSOCIATION: frozenset({Permission.SIGNED_IN, Permission.ASK}),
}

_RANK = {role: rank for rank, role in enumerate([Role.VOLUNTEER, Role.QUALITY, Role.COORDINATOR, Role.ADMIN])}


class ActorKind(enum.StrEnum):
    """What stands behind an entry of the history."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 (a kind)
    LINK = "link"  # a private link: a donor, a request followed without login
    STATION = "station"  # a wiping station, by its signature; its id stands in `token_id`
    SYSTEM = "system"  # a command, the demo


@dataclass(frozen=True)
class Actor:
    """Who does it: ids and role only, so that history never holds a name.

    `user_id` is the person, through whatever door she came; `token_id` the API token if that was the door; `bench_id`
    the shared bench, where `proven` says that she typed her PIN and has not only shown a badge.
    """

    role: Role
    user_id: int | None = None
    association_id: int | None = None
    site_id: int = 1
    kind: ActorKind = ActorKind.USER
    token_id: int | None = None
    bench_id: int | None = None
    proven: bool = True

    def may(self, permission: Permission) -> bool:
        return permission is Permission.PUBLIC or permission in GRANTED[self.role]

    def is_at_least(self, role: Role) -> bool:
        """Whether the actor's role includes `role`. An association's never does."""
        if self.role is Role.ASSOCIATION or role is Role.ASSOCIATION:
            return self.role is role
        return _RANK[self.role] >= _RANK[role]

    def must(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless the actor holds `permission`."""
        if not self.may(permission):
            raise NotAllowed(N_("Your role does not allow this. Ask a coordinator."))


SYSTEM = Actor(role=Role.ADMIN, kind=ActorKind.SYSTEM)

PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 200  # a hash costs time with the length of what is hashed
LINK_LIFE = {LinkPurpose.INVITATION: timedelta(hours=72), LinkPurpose.NEW_PASSWORD: timedelta(hours=24)}
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"]+@[^@\s\x00-\x1f<>\".]+(\.[^@\s\x00-\x1f<>\".]+)*")


def normal_email(text: str) -> str:
    """The address as it is kept and compared: no spaces, no capitals. Raises `Malformed`."""
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise Malformed(
            N_("“%(email)s” is not an e-mail address: write it as name@example.org."),
            field="email",
            email=text[:80],
        )
    return email


def forgotten_email(user_id: int) -> str:
    """What stands in the place of a forgotten person's address. Nobody can receive there (RFC 2606: `invalid`)."""
    return f"forgotten-{user_id}@invalid"


def check_password(password: str, email: str) -> None:
    """Raise `Malformed` unless the password is long and is not the e-mail address (CNIL, NIST SP 800-63B)."""
    if len(password) < PASSWORD_LENGTH:
        raise Malformed(
            N_("The password needs at least %(length)s characters: a short sentence is easy to remember."),
            field="password",
            length=PASSWORD_LENGTH,
        )
    if len(password) > PASSWORD_LONGEST:
        raise Malformed(
            N_("The password is too long: %(length)s characters at most."),
            field="password",
            length=PASSWORD_LONGEST,
        )
    if password.lower() in (email, email.split("@", 1)[0]) or len(set(password)) < 5:
        raise Malformed(N_("This password is too easy to guess: choose a short sentence."), field="password")


def may_grant(giver: Actor, role: Role) -> bool:
    """Nobody gives a role above her own. An association's role is given by whoever manages users."""
    if not giver.may(Permission.MANAGE_USERS):
        return False
    return role is Role.ASSOCIATION or giver.is_at_least(role)
