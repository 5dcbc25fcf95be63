"""What is written without the session is known to it as after a flush: also when it is rolled back, whole or in part.

`tracker.statements` says so by two names that are SQLAlchemy's own affair. Here it is seen when they go or mean something
else; `constraints.txt` holds the version that they were seen with.
"""

from __future__ import annotations

import re
import subprocess
import sys
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
from tracker.statements import as_read, ask, at_once, is_kept, is_now, table_of

Whole = Callable[[], AbstractContextManager[None]]


def made(number: int) -> Site:
    """A workshop written at once."""
    values = {"id": number, "code": f"S{number}", "name": "new"}
    at_once(sa.insert(table_of(Site)), values)
    return is_kept(Site, values)


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


def read(number: int, *, anew: bool = False) -> Site:
    row = ask(sa.select(*table_of(Site).c).where(table_of(Site).c.id == number), {}).one()
    return as_read(Site, row, anew=anew)


def test_an_entity_of_a_row_is_the_session_s_own(app: Flask) -> None:
    with transaction():
        made(902)
    session.expunge_all()
    site = read(902)
    assert session.get(Site, 902) is site and not session.dirty
    assert (site.id, site.code, site.name) == (902, "S902", "new")
    with transaction():
        site.name = "changed"  # it is known to the session as one that was read
    session.expunge_all()
    assert session.get_one(Site, 902).name == "changed"


def test_one_that_was_read_before_stays_unless_it_is_read_anew(app: Flask) -> None:
    with transaction():
        made(903)
    with transaction():
        first = read(903)
        assert first.name == "new"
        at_once(sa.update(table_of(Site)).where(table_of(Site).c.id == 903).values(name="moved"), {})
        assert read(903) is first and first.name == "new"
        assert read(903, anew=True) is first and first.name == "moved"
        assert not session.dirty


def test_a_process_may_begin_with_a_row(app: Flask) -> None:
    """Nothing was asked through the session before that would have made its mappers ready."""
    begin = (
        "from tracker.accounts.models import Site\n"
        "from tracker import statements\n"
        "from sqlalchemy.orm import make_transient_to_detached\n"
        "site = statements._made_of(Site).manager.new_instance()\n"
        "site.__dict__.update(id=1)\n"
        "make_transient_to_detached(site)\n"
    )
    subprocess.run([sys.executable, "-c", begin], check=True)
