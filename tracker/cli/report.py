"""`tracker report`: what report files say and prove, without storing anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from tracker import config
from tracker.cli import Refusal


@click.command("report")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…"
)
def report(files: tuple[Path, ...]) -> None:
    """Say what each FILE (or every file of a folder) tells of a computer and its drives, and each drive's verdict.

    Nothing is stored, and no database is needed. Ends with 1 when a file was not understood.
    """
    found = [path for one in files for path in _within(one)]
    unread = 0
    for path in found:
        unread += not _say(path)
    if unread:
        raise Refusal(f"{unread} of {len(found)} files were not understood: copy them again from the stick.")


def _within(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted(one for one in path.rglob("*") if one.is_file())


def _say(path: Path) -> bool:
    """Print what the file says; whether any of it was understood."""
    from tracker.wiping import readers
    from tracker.wiping.report_operations import look_at
    from tracker.wiping.verdicts import VERDICT_NAMES

    try:
        reading, lines = look_at(path.read_bytes(), str(path))
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}") from error
    locale = _locale()
    click.echo(f"{path}: {reading.kind}")
    if (seen := reading.computer) is not None:
        told = " ".join(filter(None, (seen.manufacturer, seen.model, seen.serial)))
        click.echo(f"    {told}")
    for line in lines:
        word = _in(VERDICT_NAMES[line.verdict.verdict], locale)
        click.echo(f"    {word}: {' '.join(filter(None, (line.model, line.serial))) or '?'}")
        for reason in line.verdict.reasons:
            click.echo(f"        {reason.shown_in(locale)}")
    for note in reading.notes:
        click.echo(f"    {note.shown_in(locale)}")
    return reading.kind != readers.UNKNOWN


def _locale() -> str:
    """The workshop's language. The settings are read without a key, since reading them makes one where none is."""
    try:
        return config.load({**os.environ, "TRACKER_SECRET_KEY": "none is needed " * 4}).locale
    except config.SettingsFault:
        return "en"


def _in(word: str, locale: str) -> str:
    from tracker.i18n import Sentence

    return Sentence(word).shown_in(locale)
