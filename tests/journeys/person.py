"""A person before the pages: she opens one, fills in a form that is on it with what it holds already, and reads."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests import make
from tests.web.browsing import client_of

SPACES = re.compile(r"\s+")  # non-breaking ones too


@dataclass
class Form:
    """A form of a page as a browser would send it: what is hidden, typed, ticked and chosen on it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """The forms of a page; a control outside that names its form by `form=` belongs to it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.named: dict[str, Form] = {}
        self.select: tuple[Form, str, list[tuple[bool, str]]] | None = None
        self.area: tuple[Form, str, list[str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told.get("action", ""), told.get("method", "get"))
            self.forms.append(self.open)
            self.named[told.get("id", "")] = self.open
            return
        owner = self.named.get(told["form"]) if "form" in told else self.open
        if owner is None:
            return
        if tag == "option" and self.select:
            self.select[2].append(("selected" in told, told.get("value", "")))
        name = told.get("name", "")
        if not name:
            return
        owner.names.add(name)
        if tag == "select":
            self.select = (owner, name, [])
        elif tag == "textarea":
            self.area = (owner, name, [])
        elif tag == "input":
            self._input(owner, name, told)

    def _input(self, owner: Form, name: str, told: dict[str, str]) -> None:
        kind = told.get("type", "text")
        if kind in ("submit", "file", "button") or (kind in ("radio", "checkbox") and "checked" not in told):
            return
        owner.fields.append((name, told.get("value", "on")))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select" and self.select:
            owner, name, options = self.select
            chosen = [value for ticked, value in options if ticked] or [
                value for _ticked, value in options[:1]
            ]
            owner.fields += [(name, value) for value in chosen]
            self.select = None
        elif tag == "textarea" and self.area:
            owner, name, parts = self.area
            owner.fields.append((name, "".join(parts).lstrip("\n")))
            self.area = None


@dataclass(frozen=True)
class Seen:
    """What is on the screen."""

    path: str
    status: int
    html: str
    data: bytes
    kind: str

    @property
    def words(self) -> str:
        """What can be read, spaces made plain."""
        bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", self.html, flags=re.DOTALL)
        return SPACES.sub(" ", unescape(bare))

    def form(self, to: str, /, **has: str) -> Form:
        """The form that goes to `to`; where several do, the one whose hidden fields are `has`."""
        here = self.path.split("?")[0]
        found = [
            form
            for form in Forms(self.html).forms
            if form.method == "post" and (form.action or here).split("?")[0] == to
            and all((name, value) in form.fields for name, value in has.items())
        ]  # fmt: skip
        assert found, f"no form to {to} {has or ''} on {self.path}: {self.words[:1500]}"
        return found[0]


def file(data: bytes, name: str) -> tuple[bytes, str]:
    return data, name


class Person:
    """Somebody signed in, or a stranger."""

    def __init__(self, app: Flask, role: str | None = None, email: str | None = None, **values: Any) -> None:
        self.user = make.user(role, email, **values) if role else None
        self.client = client_of(app, self.user) if self.user else app.test_client()

    def opens(self, path: str) -> Seen:
        return _seen(self.client.get(path, follow_redirects=True))

    def sends(
        self, page: str, to: str = "", /, *, pick: dict[str, str] | None = None, twice: bool = False, **typed: Any
    ) -> Seen:  # fmt: skip
        """Fill in the form of `page` that goes to `to` (to itself if empty), and see where it leads.

        `pick`: hidden values that tell this form from its neighbours. `twice`: a double click, whose second half must lead where the first did.
        """
        seen = self.opens(page)
        assert seen.status == 200, (seen.status, seen.words[:800])
        form = seen.form(to or seen.path.split("?")[0], **(pick or {}))
        strange = {name for name in typed if name not in form.names}
        assert not strange, f"{seen.path} has no field {strange}; it has {sorted(form.names)}"
        where = form.action or seen.path
        first = self._post(where, seen.path, form, typed)
        if twice:
            second = self._post(where, seen.path, form, typed)
            assert (second.status, second.path) == (first.status, first.path), second.words[:800]
        return first

    def _post(self, where: str, came_from: str, form: Form, typed: dict[str, Any]) -> Seen:
        filled: MultiDict[str, Any] = MultiDict(pair for pair in form.fields if pair[0] not in typed)
        for name, value in typed.items():
            for one in value if isinstance(value, list) else [value]:
                filled.add(name, (io.BytesIO(one[0]), one[1]) if isinstance(one, tuple) else one)
        headers = {"Referer": f"http://localhost{came_from}"}
        return _seen(self.client.post(where, data=filled, headers=headers, follow_redirects=True))

    def forced(self, path: str, page: str, /, **values: str) -> Seen:
        """A request that no form of hers sends: only the token is taken from `page`."""
        token = self.opens(page).html
        data = {"csrf_token": make.csrf_token(token), **values}
        headers = {"Referer": f"http://localhost{page}"}
        return _seen(self.client.post(path, data=data, headers=headers, follow_redirects=True))


def _seen(answer: TestResponse) -> Seen:
    text = answer.text if answer.mimetype.startswith("text/") else ""
    path = answer.request.full_path.rstrip("?")
    return Seen(path, answer.status_code, text, answer.data, answer.mimetype)
