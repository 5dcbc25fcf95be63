"""`tracker user` and `tracker token`: the first people, and keys for machines."""

from __future__ import annotations

import sys

import click

from tracker.accounts.rules import SYSTEM, LinkPurpose, Role, normal_email
from tracker.cli import application


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("email")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do."
)
@click.option("--association", metavar="NAME", help="For the role association; made when it is missing.")
@click.option("--name", metavar="TEXT", help="How the person is called on the pages.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(email: str, role: str, association: str | None, name: str | None, password_stdin: bool) -> None:
    """Add a person. Without --password-stdin, prints a link by which they choose their password."""
    from flask import current_app

    from tracker.accounts import operations
    from tracker.database import transaction

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with application():
        site_url = current_app.config["SETTINGS"].site_url
        with transaction():
            added = operations.add_user(
                email, Role(role), SYSTEM, association_name=association, password=password, name=name
            )
            link = None if password_stdin else operations.make_link(added, LinkPurpose.INVITATION, None)
            said = f"{added.email} may sign in as {role}"
        click.echo(
            said if link is None else f"{said}, once the password is chosen: {site_url}/welcome/{link}"
        )


@click.group()
def token() -> None:
    """Keys for machines that use the REST interface."""


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, metavar="TEXT", help="What uses the key.")
def add_token(email: str, name: str) -> None:
    """Make a key with the rights of the person EMAIL. It is printed once, as the last word."""
    from tracker.accounts import operations, queries
    from tracker.database import transaction
    from tracker.errors import NotHere
    from tracker.i18n import N_

    with application():
        with transaction():
            person = queries.user_by_email(normal_email(email))
            if person is None:
                raise NotHere(N_("Nobody has the address %(email)s. Add the person first."), email=email)
            key = operations.add_token(person, name)
        click.echo(f"Key “{name}” of {email}, shown this once: {key}")
