"""`tracker import`: a donor's list into a collection."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli import Refusal, _locale, application

SHOWN = 50  # rows that were not added


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--collection", "reference", required=True, metavar="REF", help="The collection the devices came with."
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--stage",
    type=click.Choice(["announced", "collected", "received"]),
    default="announced",
    show_default=True,
    help="Where the devices are now.",
)
@click.option(
    "--lookalikes", is_flag=True, help="Also add rows without serial number that look like known ones."
)
def import_list(file: Path, reference: str, dry_run: bool, stage: str, lookalikes: bool) -> None:
    """Import the donor's list FILE (CSV, xlsx, ods). Ends with 1 when a row has a fault; the other rows are added."""
    from contextlib import nullcontext

    from tracker.accounts.rules import SYSTEM
    from tracker.collection import import_operations, queries
    from tracker.collection.rules import BEGINNINGS, RowVerdict
    from tracker.database import transaction
    from tracker.devices.lifecycle import MOVES

    action = next(one for one in BEGINNINGS if MOVES[one].target.value == stage)
    with application(), nullcontext() if dry_run else transaction():
        outcome = import_operations.import_list(
            queries.collection(reference),
            file.read_bytes(),
            file.name,
            SYSTEM,
            dry_run=dry_run,
            action=action,
            lookalikes=lookalikes,
        )
    for row in [row for row in outcome.rows if row.verdict is not RowVerdict.NEW][:SHOWN]:
        click.echo(f"row {row.number}: {row.verdict.value}: {row.sentence.shown_in(_locale())}")
    said = ", ".join(f"{number} {verdict.value}" for verdict, number in outcome.counts.items() if number)
    click.echo(f"{'Would be' if dry_run else 'Done'}: {said}")
    faults = outcome.count(RowVerdict.FAULT)
    if faults:
        raise Refusal(
            f"{faults} of {len(outcome.rows)} rows have a fault. Put them right and import the file again."
        )
