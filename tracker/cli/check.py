"""`tracker check`: does what is stored hold together?"""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import click

from tracker import clock, config, sqlite_driver
from tracker.cli import Refusal, application, https_serving
from tracker.https import authority, rules
from tracker.i18n import Sentence

# What is checked → a function that returns the faults it finds, each of which has a `sentence` or reads as one.
# To add a check: one line here.
CHECKS = {
    "The stages, against the history": "tracker.devices.check_queries:stage_faults",
    "What came in less what went out": "tracker.devices.check_queries:balance_faults",
    "The chain of the history": "tracker.history.queries:chain_faults",
    "The sheets of labels that were begun": "tracker.labelling.check_queries:sheet_faults",
    "The files on their way to printers": "tracker.labelling.check_queries:job_faults",
    "The certificates, against their signatures and the history": "tracker.wiping.witness_queries:faults",
}
SHOWN = 20  # faults of one kind; the count says how many there are


@click.command()
def check() -> None:
    """Check stages against history, the history's chain, and certificates. Ends with 0 only when all holds."""
    broken = 0
    with application():
        for name, where in CHECKS.items():
            faults = list(_faults(where))
            click.echo(
                f"{'ok   ' if not faults else 'FAULT'} {name}" + (f": {len(faults)}" if faults else "")
            )
            for fault in faults[:SHOWN]:
                click.echo(f"      {getattr(fault, 'sentence', fault)}", err=True)
            broken += bool(faults)
    if sqlite_driver.journal_mode() == "DELETE":
        click.echo(
            f"note  SQLite {sqlite_driver.driver().sqlite_version}: its write-ahead log is not safe, so it is not used"
        )
    for fault in _https_faults():
        click.echo(f"note  HTTPS: {fault}")
    if broken:
        raise Refusal(
            "What is stored does not hold together. Keep a copy of the database before changing anything."
        )


def _https_faults() -> list[Sentence]:
    """What browsers will refuse of the workshop's own certificate, where it has one. It harms nothing that is stored."""
    folder = authority.folder_of(config.load().instance)
    if not authority.is_made(folder):
        return []
    return rules.faults(authority.stands(folder), clock.now(), https_serving.own_addresses())


def _faults(where: str) -> Iterable[object]:
    module, name = where.split(":")
    found: Iterable[object] = getattr(importlib.import_module(module), name)()
    return found
