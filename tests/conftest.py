"""What tests stand on: a fresh database of each kind, the application on it, a browser's or a person's hand.

A test that asks for `database_url`, `app`, `client` … runs once on SQLite and once on PostgreSQL
(`TRACKER_TEST_DATABASES=sqlite` for one only). A test that asks for none of them runs once.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from tests import databases, nursery, pages, postgres
from tests.serving import Served

DATABASES = os.environ.get("TRACKER_TEST_DATABASES", "sqlite,postgresql").replace(",", " ").split()
SECRET = "a-key-for-tests-only-that-is-long-enough"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_FOLDER] = postgres.new_folder()
        pages.kept_in(config.stash[_FOLDER] / "pages")


def pytest_configure_node(node: Any) -> None:
    """xdist: workers share the first process's folder, and so its server."""
    node.workerinput["run_folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if _FOLDER in config.stash:
        postgres.stop(config.stash[_FOLDER])


_FOLDER = pytest.StashKey[Path]()


def missing(what: str) -> None:
    """Skip the test because the machine lacks something; on CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing on CI: {what}")
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TRACKER_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest) -> Path:
    """The folder of this run, shared by its processes; in memory where there is room."""
    given = getattr(request.config, "workerinput", {}).get("run_folder")
    return Path(given) if given else request.config.stash[_FOLDER]


@pytest.fixture(scope="session")
def postgres_folder(run_folder: Path) -> Path:
    """The folder of this run's PostgreSQL, started."""
    try:
        postgres.start(run_folder)
    except postgres.Missing as error:
        missing(str(error))
    return run_folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table, made once by each process."""
    path = tmp_path_factory.mktemp("template") / "tracker.sqlite3"
    _migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an empty PostgreSQL database with every table, made once by each process."""
    name = f"template_{uuid.uuid4().hex}"
    postgres.create(postgres_folder, name)
    _migrate(postgres.url(postgres_folder, name), tmp_path_factory.mktemp("template"))
    return name


def _migrate(url: str, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _settings(patch, url, folder / "instance")
        from tracker.app import create_app
        from tracker.cli.db import upgrade_schema
        from tracker.database import db

        app = create_app()
        with app.app_context():
            upgrade_schema()
            db.session.remove()
            db.engine.dispose()  # SQLite folds its log into the file; PostgreSQL lets itself be copied


def _settings(patch: pytest.MonkeyPatch, url: str, instance: Path) -> None:
    patch.setenv("TRACKER_DATABASE_URL", url)
    patch.setenv("TRACKER_INSTANCE", str(instance))
    patch.setenv("TRACKER_SECRET_KEY", SECRET)
    patch.setenv("TRACKER_DEVELOPMENT", "1")


@pytest.fixture(scope="session")
def sqlite_database(run_folder: Path, sqlite_template: Path) -> databases.Sqlite:
    folder = run_folder / f"sqlite-{uuid.uuid4().hex}"
    folder.mkdir()
    return databases.Sqlite(folder, sqlite_template)


@pytest.fixture(scope="session")
def postgresql_database(postgres_folder: Path, postgres_template: str) -> Iterator[databases.Postgres]:
    database = databases.Postgres(postgres_folder, postgres_template)
    yield database
    database.drop()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with every table and no row, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_database").fresh())


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of this process and its children points at the fresh database."""
    _settings(monkeypatch, database_url, tmp_path / "instance")


@pytest.fixture
def app(settings: None) -> Iterator[Flask]:
    """The application on a fresh database, its context pushed. A GET that changes something fails the test."""
    from tests import applications
    from tests.watch import reading_changes_nothing
    from tracker.database import db

    kept = applications.given_out()
    made = kept.ready()
    with made.app_context(), reading_changes_nothing(made) as changes:
        made.extensions["watched_changes"] = changes
        yield made
        db.session.remove()
        db.engine.dispose()
    del made.extensions["watched_changes"]
    applications.taken_back(kept)
    assert not changes, "\n".join(changes)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, nobody signed in. CSRF is on, as in real life."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., FlaskClient]:
    """`signed_in("volunteer")`: a client with a live session of a person of that role."""
    from tests import make

    def sign_in(role: str = "volunteer", **values: Any) -> FlaskClient:
        return make.signed_in(app, role, **values)

    return sign_in


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """Runs commands: `runner.invoke(tracker.cli.group, ["token", "add", …])`."""
    return app.test_cli_runner()


@pytest.fixture
def served(settings: None) -> Iterator[Served]:
    """A real gunicorn on a free port, on a fresh database."""
    with nursery.served() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for each process. Playwright cannot run twice in one, so every browser test shares it."""
    from tests.browser.chromium import launched

    try:
        with launched() as browser:
            yield browser
    except postgres.Missing as error:
        missing(str(error))
