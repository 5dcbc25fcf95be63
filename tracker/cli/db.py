"""`tracker db`: the tables, brought to what this version of the code expects."""

from __future__ import annotations

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
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


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the tables back to REVISION ("-1": one step, "base": none left). Data of dropped tables is lost."""
    with application():
        command.downgrade(alembic_config(), revision)
        click.echo(f"Tables at {current_revision()}")


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
    command.upgrade(alembic_config(), revision)


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current_revision() -> str | None:
    """Where the tables are; None for an empty database."""
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise Refusal(f"The database cannot be opened: {error.orig}. Check TRACKER_DATABASE_URL.") from error
