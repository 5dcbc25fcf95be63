"""`tracker https`: HTTPS on a workshop's own network, by a certificate authority of its own."""

from __future__ import annotations

from typing import Any

import click

from tracker import config
from tracker.cli import https_serving
from tracker.https import authority, rules
from tracker.https.rules import Standing


@click.group()
def https() -> None:
    """HTTPS on the workshop's own network: without it phones open neither camera nor offline pages."""


NAME = click.option("--name", help="The server's name on the network, for example ricochet.local.")
ADDRESS = click.option(
    "--address", "addresses", multiple=True, help="Its address, for example 192.168.1.10; may be repeated."
)


@https.command()
@click.option("--name", default="ricochet.local", show_default=True, help="The server's name on the network.")
@ADDRESS
@click.option(
    "--anew", is_flag=True, help="Another authority in place of the one there; every phone installs it again."
)
def init(name: str, addresses: tuple[str, ...], anew: bool) -> None:
    """Make the authority and the server's first certificate."""
    settings = config.load()
    wanted = rules.names(name, addresses or https_serving.own_addresses())
    folder = authority.folder_of(settings.instance)
    _say(authority.make(folder, wanted, settings.organisation, anew=anew))
    click.echo(f"Kept in {folder}. Start with: tracker serve --https")


@https.command()
@NAME
@ADDRESS
def renew(name: str | None, addresses: tuple[str, ...]) -> None:
    """A new certificate of the server by the same authority, with other addresses if they are given; phones need nothing."""
    folder = authority.folder_of(config.load().instance)
    wanted = None
    if name or addresses:
        before = authority.stands(folder).names
        wanted = rules.names(name or before.name, addresses or before.hosts[1:])
    _say(authority.renew(folder, wanted))
    click.echo(
        "A server that runs speaks with it from the next connection on; nothing is to be started again."
    )


@https.command()
def show() -> None:
    """What the certificate says, until when, and the fingerprint that phones show."""
    _say(authority.stands(authority.folder_of(config.load().instance)))


@https.command(hidden=True)
@click.argument("host")
@click.argument("port", type=int)
def door(host: str, port: int) -> None:
    """What `tracker serve --https` starts beside itself: the port that leads to HTTPS."""
    from tracker.cli.serve import PlainServer, options

    chosen = {**options(host, port, 1), "when_ready": _announce}
    chosen["post_worker_init"] = https_serving.keep_renewed  # the server beside it sends to the printers
    PlainServer(chosen).run()


def _announce(server: Any) -> None:
    click.echo(
        f"Phones that do not know the certificate yet begin on port {server.LISTENERS[0].sock.getsockname()[1]}"
    )


def _say(standing: Standing) -> None:
    click.echo(f"Names: {', '.join(standing.names.hosts)}")
    click.echo(
        f"The server's certificate holds until {standing.server_until:%Y-%m-%d}; a server that runs renews it."
    )
    click.echo(f"The root for phones holds until {standing.root_until:%Y-%m-%d}. Its SHA-256 fingerprint:")
    click.echo(standing.fingerprint)
    https_serving.say_faults(standing)
