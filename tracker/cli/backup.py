"""`tracker backup` and `tracker restore`: everything the workshop knows, in one file and back from it.

Keys stay out: whoever finds a backup must not be able to sign certificates. Only those of HTTPS on the workshop's own
network are inside, which reach no further than that network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

from tracker import clock
from tracker.cli import application, archive, database_copy
from tracker.cli.check import check
from tracker.cli.db import alembic_config, current_revision, upgrade_schema
from tracker.config import Settings
from tracker.database import db
from tracker.errors import Malformed, RuleBroken
from tracker.https import authority
from tracker.i18n import N_
from tracker.web.health import BACKUP_MARK

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Copy the database and the uploads into FILE, while the workshop goes on. Keys are not inside."""
    with application(), _said_of_the_disk(file):
        if file.exists():
            raise RuleBroken(
                N_("%(file)s exists already. Give another name: no backup is replaced."), file=file
            )
        revision = current_revision()
        if revision is None:
            raise RuleBroken(N_("The database has no tables: there is nothing to back up."))
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as work:
            copy, whole = Path(work) / "database", Path(work) / "whole"
            click.echo("Copying the database …", err=True)
            database_copy.dump(copy)
            uploads, own = _below(_settings().uploads, archive.UPLOADS), _below(_https(), archive.HTTPS)
            sources = {archive.DATABASE: copy, **uploads, **own}
            manifest = archive.pack(whole, sources, clock.now().isoformat(), db.engine.dialect.name, revision)
            whole.rename(file)
        (_settings().instance / BACKUP_MARK).touch()
        click.echo(
            f"{file}: {manifest.database} at {revision}, {len(uploads)} uploads, "
            f"{file.stat().st_size:,} bytes. Keys are not inside: keep a copy of them elsewhere."
            f"{' Only those of HTTPS are: keep the backup as safe as they are.' if own else ''}"
        )


@click.command()
@click.argument("file", type=FILE)
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Bring back what FILE holds, into an empty database. Stop the server first."""
    with application(), _said_of_the_disk(file):
        instance = _settings().instance
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=instance) as work:
            click.echo("Checking the backup …", err=True)
            manifest = archive.unpack(file, Path(work))
            current_revision()  # says so when the database cannot be opened
            _refuse_unless_it_fits(manifest)
            database_copy.leave_the_database()
            click.echo("Restoring …", err=True)
            database_copy.load(Path(work) / archive.DATABASE, manifest.revision)
            archive.move_below(Path(work) / archive.UPLOADS, _settings().uploads)
            archive.move_below(Path(work) / archive.HTTPS, _https(), private=True)
        upgrade_schema()
        click.echo(f"Restored what was backed up at {manifest.made_at}.")
        context.invoke(check)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@contextmanager
def _said_of_the_disk(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RuleBroken(
            N_("%(file)s could not be worked with: %(why)s. Check the path, the rights and the free space."),
            file=error.filename or file,
            why=error.strerror or error,
        ) from error


def _https() -> Path:
    """Where the workshop's own certificates are, if it made any."""
    return authority.folder_of(_settings().instance)


def _below(folder: Path, name: str) -> dict[str, Path]:
    """Member name → file, of the files of a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {f"{name}/{path.relative_to(folder).as_posix()}": path for path in files}


def _refuse_unless_it_fits(manifest: archive.Manifest) -> None:
    kind = db.engine.dialect.name
    if manifest.database != kind:
        raise Malformed(
            N_(
                "This backup is of %(theirs)s, the database is %(ours)s. Set TRACKER_DATABASE_URL to that kind."
            ),
            theirs=manifest.database,
            ours=kind,
        )
    try:
        ScriptDirectory.from_config(alembic_config()).get_revision(manifest.revision)
    except CommandError as error:
        raise Malformed(
            N_(
                "This backup comes from a newer Ricochet (tables at %(revision)s). Update first, then restore."
            ),
            revision=manifest.revision,
        ) from error
    if _is_filled():
        raise RuleBroken(
            N_(
                "The database holds devices or users already, and nothing was changed. "
                "Set TRACKER_DATABASE_URL to an empty database, then restore."
            )
        )


def _is_filled() -> bool:
    with db.engine.connect() as connection:
        known = set(sa.inspect(connection).get_table_names())
        return any(
            connection.execute(
                sa.select(sa.exists(sa.select(sa.literal(1)).select_from(sa.table(name))))
            ).scalar()
            for name in ("devices", "users")
            if name in known
        )
