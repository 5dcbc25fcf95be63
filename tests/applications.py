"""One application for many tests: making it takes longer than most of them.

It is given out with the settings of the test at hand. Afterwards it is compared with what it was when it was made:
where a test has left a route, a hook, a filter or anything else in it, the next one gets a new application.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, has_app_context

from tests import pages
from tracker import config
from tracker.app import create_app
from tracker.database import db

Key = tuple[tuple[str, str], ...]
PLAIN = (str, bytes, int, float, bool, type(None))
# What a request leaves there by itself.
PASSING = {"_got_first_request", "config", "instance_path", "jinja_env", "url_map"}


class Same:
    """Equal to itself alone. Holds what it names, so that no other thing gets its place in memory."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __repr__(self) -> str:
        return repr(self.thing)


class Kept:
    """An application with what it was when it was made."""

    def __init__(self) -> None:
        pages.keep()
        self.app = create_app()
        self.app.testing = True
        self.app.wsgi_app = _each_request_for_itself(self.app)  # type: ignore[method-assign]
        self.config = dict(self.app.config)
        self.extensions = dict(self.app.extensions)
        self.as_made = state(self.app)

    def ready(self) -> Flask:
        """With this process's settings, and never asked anything."""
        settings = config.load()
        settings.instance.mkdir(parents=True, exist_ok=True)
        self.app.config.clear()
        self.app.config.update({**self.config, "SETTINGS": settings})
        self.app.instance_path = str(settings.instance)
        self.app._got_first_request = False
        return self.app

    def differences(self) -> list[str]:
        """What has changed. What pages have worked out and put down under a name of its own is forgotten first."""
        for name in self.app.extensions.keys() - self.extensions.keys():
            del self.app.extensions[name]
        now = state(self.app)
        return [name for name in now.keys() | self.as_made.keys() if now.get(name) != self.as_made.get(name)]


_kept: dict[Key, Kept] = {}


def given_out() -> Kept:
    """The application of these settings (`TRACKER_*`); the folder of the instance may differ."""
    key = tuple(
        sorted(
            (name, value)
            for name, value in os.environ.items()
            if name.startswith("TRACKER_") and name != "TRACKER_INSTANCE"
        )
    )
    if key not in _kept:
        _kept[key] = Kept()
    return _kept[key]


def taken_back(kept: Kept) -> None:
    """Keep it for the next test, unless this one has changed it."""
    if kept.differences():
        for key in [key for key, value in _kept.items() if value is kept]:
            del _kept[key]


def state(app: Flask) -> dict[str, Any]:
    """Everything that a test could leave in the application, to be compared."""
    assert app.jinja_loader  # made when the first page is drawn
    found = {name: _drawn(value) for name, value in vars(app).items() if name not in PASSING}
    page = vars(app.jinja_env)
    found |= {f"jinja_env.{name}": _drawn(value, deep=1) for name, value in page.items() if name != "cache"}
    found["url_map"] = _drawn(list(app.url_map.iter_rules()))
    found["commands"] = _drawn(app.cli.commands)
    for name, extension in app.extensions.items():
        if hasattr(extension, "__dict__"):
            found[f"extensions.{name}"] = _drawn(vars(extension), deep=2)
    with app.app_context():
        for dispatch in (db.engine.dispatch, db.engine.pool.dispatch):
            events = [name for name in dir(dispatch) if not name.startswith("_")]
            found |= {f"{type(dispatch).__name__}.{name}": _listeners(dispatch, name) for name in events}
    return found


def _listeners(dispatch: Any, name: str) -> Any:
    heard = getattr(dispatch, name)
    return _drawn(list(heard)) if hasattr(heard, "__iter__") else None


def _drawn(value: Any, deep: int = 5) -> Any:
    if isinstance(value, PLAIN):
        return value
    if deep and isinstance(value, dict):
        drawn = {_drawn(key, 0): _drawn(one, deep - 1) for key, one in value.items()}
        return {
            key: one for key, one in drawn.items() if one not in ({}, [])
        }  # looking something up leaves these
    if deep and isinstance(value, (list, tuple)):
        return [_drawn(one, deep - 1) for one in value]
    if deep and isinstance(value, (set, frozenset)):
        return frozenset(_drawn(one, 0) for one in value)
    return Same(value)


def _each_request_for_itself(app: Flask) -> Callable[..., Any]:
    """Each request has a context of its own, as on a server; the test's own reads end before it begins."""
    answer = app.wsgi_app

    def fresh(environ: Any, start_response: Any) -> Any:
        if has_app_context():
            db.session.rollback()
        with app.app_context():
            return answer(environ, start_response)

    return fresh
