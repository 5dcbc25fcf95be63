"""How a call is declared, and what becomes of one that cannot be read: a problem document that names every field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Response, current_app
from flask_babel import gettext as _
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.datastructures import FileStorage

from tracker.accounts.rules import Permission
from tracker.api import keyed
from tracker.api.fields import Said
from tracker.distribution.rules import NothingHandedOver
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.web import refusals
from tracker.web.access import requires
from tracker.web.languages import locale

View = TypeVar("View", bound=Callable[..., Any])
NOT_JSON = N_("Send the body as JSON, with “Content-Type: application/json”.")
BROKEN_JSON = N_(
    "The body is not readable JSON (line %(line)s, sign %(column)s): put it right and send it again."
)
LONG_NUMBER = N_("The body holds a number too long to be read: put it right and send it again.")
WRONG_FIELD = N_("%(where)s: %(fault)s")
DEEPEST = 30


class Misread(Malformed):
    """Fields that cannot be taken: address → sentences, in the caller's language."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        name, sentences = next(iter(self.errors.items()))
        super().__init__(WRONG_FIELD, where=name, fault=sentences[0])


class Reader(FlaskParser):
    """Reads a body or an address by its shape; whatever is wrong raises `Misread` or `Malformed`."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}

    def _raw_load_json(self, req: Any) -> Any:
        if not is_json_request(req) and req.get_data(cache=True):
            raise Malformed(NOT_JSON)
        try:
            return super()._raw_load_json(req)
        except RecursionError as error:
            raise Malformed(NOT_JSON) from error
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise  # told apart below
        except ValueError as error:  # a number of thousands of figures, which Python does not read
            raise Malformed(LONG_NUMBER) from error

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **values: Any) -> NoReturn:
        if isinstance(error, json.JSONDecodeError):
            raise Malformed(BROKEN_JSON, line=error.lineno, column=error.colno) from error
        raise Malformed(NOT_JSON) from error

    def handle_error(self, error: ma.ValidationError, req: Any, schema: Any, **values: Any) -> NoReturn:
        found: Any = error.messages
        location = found if isinstance(found, dict) else {"_schema": found}
        sentences: dict[str, list[str]] = {}
        for part in location.values():
            for name, said in _flat(part, ""):
                sentences.setdefault(name, []).append(said)
        raise Misread(sentences or {"body": [_(BROKEN_JSON)]}) from error


def _flat(found: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(address of the field, sentence): `lines.0.type`."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            step = "" if name == "_schema" else str(name)[:80]
            yield from _flat(inner, f"{path}.{step}" if path and step else path or step, depth + 1)
    elif isinstance(found, list | tuple):
        for inner in found:
            yield from _flat(inner, path, depth + 1)
    else:
        yield path or "body", found.shown() if isinstance(found, Said) else str(found)


def misread(refusal: Misread) -> Response:
    """Every field that is wrong, each with its sentences."""
    return refusals.problem(refusal.status, refusal.sentence.shown_in(locale()), errors=refusal.errors)


def nothing_handed_over(refusal: NothingHandedOver) -> Response:
    """In the API, every reason for every device that cannot go."""
    if not refusals.is_api():
        return refusals.refused(refusal)
    reasons = {one.code: [reason.shown_in(locale()) for reason in one.reasons] for one in refusal.cannot_go}
    return refusals.problem(refusal.status, refusal.sentence.shown_in(locale()), errors=reasons)


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """The calls of one kind of thing; `name` stands over them in the description."""

    ARGUMENTS_PARSER = Reader()

    def __init__(self, name: str, description: str) -> None:
        self.kind = name
        super().__init__(f"api_{name}", __name__, url_prefix="/api/v1", description=description)

    def call(
        self,
        method: str,
        rule: str,
        permission: Permission,
        *,
        query: type[ma.Schema] | None = None,
        body: type[ma.Schema] | None = None,
        form: Mapping[str, Any] | None = None,
        answer: type[ma.Schema] | None = None,
        as_told: bool = False,
        file: str | None = None,
        status: int = HTTPStatus.OK,
    ) -> Callable[[View], View]:
        """Declare a view: who may call it, what it takes (query, then JSON body, as arguments), what it answers.

        `as_told`: what the view returns has the shape of `answer` already and is sent as it is; a test holds the two
        together. `form`: the properties of a multipart body, which the view reads itself; `file`: the media type of an
        answer that is a file. A POST that carries an `Idempotency-Key` is done once (`tracker.api.keyed`), but for
        public ones: a key belongs to a token, and what a stick is told at its enrolment is kept nowhere.
        """

        def declare(view: View) -> View:
            made: Any = requires(permission)(_as_told(view) if as_told else view)
            if body is not None:
                made = self.arguments(body())(made)  # one for all calls: to make one takes a tenth of a scan
            if query is not None:
                made = self.arguments(query(), location="query")(made)
            if form is not None:
                made = self.doc(requestBody=_multipart(form))(made)
            if permission is Permission.PUBLIC:
                made = self.doc(security=[])(made)
            made = self.doc(operationId=f"{self.kind}_{view.__name__}", tags=[self.kind])(made)
            content = {"type": "string", "format": "binary"} if file else answer
            made = self.response(status, content, content_type=file)(made)
            if method == "POST" and permission is not Permission.PUBLIC:
                made = keyed.once(made)
            self.route(rule, methods=[method])(made)
            return view

        return declare


def _as_told(view: Callable[..., Any]) -> Callable[..., Any]:
    """To go through the schema once more costs as much as two statements of a scan."""

    @wraps(view)
    def sent(*args: Any, **values: Any) -> Any:
        return current_app.json.response(view(*args, **values))

    return sent


def _multipart(properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict(properties)}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def contents(sent: FileStorage, most: int) -> bytes:
    """The bytes of a file that was sent, and one more than `most` where it is longer."""
    return sent.stream.read(most + 1)


def pdf(data: bytes, name: str) -> Response:
    """A document to be shown or kept under `name`."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, mimetype="application/pdf", headers=headers)
