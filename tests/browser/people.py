"""Who sits before a browser: a session of hers, or her hands on the sign-in page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import make
from tests.web.browsing import session_of


def here(opened: Callable[..., Any], email: str, **options: Any) -> Any:
    """The first page of somebody who has signed in before, for tests of what she does then."""
    return opened("/", storage_state=state_of(email), **options)


def state_of(email: str) -> dict[str, list[dict[str, Any]]]:
    """What a browser of hers keeps: the cookie of a session."""
    cookie = {"name": "session", "value": session_of(make.user(email=email)), "domain": "127.0.0.1"}
    terms = {"path": "/", "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
    return {"cookies": [cookie | terms], "origins": []}


def sign_in(opened: Callable[..., Any], email: str, **options: Any) -> Any:
    """Her first page, by what she types on the sign-in page."""
    page = opened("/login", **options)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(make.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
    return page
