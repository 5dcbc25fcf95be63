"""The base of every form: messages in the visitor's language, text cleaned before it is judged."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, session
from flask_babel import gettext
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import FieldList, FormField
from wtforms.i18n import get_translations

from tracker.errors import Malformed, RuleBroken
from tracker.i18n import catalogue
from tracker.running import app_context, request_context
from tracker.web.languages import locale
from tracker.web.templates import csrf_gap

csrf = CSRFProtect()

MOST_SIGNED = 1_000
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_signed: dict[Any, str] = {}


def prepare(app: Flask) -> None:
    """CSRF on every page: a token bound to the session and good as long as it lasts. `/api` never reads the session."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False)
    csrf.init_app(app)
    app.before_request(_protect)
    app.jinja_env.globals["wrong_fields"] = wrong_fields
    app.jinja_env.globals["csrf_token"] = _token
    # It would put its own back into each page, in place of the one above.
    steps = app.template_context_processors[None]
    steps[:] = [step for step in steps if "flask_wtf" not in getattr(step, "__module__", "")]


def _token() -> str:
    """The token of this session's forms. It has no hour's limit, so one that was signed before is as good as a new one."""
    gap = csrf_gap()
    if gap is not None:
        return gap
    context = app_context.get()
    kept = context.g.get("csrf_token")
    if kept is None:
        secret = session.get("csrf_token")
        kept = _signed.get((context.app.secret_key, secret)) if secret else None
        if kept is None:
            kept = generate_csrf()
            if len(_signed) >= MOST_SIGNED:
                _signed.clear()
            _signed[context.app.secret_key, session["csrf_token"]] = kept
        context.g.csrf_token = kept
    return str(kept)


def _protect() -> None:
    if (
        request_context.get().request.method in READS
    ):  # as Flask-WTF finds too, after it has made ready to look
        return
    if current_app.config["WTF_CSRF_ENABLED"] and request.endpoint and not request.path.startswith("/api/"):
        csrf.protect()


def show_refusal(form: FlaskForm, refusal: RuleBroken, *, otherwise: str | None = None) -> None:
    """Say a refusal beside the field it names, else beside `otherwise`, else at the top of the form."""
    words = refusal.sentence.shown_in(locale())
    name = (refusal.field if isinstance(refusal, Malformed) else None) or otherwise
    if name and name in form:
        form[name].errors = [*form[name].errors, words]
    else:
        form.form_errors.append(words)


def wrong_fields(form: Any) -> list[Any]:
    """The fields with an error, for the summary above a form; of a line in a list, the very field that is wrong."""
    wrong = [field for field in form if field.errors and field.type != "CSRFTokenField"]
    return [leaf for field in wrong for leaf in _leaves(field)]


def _leaves(field: Any) -> list[Any]:
    """The fields inside that are wrong; the field itself where the fault is its own."""
    parts = field if isinstance(field, FieldList | FormField) else ()
    return [leaf for part in parts if part.errors for leaf in _leaves(part)] or [field]


class _Words:
    """WTForms' own messages: our catalogue first, then the one it brings."""

    def __init__(self, language: str) -> None:
        self._brought = get_translations([language])

    def gettext(self, text: str) -> str:
        ours = gettext(text)
        return ours if ours != text else str(self._brought.gettext(text))

    def ngettext(self, one: str, many: str, n: int) -> str:
        ours = catalogue(locale()).ngettext(
            one, many, n
        )  # not Flask-Babel's: it fills in the places, WTForms does
        return ours if ours not in (one, many) else str(self._brought.ngettext(one, many, n))


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """What our forms derive from. Label and choices are lazy (`lazy_gettext`), validators as in WTForms."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Words:
            return _Words(locale())
