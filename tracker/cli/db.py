"""`tracker db`: the tables, brought to what this version of the code expects."""

from __future__ import annotations

from collections.abc import Callable

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import OperationalError

from tracker.cli import Refusal, application
from tracker.database import db as database


@click.group()
def db() -> None:
    """Make and change the tables of the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the tables up to REVISION (default: the newest)."""
    with application():
        before = current_revision()
        upgrade_schema(revision)
        after = current_revision()
    click.echo(f"Tables at {after} (nothing to do)" if before == after else f"Tables at {after}")


# So that `-1` is read as a revision, not as an option that nobody knows.
@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Bring the tables back to REVISION (default "-1": one step; "base": none left).

    Data of dropped tables is lost.
    """
    with application():
        before = current_revision()
        if before is None:
            raise Refusal("There is no step to go back: the database has no tables of ours.")
        _moved(command.downgrade, revision)
        click.echo(f"Tables at {current_revision() or 'none'} (before: {before})")


def _moved(move: Callable[[Config, str], None], revision: str) -> None:
    """Raise `Refusal` where Alembic knows no such revision, or no way to it."""
    try:
        move(alembic_config(), revision)
    except CommandError as error:
        raise Refusal(
            f"“{revision}” is no revision that can be reached ({error}): tracker db current says where the tables are."
        ) from error


@db.command()
def current() -> None:
    """Say at which revision the tables are, and whether that is the newest."""
    with application():
        here, newest = current_revision(), newest_revision()
    click.echo(
        f"{here or 'none'} ({'newest' if here == newest else f'newest is {newest}: run tracker db upgrade'})"
    )


def alembic_config() -> Config:
    """Alembic's settings for the running application."""
    config = current_app.extensions["migrate"].migrate.get_config()
    assert isinstance(config, Config)
    return config


def upgrade_schema(revision: str = "head") -> None:
    """Bring the tables of the running application up to `revision`."""
    _moved(command.upgrade, revision)


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current_revision() -> str | None:
    """Where the tables are; None for an empty database."""
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise Refusal(f"The database cannot be opened: {error.orig}. Check TRACKER_DATABASE_URL.") from error
