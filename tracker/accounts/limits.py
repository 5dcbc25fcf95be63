"""How often sign-in may be tried, counted in the database so that all processes share the count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from tracker.accounts.models import AttemptCount
from tracker.accounts.secrets import hash_of
from tracker.clock import now
from tracker.database import is_postgresql, session, transaction
from tracker.i18n import N_
from tracker.running import request_context

SCHEME = "tracker-database"

# Only failures count. A workshop's volunteers share one address; one person's e-mail is tried from anywhere.
BY_ADDRESS = "60 per 15 minutes"
BY_PERSON_AND_ADDRESS = "10 per 15 minutes"
BY_PERSON = "50 per hour"
LETTERS = "5 per hour"  # letters with a link, to one person


class DatabaseStorage(Storage):  # the `limits` package has none of its own
    """Fixed windows in the table of `AttemptCount`."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """One more try; a window that is over begins anew. Returns the count."""
        moment = now()
        fresh = {"count": amount, "expires_at": moment + timedelta(seconds=expiry)}
        over = AttemptCount.expires_at <= moment
        insert = postgresql.insert if is_postgresql() else sqlite.insert
        upsert = insert(AttemptCount).values(key=key, **fresh)
        counted = upsert.on_conflict_do_update(
            index_elements=[AttemptCount.key],
            set_={
                "count": sa.case((over, amount), else_=AttemptCount.count + amount),
                "expires_at": sa.case((over, upsert.excluded.expires_at), else_=AttemptCount.expires_at),
            },
        ).returning(AttemptCount.count)
        with transaction():
            session.execute(
                sa.delete(AttemptCount).where(AttemptCount.expires_at <= moment, AttemptCount.key != key)
            )
            return int(session.execute(counted).scalar_one())

    def get(self, key: str) -> int:
        live = (AttemptCount.key == key, AttemptCount.expires_at > now())
        return int(session.execute(sa.select(AttemptCount.count).where(*live)).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        until = session.execute(sa.select(AttemptCount.expires_at).where(AttemptCount.key == key)).scalar()
        return (until or now()).timestamp()

    def check(self) -> bool:
        return bool(session.execute(sa.select(sa.literal(1))).scalar())

    def reset(self) -> int | None:
        with transaction():
            gone = session.execute(sa.delete(AttemptCount))
        return int(gone.rowcount)  # type: ignore[attr-defined]

    def clear(self, key: str) -> None:
        with transaction():
            session.execute(sa.delete(AttemptCount).where(AttemptCount.key == key))


def _address() -> str:
    return f"address:{request.remote_addr or 'none'}"


def _person() -> str:
    """Hashed, so that the table names nobody."""
    return f"person:{hash_of(request.form.get('email', '').strip().lower())[:32]}"


def _person_and_address() -> str:
    return f"{_person()}:{_address()}"


FORGOTTEN = N_(
    "Wait a quarter of an hour, then try again. If you have forgotten your password, ask a coordinator for a link."
)

limiter = Limiter(
    key_func=_address,
    storage_uri=f"{SCHEME}://",
    strategy="fixed-window",
    headers_enabled=False,
    default_limits=[],
)


def prepare(app: Flask) -> None:
    limiter.init_app(app)
    # Before every request it would look for limits that apply to all pages. There are none: each stands
    # at its view, which asks for it by itself.
    steps = app.before_request_funcs[None]
    steps[:] = [step for step in steps if not _is_limiter_s(step)]
    # After a view without a limit there is nothing to count.
    for after in (app.after_request_funcs[None], app.teardown_request_funcs[None]):
        after[:] = [_where_limited(step) if _is_limiter_s(step) else step for step in after]


def _is_limiter_s(step: Any) -> bool:
    return "flask_limiter" in getattr(getattr(step, "func", step), "__module__", "")


def _where_limited(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The step, for requests of which the limiter has begun to keep something: it does so where a limit stands."""

    def taken(answer: Any) -> Any:
        kept = hasattr(request_context.get(), "_limiter_request_context")
        return step(answer) if kept else answer

    return taken


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def on_sign_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """The limits of /login, on failures alone."""
    for text, key in (
        (BY_ADDRESS, _address),
        (BY_PERSON_AND_ADDRESS, _person_and_address),
        (BY_PERSON, _person),
    ):
        view = limiter.limit(
            text, key_func=key, methods=["POST"], deduct_when=_failed, error_message=FORGOTTEN
        )(view)
    return view


def on_letters(view: Callable[..., Any]) -> Callable[..., Any]:
    """The limits of asking for a link by mail."""
    for text, key in ((LETTERS, _person), (BY_ADDRESS, _address)):
        view = limiter.limit(text, key_func=key, methods=["POST"], error_message=FORGOTTEN)(view)
    return view
