"""Sessions on the server: the cookie holds a random id, the table its SHA-256, what was signed out is dead.

Before sign-in there is no row: a signed cookie keeps the CSRF token. After it, flashed sentences alone stay in
that cookie, so that reading one writes nothing to the database.
"""

from __future__ import annotations

import json
import logging
import marshal
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from itsdangerous import BadSignature
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from tracker.accounts.models import SignedInSession, User
from tracker.accounts.rules import Role
from tracker.accounts.secrets import hash_of, new_secret
from tracker.clock import now
from tracker.database import read_only, transaction
from tracker.database import session as database
from tracker.prepared import Prepared

log = logging.getLogger(__name__)

IDLE = timedelta(days=3)
LONGEST = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)
FLASHES = "_flashes"
USER = "_user_id"  # Flask-Login's key
COOKIE_ROOM = 3_500  # browsers drop a cookie over 4,096 bytes


@dataclass(frozen=True)
class SignedIn:
    """The row behind the cookie, joined with its user."""

    user_id: int
    role: Role
    association_id: int | None
    site_id: int
    name: str
    locale: str | None
    created_at: datetime
    last_seen_at: datetime


class Visit(CallbackDict[str, Any], SessionMixin):
    """What Flask calls the session. `signed_in` is None for a stranger."""

    def __init__(
        self, data: dict[str, Any], raw_id: str | None = None, signed_in: SignedIn | None = None
    ) -> None:
        def touched(visit: Visit) -> None:
            visit.modified = visit.accessed = True

        super().__init__(data, touched)
        self.raw_id = raw_id
        self.signed_in = signed_in
        self.renewed = False
        self.modified = False
        self.accessed = False
        self.kept = _frozen(self.without_flashes())

    def without_flashes(self) -> dict[str, Any]:
        return {key: value for key, value in self.items() if key != FLASHES}

    def renew(self) -> None:
        """Begin anew under another id, with nothing kept of the session before (session fixation)."""
        flashes = self.get(FLASHES)
        self.clear()
        if flashes:
            self[FLASHES] = flashes
        self["csrf_token"] = secrets.token_hex(20)
        self.renewed = True


class Silent(Visit):
    """The API and our own files know no session: nothing is read, nothing is kept."""


class Unread(Visit):
    """The database did not say who this is. Nobody is let in, and her session and what it would be told stay as they
    are: it would else be ended because the database was busy for a moment."""


class ServerSessions(SessionInterface):
    """Flask's way to open and keep a session, over our table."""

    session_class = Visit

    def __init__(self, app: Flask) -> None:
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        self.signer = signer
        prefix = "__Host-" if app.config["SESSION_COOKIE_SECURE"] else ""
        self.visit_cookie = f"{prefix}visit"
        app.config["SESSION_COOKIE_NAME"] = f"{prefix}session"

    def open_session(self, app: Flask, request: Request) -> Visit:
        if request.path.startswith(("/api/", "/static/")):
            return Silent({})
        told = self._told(request)
        raw_id = request.cookies.get(self.get_cookie_name(app))
        try:
            row = _row(raw_id) if raw_id else None
        except SQLAlchemyError:
            log.exception("the session could not be read")
            database.rollback()
            return Unread({})
        if row is None:
            return Visit({key: value for key, value in told.items() if key != USER}, raw_id)
        flashes = {FLASHES: told[FLASHES]} if FLASHES in told else {}
        return Visit({**row.data, **flashes}, raw_id, _signed_in(row))

    def save_session(self, app: Flask, visit: SessionMixin, response: Response) -> None:
        assert isinstance(visit, Visit)
        if isinstance(visit, (Silent, Unread)):
            return
        if visit.accessed or visit.signed_in:
            if "Vary" in response.headers:
                response.vary.add("Cookie")
            else:  # as nearly always: what there may be is not taken apart
                response.headers["Vary"] = "Cookie"
        if USER in visit:
            raw_id = self._keep_row(visit)
            if raw_id != visit.raw_id:
                self._set(app, response, self.get_cookie_name(app), raw_id)
        elif visit.raw_id and (visit.signed_in or visit.modified):
            end(visit.raw_id)
            self._drop(app, response, self.get_cookie_name(app))
        if visit.modified:
            self._tell(app, response, visit)

    def _told(self, request: Request) -> dict[str, Any]:
        sent = request.cookies.get(self.visit_cookie)
        if not sent:
            return {}
        try:
            told = self.signer.loads(sent)
        except BadSignature:
            return {}
        return told if isinstance(told, dict) else {}

    def _tell(self, app: Flask, response: Response, visit: Visit) -> None:
        """Keep in the signed cookie what needs no row: flashes, and before sign-in all the rest."""
        told = {FLASHES: visit[FLASHES]} if visit.get(FLASHES) else {}
        if USER not in visit:
            told |= visit.without_flashes()
        value = str(self.signer.dumps(told))
        while len(value) > COOKIE_ROOM and told.get(FLASHES):
            told[FLASHES] = told[FLASHES][1:]
            value = str(self.signer.dumps(told))
        if told:
            self._set(app, response, self.visit_cookie, value)
        else:
            self._drop(app, response, self.visit_cookie)

    def _keep_row(self, visit: Visit) -> str:
        """Write the row if something in it changed; returns the id the cookie must hold."""
        if visit.renewed or not (visit.raw_id and visit.signed_in):
            return _begin(visit)
        assert visit.signed_in is not None
        data = visit.without_flashes()
        if _frozen(data) != visit.kept:
            _write(visit.raw_id, visit.signed_in, data=data)
        elif now() - visit.signed_in.last_seen_at >= SEEN_EVERY:
            try:
                _write(visit.raw_id, visit.signed_in)
            except SQLAlchemyError:  # a page must not fail because it cannot be noted that it was read
                log.exception("last_seen could not be written")
        return visit.raw_id

    def _set(self, app: Flask, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite=self.get_cookie_samesite(app),
        )

    def _drop(self, app: Flask, response: Response, name: str) -> None:
        response.delete_cookie(
            name,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite=self.get_cookie_samesite(app),
        )


def end(raw_id: str) -> None:
    """The session is dead at once, for whoever holds a copy of the cookie too."""
    with transaction():
        database.execute(delete(SignedInSession).where(SignedInSession.id_hash == hash_of(raw_id)))


# Every page asks this: built once, of plain columns, asked with other values.
_session, _user = SignedInSession.__table__.c, User.__table__.c
_ALIVE = Prepared(
    lambda: (
        select(
            _session.data,
            _session.created_at,
            _session.last_seen_at,
            _user.id.label("user_id"),
            _user.role,
            _user.association_id,
            _user.site_id,
            _user.name,
            _user.locale,
        )
        .join_from(SignedInSession.__table__, User.__table__, _user.id == _session.user_id)
        .where(
            _session.id_hash == bindparam("id_hash"),
            _session.expires_at > bindparam("moment"),
            _user.active,
        )
    )
)


def _row(raw_id: str) -> Any:
    """The live session of an active user, or None."""
    if len(raw_id) > 100:
        return None
    read_only()
    return _ALIVE.one_or_none(id_hash=hash_of(raw_id), moment=now())


def _signed_in(row: Any) -> SignedIn:
    return SignedIn(
        user_id=row.user_id,
        role=row.role,
        association_id=row.association_id,
        site_id=row.site_id,
        name=row.name,
        locale=row.locale,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )


def _begin(visit: Visit) -> str:
    raw_id = new_secret()
    moment = now()
    with transaction():
        if visit.raw_id:
            database.execute(delete(SignedInSession).where(SignedInSession.id_hash == hash_of(visit.raw_id)))
        database.execute(delete(SignedInSession).where(SignedInSession.expires_at <= moment))
        user_id = database.execute(select(User.id).where(User.fs_uniquifier == visit[USER])).scalar_one()
        database.execute(
            insert(SignedInSession).values(
                id_hash=hash_of(raw_id),
                user_id=user_id,
                data=visit.without_flashes(),
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + IDLE,
            )
        )
    return raw_id


def _write(raw_id: str, signed_in: SignedIn, **values: Any) -> None:
    """Note that the session was used; a row that was ended meanwhile stays ended."""
    moment = now()
    expires_at = min(moment + IDLE, signed_in.created_at + LONGEST)
    row = SignedInSession.id_hash == hash_of(raw_id)
    with transaction():
        database.execute(
            update(SignedInSession).where(row).values(last_seen_at=moment, expires_at=expires_at, **values)
        )


_FLAT = frozenset({str, int, bool, type(None)})
_encoded = json.JSONEncoder(sort_keys=True, default=str).encode


def _frozen(data: dict[str, Any]) -> object:
    """What this data is now, to be compared with what it is later."""
    if _FLAT.issuperset(map(type, data.values())):
        return dict(data)
    try:
        return marshal.dumps(data, _WITHOUT_REFERENCES)
    except ValueError:  # something in it is not of Python's own kinds
        return _encoded(data)


_WITHOUT_REFERENCES = 2  # the last version of `marshal` in which the same values are the same bytes
