"""`tracker expire`: what is kept for a set time only goes when that time is over."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from tracker.cli import application


@click.command()
def expire() -> None:
    """Delete original report files older than TRACKER_REPORT_DAYS (what was read of them stays), and files that were sent
    to printers more than TRACKER_PRINT_DAYS ago. For every night."""
    from flask import current_app

    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.printing import job_operations
    from tracker.scanning import stranger_operations as strangers
    from tracker.wiping import retention_operations as retention

    with application():
        days, count = current_app.config["SETTINGS"].report_days, 0
        while True:
            with transaction():
                deleted = retention.delete_originals(days, SYSTEM)
            count += deleted
            if deleted < retention.AT_ONCE:
                break
            click.echo(f"{count} so far…", err=True)
        if count:
            _let_go()
        click.echo(f"Original report files deleted, older than {days} days: {count}")
        with transaction():
            erased = strangers.erase_due(SYSTEM)
        click.echo(f"Words and addresses of finders erased: {erased}")
        days = current_app.config["SETTINGS"].print_days
        with transaction():
            count = job_operations.empty_old(days)
        click.echo(f"Files for printers emptied, sent or cancelled more than {days} days ago: {count}")


def _let_go() -> None:
    """Let the database part with the old pages, which it keeps in its log or as dead rows."""
    from tracker.database import db, session

    session.remove()
    with closing(db.engine.raw_connection()) as ours:
        driver: Any = ours.driver_connection
        if db.engine.dialect.name == "postgresql":
            driver.autocommit = True
            driver.execute("VACUUM report_files")
            driver.autocommit = False
        else:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
