"""Flask-Security as the engine of sign-in: it loads the user of a session and begins and ends it.

Its own pages stay unregistered: they sign out on GET, commit by themselves and know its roles, not ours. Ours are in
`views.py`; passkeys and one-time codes can be switched on here later.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, session
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.utils import login_user, logout_user

from tracker.accounts.models import User
from tracker.accounts.passwords import LANES, MEMORY_KIB, ROUNDS
from tracker.accounts.sessions import Visit
from tracker.database import session as database


def prepare(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 (a scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": ROUNDS,
            "argon2__memory_cost": MEMORY_KIB,
            "argon2__parallelism": LANES,
        },
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_CSRF_COOKIE_NAME=None,
    )
    no_roles = cast("type[RoleMixin]", None)  # its roles are not used
    Security(app, SQLAlchemySessionUserDatastore(database, User, no_roles), register_blueprint=False)
    # Flask-Principal would load the user before every request, Flask-Login for every page; rights are decided by
    # `Permission` alone, and pages name the visitor.
    _without("flask_principal", app.before_request_funcs[None])
    _without("flask_login", app.template_context_processors[None])


def _without(package: str, steps: list[Any]) -> None:
    steps[:] = [step for step in steps if package not in getattr(step, "__module__", "")]


def begin(user: User) -> None:
    """Sign in, under a new session id."""
    cast("Visit", session).renew()
    login_user(user, remember=False, authn_via=["password"])


def finish() -> None:
    """Sign out; the session's row goes when the answer is sent."""
    logout_user()
    session.clear()
