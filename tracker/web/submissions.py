"""A form sent twice is done once: a double click, a reload, a phone that lost the answer.

    @blueprint.post("/collections")
    @requires(Permission.WORK)
    @once
    def create() -> ...:          # the form derives from `OnceForm`

The first transaction of the view claims the form's token in the same breath as it writes; whoever comes second with
the same token is sent to where the first one was. Works for views that end in a redirect.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import flash, g, has_request_context, make_response, redirect, request
from flask_babel import gettext as _
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from wtforms import HiddenField

from tracker.clock import now
from tracker.database import session, transaction
from tracker.errors import Conflict
from tracker.web.addresses import came_from
from tracker.web.forms import Form
from tracker.web.models import Submission
from tracker.web.visitor import visitor

FIELD = "form_token"
KEPT = timedelta(days=2)


class OnceForm(Form):
    """A form that carries its token."""

    form_token = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def begin_anew(self) -> None:
        """Another token, for a view that wrote something and shows the form again: the old one is used up."""
        self.form_token.data = secrets.token_urlsafe(16)


@dataclass
class _Claim:
    token: str
    made: bool = False
    refused: bool = False


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Do the view once for each form token; later calls are answered with the first one's redirect."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        given = request.form.get(FIELD, "") if request.method == "POST" else ""
        if not given:
            return view(*args, **kwargs)
        token = _token(given)
        return _replay(token) or _first(token, view, args, kwargs)

    return guarded


def _token(given: str) -> str:
    """Bound to the visitor and the address, so that a token leads nobody else anywhere."""
    return hashlib.sha256(f"{visitor().key}|{request.path}|{given}".encode("utf-8", "replace")).hexdigest()


def _first(token: str, view: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    claim = g.submission = _Claim(token)
    try:
        answer = make_response(view(*args, **kwargs))
    except Conflict:
        replay = _replay(token)
        if replay is None:
            raise
        return replay
    finally:
        g.pop("submission", None)
    if claim.made and answer.location:
        _keep(token, answer.location)
    if claim.refused:  # the view has shown the clash in its form; what counts is that it was done
        return _replay(token) or answer
    return answer


def _replay(token: str) -> Any:
    session.rollback()
    row = session.execute(select(Submission.location).where(Submission.token == token)).one_or_none()
    if row is None:
        return None
    flash(_("This was already recorded; it was not done twice."), "already")
    return redirect(row.location or came_from() or "/", 303)


def _keep(token: str, location: str) -> None:
    with transaction():
        session.execute(update(Submission).where(Submission.token == token).values(location=location))
        session.execute(delete(Submission).where(Submission.created_at < now() - KEPT))


@event.listens_for(Session, "after_begin")
def _claim(current: Session, begun: Any, connection: Connection) -> None:
    """The first statement of the view's transaction. A second one with this token waits here, then fails."""
    claim: _Claim | None = g.get("submission") if has_request_context() else None
    if claim and not claim.made and current.info.get("writing"):
        claim.refused = True
        connection.execute(insert(Submission).values(token=claim.token, created_at=now()))
        claim.made, claim.refused = True, False
