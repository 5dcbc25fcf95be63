"""`tracker demo`: a small workshop to look around in."""

from __future__ import annotations

import os

import click

from tracker.cli import application


@click.command()
@click.option("--devices", type=click.IntRange(0, 2_000_000), default=0, help="Add as many more, in bulk.")
@click.option(
    "--entries",
    type=click.IntRange(1, 100),
    default=1,
    help="Let the history of each of those hold at least so many entries.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed tells the same year.")
def demo(devices: int, entries: int, seed: int) -> None:
    """Fill an empty database with a believable workshop."""
    with application():
        from tracker.demo.workshop import fill

        with click.progressbar(length=620, label="Fourteen months of a workshop") as bar:
            told = fill(seed, lambda: bar.update(1))
            bar.update(bar.length - bar.pos if bar.length else 0)
        click.echo(f"{told.devices} devices, {told.steps} steps of their journeys.")
        if devices > told.devices:
            from tracker.demo.bulk import add_devices

            with click.progressbar(length=devices - told.devices, label="More devices") as bar:
                add_devices(devices - told.devices, seed, bar.update, entries=entries)
        _say_logins()


def _say_logins() -> None:
    """Print a login for each role, and keep them beside the database for the next start."""
    from tracker import config
    from tracker.demo.cast import PASSWORD, USERS

    people = [(role.value, email) for email, role, _, _ in USERS[:4]] + [("association", "asso1@exemple.fr")]
    lines = [f"  {role:12} {email:26} {PASSWORD}" for role, email in people]
    text = "Sign in as:\n" + "\n".join(lines)
    click.echo(text)
    settings = config.load()
    path = settings.instance / "logins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text + "\n")
