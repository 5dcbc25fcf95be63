"""Tests share a database and an application to be quick: nothing of one may reach the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests import applications, databases, make, postgres
from tests.conftest import DATABASES
from tracker.accounts.models import Site, User
from tracker.database import session, transaction

NEEDS_POSTGRES = pytest.mark.skipif(
    "postgresql" not in DATABASES, reason="PostgreSQL is left out of this run"
)


@pytest.fixture
def shared(postgres_folder: Path, postgres_template: str) -> Iterator[databases.Postgres]:
    database = databases.Postgres(postgres_folder, postgres_template)
    database.fresh()
    yield database
    database.drop()


def ask(database: databases.Postgres, *orders: str) -> list[tuple]:
    with postgres.connected(database.folder, database.name) as connection:
        for order in orders:
            cursor = connection.execute(order)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


@NEEDS_POSTGRES
def test_rows_links_and_counters_of_one_test_do_not_reach_the_next(shared: databases.Postgres) -> None:
    site = "INSERT INTO sites (code, name) VALUES ('SUD', 'Atelier') RETURNING id"
    first = ask(shared, site)
    ask(shared, "DELETE FROM sites")
    shared.fresh()
    assert ask(shared, "SELECT code FROM sites") == [("A1",)]
    assert ask(shared, site) == first
    assert shared.uses == 2, "it was made anew instead of emptied"


@NEEDS_POSTGRES
@pytest.mark.parametrize(
    "left",
    [
        "ALTER TABLE history_entries DISABLE TRIGGER history_entries_no_change",
        "ALTER TABLE sites ADD COLUMN more text",
        "CREATE TABLE more (id int)",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA more",
        "DROP TABLE drives CASCADE",
        "ANALYZE sites",
    ],
)
def test_a_changed_schema_is_thrown_away(shared: databases.Postgres, left: str) -> None:
    ask(shared, left)
    shared.fresh()
    assert shared.uses == 1, "a database that a test had changed was given out again"


@NEEDS_POSTGRES
def test_a_connection_left_open_holds_nothing_up(shared: databases.Postgres) -> None:
    address = f"postgresql://{postgres.SUPERUSER}@/{shared.name}?host={shared.folder / 'data'}"
    with psycopg.connect(address) as left:
        left.execute("LOCK TABLE sites")
        shared.fresh()
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", ["route", "hook", "filter", "listener", "nothing"])
def test_an_application_that_a_test_has_changed_is_not_given_out_again(settings: None, change: str) -> None:
    from tracker.database import db

    kept = applications.given_out()
    app = kept.ready()
    with app.app_context():
        if change == "route":
            app.add_url_rule("/more", "more", lambda: "")
        elif change == "hook":
            app.before_request(lambda: None)
        elif change == "filter":
            app.jinja_env.filters["more"] = str
        elif change == "listener":
            sa.event.listen(db.engine, "begin", lambda connection: None)
    app.config["MAX_CONTENT_LENGTH"] = 1
    applications.taken_back(kept)
    assert (applications.given_out() is kept) == (change == "nothing")
    assert applications.given_out().ready().config["MAX_CONTENT_LENGTH"] > 1


def test_an_application_that_has_only_drawn_pages_is_kept_and_remembers_none(settings: None) -> None:
    from tracker.database import db

    kept = applications.given_out()
    app = kept.ready()
    with app.app_context():
        assert make.signed_in(app, "admin").get("/").status_code == 200
        session.remove()
        db.engine.dispose()
    assert app.extensions.keys() > kept.extensions.keys(), (
        "no page keeps anything any more: then this says nothing"
    )
    applications.taken_back(kept)
    assert applications.given_out() is kept, "every test that draws a page pays for a new application"
    assert app.extensions == kept.extensions


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_begins_with_the_template_alone(app: object, turn: int) -> None:
    assert session.scalars(sa.select(Site.code)).all() == ["A1"]
    assert not session.scalars(sa.select(User)).all()
    make.user("admin")


@NEEDS_POSTGRES
def test_what_is_written_outlives_a_server_that_falls_over(tmp_path: Path, postgres_folder: Path) -> None:
    """Once with the settings of a workshop: the other tests' server promises nothing to the disk."""
    folder = postgres.new_folder()
    try:
        postgres.start(folder, durable=True)
        with postgres.connected(folder) as connection:
            wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
            assert {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in wanted} == wanted  # type: ignore[call-overload]
        postgres.create(folder, "workshop")
        write_a_site(postgres.url(folder, "workshop"), tmp_path)
        postgres.restart(folder)
        with postgres.connected(folder, "workshop") as connection:
            assert connection.execute("SELECT count(*) FROM sites WHERE code = 'SUD'").fetchone() == (1,)
    finally:
        postgres.stop(folder)


def write_a_site(url: str, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_DATABASE_URL", url)
        patch.setenv("TRACKER_INSTANCE", str(folder / "instance"))
        patch.setenv("TRACKER_SECRET_KEY", "a-key-for-tests-only-that-is-long-enough")
        from tracker.app import create_app
        from tracker.cli.db import upgrade_schema
        from tracker.database import db

        app = create_app()
        with app.app_context():
            upgrade_schema()
            with transaction():
                session.add(Site(code="SUD", name="Atelier"))
            session.remove()
            db.engine.dispose()
