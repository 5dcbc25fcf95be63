"""`tracker keys`: the keys that sign certificates."""

from __future__ import annotations

import click

from tracker.cli import application
from tracker.signing.key_rules import KeyLoss


@click.group()
def keys() -> None:
    """The keys that sign certificates: listed, replaced, revoked."""


@keys.command("list")
def list_keys() -> None:
    """Every key there ever was, with its times. The public halves are at /verify/keys.json."""
    from tracker.signing import queries, rules

    with application():
        for row in queries.all_keys():
            times = [f"from {rules.moment(row.made_at)}"]
            times += [f"until {rules.moment(row.retired_at)}"] if row.retired_at else ["in use"]
            times += [f"REVOKED {rules.moment(row.revoked_at)} ({row.revoked_for})"] if row.revoked_at else []
            click.echo(f"{row.key}  {', '.join(times)}")


@keys.command()
def rotate() -> None:
    """Put a new key in the place of the present one, which is destroyed. Older certificates stay genuine."""
    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.signing import operations

    with application():
        with transaction():
            made = operations.rotate(SYSTEM)
        click.echo(
            f"Certificates are signed by the key {made} from now on. Keep a copy of its file elsewhere."
        )


@keys.command()
@click.argument("key")
@click.option("--reason", type=click.Choice([one.value for one in KeyLoss]), required=True)
def revoke(key: str, reason: str) -> None:
    """Say that KEY may be in wrong hands: nothing it signed counts by its signature alone any more."""
    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.signing import operations

    with application():
        with transaction():
            current = operations.revoke(key, KeyLoss(reason), SYSTEM)
            made = operations.rotate(SYSTEM) if current else None
        click.echo(f"The key {key} is revoked. /verify/keys.json and the pages of its certificates say so.")
        if made:
            click.echo(f"A new key signs from now on: {made}. Keep a copy of its file elsewhere.")
