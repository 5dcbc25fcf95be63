"""What is written without the session is known to it as after a flush: also when it is rolled back, whole or in part.

`tracker.statements` says so by two names that are SQLAlchemy's own affair. Here it is seen when they go or mean something
else; `constraints.txt` holds the version that they were seen with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tracker.accounts.models import Site
from tracker.database import session, transaction
from tracker.errors import RuleBroken
from tracker.statements import at_once, is_kept, is_now, table_of

Whole = Callable[[], AbstractContextManager[None]]


def made(number: int) -> Site:
    """A workshop written at once."""
    values = {"id": number, "code": f"S{number}", "name": "new"}
    at_once(sa.insert(table_of(Site)), values)
    site = Site(**values)
    is_kept(site)
    return site


def renamed(site: Site, name: str) -> None:
    at_once(sa.update(table_of(Site)).where(table_of(Site).c.id == site.id).values(name=name), {})
    is_now(site, {"name": name})


@contextmanager
def refused() -> Iterator[None]:
    """A transaction that ends with a refusal."""
    with suppress(RuleBroken), transaction():
        yield
        raise RuleBroken("no")


@contextmanager
def refused_in_part() -> Iterator[None]:
    """A savepoint that ends with a refusal, in a transaction that goes on and is kept."""
    with transaction():
        with suppress(RuleBroken), session.begin_nested():
            yield
            raise RuleBroken("no")
        made(990)
    assert session.get(Site, 990) is not None
    session.rollback()


WAYS = pytest.mark.parametrize("way", [refused, refused_in_part])


@WAYS
def test_a_row_that_is_rolled_back_leaves_the_session(app: Flask, way: Whole) -> None:
    with way():
        site = made(901)
        assert site in session and session.get(Site, 901) is site and not session.dirty
    assert site not in session
    assert session.get(Site, 901) is None


def test_a_change_that_is_rolled_back_is_read_anew(app: Flask) -> None:
    before = session.get_one(Site, 1).name
    session.rollback()
    with refused():
        site = session.get_one(Site, 1)
        with suppress(RuleBroken), session.begin_nested():
            renamed(site, "changed")
            assert site.name == "changed" and not session.dirty
            raise RuleBroken("no")
        assert site.name == before  # already now: what goes on may judge by it
        renamed(site, "changed again")
    assert site.name == before


def test_what_a_savepoint_keeps_goes_with_the_transaction_around_it(app: Flask) -> None:
    with refused():
        with session.begin_nested():
            site = made(902)
            renamed(session.get_one(Site, 1), "changed")
        assert site in session
    assert site not in session and session.get_one(Site, 1).name != "changed"


def test_the_version_that_this_was_seen_with_is_the_one_installed() -> None:
    pinned = (Path(__file__).parents[1] / "constraints.txt").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^SQLAlchemy==(\S+)", pinned) == [version("sqlalchemy")]
