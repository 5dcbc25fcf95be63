"""Who looks at the page, as far as the web floor needs to know. The accounts floor sets it for each request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracker.running import app_context, request_context


def _kept_by_cookie_alone(locale: str) -> None:
    """A stranger's language is kept nowhere else."""


@dataclass(frozen=True)
class Visitor:
    """`key` names the visitor in short ("user:12"); `role` is an English word of the catalogue."""

    key: str = ""
    name: str = ""
    role: str = ""
    locale: str | None = None
    may: Callable[[str], bool] = lambda permission: permission == "public"
    keep_locale: Callable[[str], None] = _kept_by_cookie_alone

    @property
    def signed_in(self) -> bool:
        return bool(self.key)


STRANGER = Visitor()


def visitor() -> Visitor:
    """The visitor of this request; a stranger before sign-in and outside of a request."""
    if request_context.get(None) is None:
        return STRANGER
    who: Visitor = app_context.get().g.__dict__.get("visitor", STRANGER)
    return who


def welcome(who: Visitor) -> None:
    about = app_context.get().g.__dict__
    about["visitor"] = who
    about.pop("language", None)  # that of who was here a moment ago (`web.languages`)
