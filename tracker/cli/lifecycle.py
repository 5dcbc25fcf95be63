"""`tracker lifecycle`: the journey of a device, from the one table that rules it."""

from __future__ import annotations

import click

from tracker.devices.diagram import mermaid
from tracker.devices.lifecycle import MOVES


@click.command()
@click.option("--mermaid", "as_diagram", is_flag=True, help="A state diagram in Mermaid's syntax.")
def lifecycle(as_diagram: bool) -> None:
    """Print every stage and move, with what must be proven for it."""
    if as_diagram:
        click.echo(mermaid())
        return
    for move in MOVES.values():
        sources = ", ".join(source or "(nothing)" for source in move.sources)
        proofs = ", ".join(sorted(move.facts))
        click.echo(f"{move.action}: {sources} → {move.target}")
        click.echo(f"    {move.role} or above{', reason' if move.needs_reason else ''}")
        if proofs:
            click.echo(f"    must be proven: {proofs}")
