"""`tracker printers`: what waits for printers."""

from __future__ import annotations

import click

from tracker.cli import application


@click.group()
def printers() -> None:
    """Files on their way to printers."""


@printers.command("deliver")
def deliver() -> None:
    """Send what is due, once. `tracker serve` does this by itself; useful where another server serves the pages."""
    from tracker.printing import delivery

    with application():
        count = delivery.deliver_due()
    click.echo(f"Files tried: {count}")
