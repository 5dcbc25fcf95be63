"""Reading changes nothing: a link that somebody follows, or a robot, can never move a device."""

from __future__ import annotations

import pytest
from flask import Flask, request

from tests.watch import reading_changes_nothing
from tracker.accounts.models import Site
from tracker.database import session, transaction

NOT_READY = 503  # /readyz says so by this


def test_a_get_that_changes_something_is_seen(app: Flask) -> None:
    with reading_changes_nothing(app) as changes, app.test_request_context("/somewhere"):
        assert request.method == "GET"
        with transaction():
            session.add(Site(code="X", name="Written while reading"))
    assert changes and "sites" in changes[0]
    # The fixture watches too; this one was on purpose.
    app.extensions["watched_changes"].clear()


def test_a_post_may_change_things(app: Flask) -> None:
    with (
        reading_changes_nothing(app) as changes,
        app.test_request_context("/somewhere", method="POST"),
        transaction(),
    ):
        session.add(Site(code="X", name="Written while posting"))
    assert not changes


@pytest.mark.parametrize("role", ["admin", "association"])
def test_no_page_changes_anything_when_it_is_opened(app: Flask, signed_in, role: str) -> None:
    """The `app` fixture fails this test if one does."""
    client = signed_in(role)
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            with client.get(rule.rule) as answer:  # a file is closed with its answer
                status = answer.status_code
            assert status < 500 or status == NOT_READY, f"{rule.rule}: {status}"
            opened += 1
    assert opened > 3
