"""Every "no", translated once: a sentence on the page it came from, a page of its own, or a problem document."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, flash, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from tracker.database import session
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.web.addresses import came_from
from tracker.web.languages import locale

log = logging.getLogger(__name__)

# status → (what it is, what happened, what to do)
PAGES: dict[int, tuple[str, str, str]] = {
    400: (
        N_("This could not be read"),
        N_("What your browser sent is not complete or not readable. Nothing was recorded."),
        N_("Go back, reload the page, and send it again."),
    ),
    401: (
        N_("Please sign in"),
        N_("This is only for people who have signed in."),
        N_("Sign in, or give a valid key."),
    ),
    403: (
        N_("This is not yours to open"),
        N_("Your role does not allow this page or this action."),
        N_("Ask a coordinator if you need it for your work."),
    ),
    404: (
        N_("There is nothing here"),
        N_("This address leads nowhere, or to something that is not yours to see."),
        N_("Check the address, or scan the label once more."),
    ),
    405: (
        N_("This address does not work that way"),
        N_("The page exists, but not for what was just asked of it. Nothing was recorded."),
        N_("Open the page from the menu and start again there."),
    ),
    409: (
        N_("This cannot be done now"),
        N_("Something stands against it. Nothing was recorded."),
        N_("Look at the page again, then repeat."),
    ),
    413: (
        N_("This is too large"),
        N_("The files are larger than what can be taken at once. Nothing was recorded."),
        N_("Send fewer files at a time."),
    ),
    422: (
        N_("Something is missing or wrong"),
        N_("What was sent could not be understood. Nothing was recorded."),
        N_("Put it right and send it again."),
    ),
    429: (
        N_("Too many tries"),
        N_("This was tried too often in a short time."),
        N_("Wait a quarter of an hour, then try again."),
    ),
    500: (
        N_("A fault of ours"),
        N_("Something went wrong in the tracker itself. Nothing was recorded by halves."),
        N_("Try once more. If it stays, tell the person who runs the tracker."),
    ),
    503: (
        N_("Not ready yet"),
        N_("The tracker cannot answer just now."),
        N_("Wait a minute, then try again."),
    ),
}
RETRY_AFTER_S = 15 * 60
STRANGE_HOST = N_("The tracker does not answer under this name. Open it at its own address.")
STALE_PAGE = N_(
    "This page was open from before you signed in or out. Nothing was recorded: please send it once more."
)


def prepare(app: Flask) -> None:
    app.register_error_handler(RuleBroken, refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
    # Bytes that are no text reach us in three ways: in a query, in a path, in what a database refuses to hold.
    app.register_error_handler(UnicodeError, _unreadable)
    app.register_error_handler(DataError, _unkept)
    app.register_error_handler(OverflowError, _unkept)
    app.register_error_handler(OperationalError, _no_database)


def is_api(path: str | None = None) -> bool:
    """Whether this path, or else the running request's, is the API's."""
    return (path or request.path).startswith("/api/")


def refused(refusal: RuleBroken) -> Response:
    """A broken rule: said on the page that asked, where there is one."""
    session.rollback()
    words = refusal.sentence.shown_in(locale())
    if is_api():
        field = refusal.field if isinstance(refusal, Malformed) else None
        return problem(refusal.status, words, errors={field: [words]} if field else None)
    back = came_from() if request.method == "POST" and refusal.status in (409, 422) else None
    if back:
        flash(words, "error")
        return _answer(redirect(back, 303))
    return page(refusal.status, explanation=words, what_to_do="")


def problem(status: int, detail: str, *, errors: Any = None, title: str | None = None) -> Response:
    """A problem document (RFC 9457) with `errors` by field where they are known."""
    body = {"type": "about:blank", "title": title or _title(status), "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def page(status: int, *, explanation: str | None = None, what_to_do: str | None = None) -> Response:
    """The page that says no. Words not given are those of the status."""
    _, happened, to_do = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    shown = render_template(
        "_layout/error.html",
        status=status,
        heading=_title(status),
        explanation=gettext(happened) if explanation is None else explanation,
        what_to_do=gettext(to_do) if what_to_do is None else what_to_do,
        back=_page_before(),
    )
    return make_response(shown, status)


def _page_before() -> str | None:
    """The page of ours whose link or form led here; none where it is this one or the home page, which is offered anyway."""
    before = came_from()
    here = {"/", request.path, request.full_path}
    return before if before and before.split("?")[0] not in here else None


def _title(status: int) -> str:
    return str(gettext(PAGES.get(status, PAGES[500 if status >= 500 else 400])[0]))


def detail(status: int) -> str:
    """What happened and what to do, in two sentences."""
    _, happened, to_do = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    return f"{gettext(happened)} {gettext(to_do)}"


def say_no(status: int) -> Response:
    """The refusal of this status in the form the caller reads."""
    return problem(status, detail(status)) if is_api() else page(status)


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # an abort() with an answer of its own
        return _answer(error.response)
    status = error.code or 500
    if isinstance(error, SecurityError):  # no page can be drawn: under a strange host no address is ours
        return make_response(f"{gettext(STRANGE_HOST)}\n", 400, {"Content-Type": "text/plain; charset=utf-8"})
    if status < 400:  # a redirect of the router
        return _answer(error.get_response())
    session.rollback()
    found = getattr(error, "data", None) or {}  # what webargs found wrong, field by field
    # A limit may say in its own words what to do.
    words = getattr(getattr(error, "limit", None), "error_message", None)
    to_do = gettext(words) if isinstance(words, str) else None
    answer = (
        problem(status, detail(status), errors=found.get("messages"))
        if is_api()
        else page(status, what_to_do=to_do)
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            answer.headers[name] = value
    if status == 429:
        answer.headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    return answer


def _stale(error: CSRFError) -> Response:
    back = came_from()
    if back and not is_api():
        flash(gettext(STALE_PAGE), "error")
        return _answer(redirect(back, 303))
    return page(400, explanation=gettext(STALE_PAGE), what_to_do="")


def _unreadable(error: UnicodeError) -> Response:
    log.info("unreadable bytes in %s", request.endpoint)
    session.rollback()
    return say_no(400)


def _unkept(error: Exception) -> Response:
    """A value that no form has caught and no column can hold."""
    log.warning("a value could not be kept in %s: %s", request.endpoint, type(error).__name__)
    return refused(
        Malformed(N_("A value is too long, too large, or holds a sign that cannot be kept. Put it right."))
    )


def _no_database(error: OperationalError) -> Response:
    log.exception("the database does not answer in %s", request.endpoint)
    session.rollback()
    return say_no(503)


def _fault(error: Exception) -> Response:
    log.exception("a fault in %s", request.endpoint)
    session.rollback()
    return say_no(500)


def _answer(response: Any) -> Response:
    made: Response = make_response(response)
    return made
