"""The `tracker` command. One file per topic; each is read only when its command is asked for.

A command opens `application()` for settings and database, does one thing, and says in one sentence on standard error
why it could not: exit code 1 for a refusal, 2 for a wrong use.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from tracker import config
from tracker.errors import RuleBroken

# Command → where it is. To add one: a file here, one line in this list.
COMMANDS = {
    "backup": "tracker.cli.backup:backup",
    "check": "tracker.cli.check:check",
    "db": "tracker.cli.db:db",
    "demo": "tracker.cli.demo:demo",
    "expire": "tracker.cli.expire:expire",
    "export": "tracker.cli.export:export",
    "forget": "tracker.cli.forget:forget",
    "https": "tracker.cli.https:https",
    "import": "tracker.cli.lists:import_list",
    "keys": "tracker.cli.keys:keys",
    "labels": "tracker.cli.labels:labels",
    "lifecycle": "tracker.cli.lifecycle:lifecycle",
    "openapi": "tracker.cli.openapi:openapi",
    "printers": "tracker.cli.printers:printers",
    "report": "tracker.cli.report:report",
    "restore": "tracker.cli.backup:restore",
    "serve": "tracker.cli.serve:serve",
    "token": "tracker.cli.accounts:token",
    "user": "tracker.cli.accounts:user",
    "verify": "tracker.cli.verify:verify",
}


class Refusal(click.ClickException):
    """One sentence on standard error, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(click.Group):
    """Loads a command when it is named, and turns what the application refuses into a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RuleBroken as refused:
            raise Refusal(refused.sentence.shown_in(_locale())) from refused
        except config.SettingsFault as fault:
            raise Refusal("\n".join(fault.faults)) from fault


def _locale() -> str:
    try:
        # Only the language is asked: with a key in hand, none is made in the instance folder for it.
        return config.load({**os.environ, "TRACKER_SECRET_KEY": "-" * config.SECRET_LENGTH}).locale
    except config.SettingsFault:
        return "en"


@contextmanager
def application() -> Iterator[None]:
    """The application, its context pushed: the one that is there already, else a new one."""
    from flask import has_app_context

    if has_app_context():
        yield
        return
    from tracker.app import create_app

    with create_app().app_context():
        yield


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ricochet-tracker", prog_name="tracker")
def group() -> None:
    """Ricochet: from a donor's list to an association's hands."""


def main() -> None:
    """What the installed `tracker` command calls."""
    group(prog_name="tracker")
