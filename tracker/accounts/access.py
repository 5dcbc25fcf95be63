"""The door: who comes in, by a session or a token, and whether the view is open to her. Closed unless declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, Response, current_app, redirect, request, url_for

from tracker.accounts import operations, queries, tokens
from tracker.accounts.rules import ROLE_NAMES, Actor, Permission
from tracker.accounts.sessions import ServerSessions, Unread, Visit
from tracker.database import transaction
from tracker.errors import NotAllowed
from tracker.i18n import N_
from tracker.running import app_context, request_context
from tracker.web import refusals
from tracker.web.access import declared
from tracker.web.addresses import came_from, own_path
from tracker.web.visitor import STRANGER, Visitor, welcome

View = TypeVar("View")
_BY_PASSWORD = "tracker_by_password_only"  # noqa: S105 (a name)


@dataclass(frozen=True)
class Entrance:
    """Who came in by another door than the password's."""

    actor: Actor
    name: str
    locale: str | None


class Door(Protocol):
    """Another way in, offered by a later floor. A session of one's own goes before it."""

    def enter(self) -> Entrance | None:
        """Who this request is of, if somebody came in by this door."""

    def leave(self) -> str | None:
        """Go out; where to, if this door is here."""

    def ask(self, wish: str | None) -> str | None:
        """Where one says who one is at this door, if it is here; `wish` is the page that was asked for."""

    def is_over(self, last_seen_at: datetime) -> bool:
        """Whether a session of one's own has been left alone too long for the place where this door is."""


_doors: list[Door] = []


def open_door(door: Door) -> None:
    _doors.append(door)


def leave() -> str | None:
    """Out of every door; where to go then, if one of them says."""
    return next(filter(None, [door.leave() for door in _doors]), None)


def by_password_only(view: View) -> View:
    """Mark a view that no PIN opens, whatever it declares: what could be turned into lasting access."""
    setattr(view, _BY_PASSWORD, True)
    return view


def prepare(app: Flask) -> None:
    app.session_interface = ServerSessions(app)
    app.before_request(_identify)
    app.before_request(_guard)


def current_actor() -> Actor:
    """Who does it. Raises `NotAllowed` where nobody is signed in (a public view asks `actor_or_none`)."""
    actor = actor_or_none()
    if actor is None:
        raise NotAllowed(N_("This is only for people who have signed in."))
    return actor


def actor_or_none() -> Actor | None:
    actor: Actor | None = app_context.get().g.__dict__.get("actor")
    return actor


def by_token() -> bool:
    """Whether this request must prove itself by a token: sessions open neither the API nor the metrics."""
    path = request_context.get().request.path
    return refusals.is_api(path) or path == "/metrics"


def _identify() -> None:
    running = request_context.get()
    app_context.get().g.actor = None
    welcome(STRANGER)
    if running.request.endpoint == "static":
        return
    if by_token():
        found = tokens.bearer(request.authorization)
        if found:
            enter(found.actor, found.name, found.locale)
        return
    visit = cast("Visit", running.session)
    signed_in = visit.signed_in
    if signed_in and any(door.is_over(signed_in.last_seen_at) for door in _doors):
        visit.clear()  # the row goes when the answer is sent
        visit.signed_in = signed_in = None
    if signed_in:
        actor = Actor(signed_in.role, signed_in.user_id, signed_in.association_id, signed_in.site_id)
        enter(actor, signed_in.name, signed_in.locale)
        return
    found_at = next(filter(None, (door.enter() for door in _doors)), None)
    if found_at:
        enter(found_at.actor, found_at.name, found_at.locale)


def enter(actor: Actor, name: str, locale: str | None) -> None:
    """From here on the request is this person's."""
    app_context.get().g.actor = actor
    welcome(
        Visitor(
            f"user:{actor.user_id}",
            name,
            ROLE_NAMES[actor.role],
            locale,
            may=lambda permission: actor.may(Permission(permission)),
            keep_locale=lambda wish: _keep_locale(actor, wish),
        )
    )


def _keep_locale(actor: Actor, wish: str) -> None:
    with transaction():
        operations.choose_locale(queries.user(actor.user_id or 0), wish)


def permission_of(endpoint: str, method: str) -> str | None:
    """What the view of `endpoint` declares for `method`; None when it declares nothing."""
    view: Any = app_context.get().app.view_functions[endpoint]
    if endpoint == "static" or endpoint.endswith(".static"):
        return Permission.PUBLIC
    found = declared(view)
    if found is None and hasattr(view, "view_class"):
        name = "get" if method == "HEAD" and not hasattr(view.view_class, "head") else method.lower()
        found = declared(getattr(view.view_class, name, None)) or declared(view.view_class)
    return found


def _guard() -> Response | None:
    """Let in, send to /login, or say no. What declares nothing is open to nobody."""
    running = request_context.get()
    endpoint, method = running.request.endpoint, running.request.method
    if endpoint is None or method == "OPTIONS":
        return None
    permission = permission_of(endpoint, method)
    if permission == Permission.PUBLIC:
        return None
    actor = actor_or_none()
    if actor is None and isinstance(running.session, Unread):
        return refusals.say_no(503)  # she may well be signed in: asking her to do it again would be a lie
    if actor is None:
        return _sign_in_first() if permission is not None else refusals.say_no(403)
    if permission is not None and actor.bench_id is not None and not _opens_by_pin(actor, permission):
        return _sign_in_first(by_password=True)
    if permission is None or not actor.may(Permission(permission)):
        return refusals.say_no(403)
    return None


def _opens_by_pin(actor: Actor, permission: str) -> bool:
    """What somebody's rights at a shared bench do not reach may be hers by her password: she is asked for it."""
    view = current_app.view_functions[request.endpoint or ""]
    return actor.may(Permission(permission)) and not getattr(view, _BY_PASSWORD, False)


def _sign_in_first(*, by_password: bool = False) -> Response:
    if by_token():
        unknown = refusals.problem(401, refusals.detail(401))
        unknown.headers["WWW-Authenticate"] = "Bearer"
        return unknown
    wish = own_path(request.full_path.rstrip("?")) if request.method == "GET" else came_from()
    wish = wish if wish != "/" else None
    elsewhere = None if by_password else next(filter(None, (door.ask(wish) for door in _doors)), None)
    target = elsewhere or (url_for("accounts.login", next=wish) if wish else url_for("accounts.login"))
    return current_app.make_response(redirect(target))
