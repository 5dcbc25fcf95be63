"""Who may do what. Plain values, no database, no web."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tracker.errors import NotAllowed
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

_RANK = [Role.VOLUNTEER, Role.QUALITY, Role.COORDINATOR, Role.ADMIN]


class ActorKind(enum.StrEnum):
    """What stands behind an entry of the history."""

    USER = "user"
    TOKEN = "token"
    LINK = "link"  # a private link: a donor, a request followed without login
    SYSTEM = "system"  # a command, the demo


@dataclass(frozen=True)
class Actor:
    """Who does it: ids and role only, so that history never holds a name.

    `user_id` is the person, through whatever door she came; `token_id` the API token if that was the door.
    """

    role: Role
    user_id: int | None = None
    association_id: int | None = None
    site_id: int = 1
    kind: ActorKind = ActorKind.USER
    token_id: int | None = None

    def may(self, permission: Permission) -> bool:
        return permission is Permission.PUBLIC or permission in GRANTED[self.role]

    def is_at_least(self, role: Role) -> bool:
        """Whether the actor's role includes `role`. An association's never does."""
        if self.role is Role.ASSOCIATION or role is Role.ASSOCIATION:
            return self.role is role
        return _RANK.index(self.role) >= _RANK.index(role)

    def must(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless the actor holds `permission`."""
        if not self.may(permission):
            raise NotAllowed(N_("Your role does not allow this. Ask a coordinator."))


SYSTEM = Actor(role=Role.ADMIN, kind=ActorKind.SYSTEM)
