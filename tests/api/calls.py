"""Calls as a program makes them: with a token, in JSON."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests import make
from tracker.accounts.operations import add_token
from tracker.accounts.rules import Role

PROBLEM = "application/problem+json"


class Caller:
    """A program with the token of a person of that role."""

    def __init__(
        self, app: Flask, role: str | None = "coordinator", email: str | None = None, **values: Any
    ) -> None:
        self.app = app
        self.headers = {"Accept-Language": "en"}
        self.user = None
        if role:
            self.user = make.user(Role(role), email, **values)
            with make.written():
                self.headers["Authorization"] = f"Bearer {add_token(self.user, 'test')}"

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.app.test_client().get(f"/api/v1{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **values: Any) -> TestResponse:
        if body is not None:
            values["json"] = body
        return self.app.test_client().post(f"/api/v1{path}", headers=self.headers, **values)

    def send(
        self, path: str, *files: tuple[str, bytes], part: str = "files[]", **fields: str
    ) -> TestResponse:
        """Files as multipart; `files` are (name, bytes)."""
        parts = [(io.BytesIO(data), name) for name, data in files]
        answer = self.post(path, data={part: parts, **fields}, content_type="multipart/form-data")
        # werkzeug's client leaves the file open that it sent from
        answer.request.environ["wsgi.input"].close()
        return answer


def refused(answer: TestResponse, status: int, word: str) -> dict[str, Any]:
    """The problem document, which must have this status and say this word."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == PROBLEM
    problem: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    said = problem["detail"] + str(problem.get("errors", ""))
    assert word in said, problem
    return problem


def done(answer: TestResponse, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return answer.get_json()
