"""`tracker labels`: labels of codes as a file, and new tags."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli import Refusal, application


class _CodesOrMint(click.Group):
    """`tracker labels CODE… …` prints; no code can be mistaken for a command, since codes have no vowel."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["print", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_CodesOrMint, subcommand_metavar="CODE… [OPTIONS] | mint N [OPTIONS]")
def labels() -> None:
    """Labels of devices, places and tags. `tracker labels print --help` lists the options."""


@labels.command("print")
@click.argument("wanted", metavar="CODE…", nargs=-1, required=True)
@click.option("--design", metavar="NAME", help="Left out: the one of the stage where each device stands.")
@click.option(
    "--medium", metavar="NAME", help="A sheet or roll. Left out: what lies in the printer, else avery-l7160."
)
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    help="pdf, svg, png, zpl or brother. Left out: the one of the printer, else pdf.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--printer", metavar="NAME", help="A printer of the workshop, by name or number.")
@click.option(
    "--start", metavar="N", help="The first label used. Left out: the next free one of the begun sheet."
)
@click.option("--reason", metavar="WHY", help="Why again: lost, damaged, wrong or stage_change.")
def print_(  # noqa: PLR0917 (click gives them by name)
    wanted: tuple[str, ...],
    design: str | None,
    medium: str | None,
    format_: str | None,
    output: Path | None,
    printer: str | None,
    start: str | None,
    reason: str | None,
) -> None:
    """Write the labels of these codes to FILE, or send them to a printer; and a line for each in the register."""
    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.labelling import operations
    from tracker.printing import queries as printers

    with application(), transaction():
        chosen = printers.named(printer, SYSTEM.site_id) if printer else None
        if chosen is None:
            medium, format_ = medium or "avery-l7160", format_ or "pdf"
        file = operations.print_labels(wanted, design, medium, format_, start, SYSTEM, reason, printer=chosen)
        if output is not None:
            _write(output, file.data)
        elif file.job is None:
            raise Refusal(
                "Say where the file goes: -o FILE, or --printer with one that takes files by itself."
            )
    if file.job is not None:
        click.echo(f"job {file.job}: {file.name}, on its way to the printer")
    if output is not None:
        click.echo(f"{output}: {file.mimetype}, {len(file.data):,} bytes")


@labels.command("mint")
@click.argument("count", metavar="N", type=click.IntRange(1, 10_000))
@click.option("--medium", metavar="NAME", default="avery-l7160", show_default=True, help="A sheet or roll.")
@click.option("--format", "format_", metavar="NAME", default="pdf", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also print them: at most 1,000.",
)
@click.option(
    "--start", metavar="N", default="1", show_default=True, help="The first free label of the sheet."
)
def mint(count: int, medium: str, format_: str, output: Path | None, start: str) -> None:
    """Make N new device tags and say their codes, one a line."""
    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.devices import particulars
    from tracker.devices.codes import Kind
    from tracker.labelling import operations

    with application(), transaction():
        codes = [tag.code for tag in particulars.mint(Kind.DEVICE, count)]
        if output is not None:
            file = operations.print_labels(codes, "tag", medium, format_, start, SYSTEM)
            _write(output, file.data)
    click.echo("\n".join(codes))


def _write(output: Path, data: bytes) -> None:
    """Before the register is kept: what could not be written was not printed."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Refusal(f"{output} cannot be written: {error.strerror}. Nothing was recorded.") from error
