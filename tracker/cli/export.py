"""`tracker export`: figures as open data, for anybody to read by machine.

Tables are CSV with a Table Schema beside each and a Data Package over all (frictionless, specs.frictionlessdata.io),
under the Licence Ouverte 2.0 that French public data use. A list of them is signed, as certificates are.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tracker.cli import application
from tracker.errors import RuleBroken
from tracker.i18n import N_, Sentence

LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte / Open Licence 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
PEOPLE = N_("Figures about people are left out unless they count at least 11; none is published here.")


@dataclass(frozen=True)
class Field:
    """A column. `type` as Table Schema names it."""

    name: str
    type: str
    title: str
    description: str

    def shown_in(self, locale: str) -> dict[str, Any]:
        words = {"title": self.title, "description": self.description}
        shown = {key: Sentence(text).shown_in(locale) for key, text in words.items()}
        return {"name": self.name, "type": self.type, **shown, "constraints": {"required": True}}


KIND = Field("type", "string", N_("Type"), N_("Type of device: laptop, screen, …"))
FLOWS = (
    Field("month", "yearmonth", N_("Month"), N_("Published once the month ended more than 30 days ago.")),
    KIND,
    Field("collected", "integer", N_("Collected"), N_("Devices that came in for the first time.")),
    Field(
        "delivered",
        "integer",
        N_("Handed over"),
        N_("Devices handed over, without those that came back within 30 days."),
    ),
    Field("recycled", "integer", N_("Recycled"), N_("Devices that left for recycling.")),
)
STOCK = (
    KIND,
    Field("stage", "string", N_("Stage"), N_("Stage of the last move: received, ready, delivered, …")),
    Field(
        "count", "integer", N_("Devices"), N_("Devices of this type at this stage on the day of the export.")
    ),
)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write open data into DIR, a new or empty folder: devices by month, and by stage. Nobody is named."""
    from flask import current_app

    from tracker.reports import open_data_queries as figures

    with application():
        settings = current_app.config["SETTINGS"]
        with _whole(Path(os.path.realpath(folder))) as made:
            _table(made, "flows", FLOWS, figures.flow_rows(), settings.locale)
            _table(made, "stock", STOCK, figures.stock_rows(), settings.locale)
            _json(made / "datapackage.json", _package(settings.organisation, settings.locale))
            _sign(made)
    click.echo(f"Open data written to {folder}")


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place when all is written; nothing stays when something fails."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RuleBroken(N_("%(folder)s is not an empty folder. Name a new one."), folder=folder)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            yield unfinished
            unfinished.chmod(0o755)  # what is open may be read; mkdtemp lets nobody
            unfinished.replace(folder)  # refused by the system if the folder was filled meanwhile
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        refusal = N_("%(folder)s cannot be written (%(why)s). Name another folder.")
        raise RuleBroken(refusal, folder=folder, why=error.strerror) from error


def _table(
    made: Path, name: str, fields: Sequence[Field], rows: Iterable[Sequence[object]], locale: str
) -> None:
    with (made / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([one.name for one in fields])
        writer.writerows(rows)
    _json(made / f"{name}.schema.json", {"fields": [one.shown_in(locale) for one in fields]})


def _sign(made: Path) -> None:
    """`signature.json`: the SHA-256 of each file, signed; `tracker verify DIR` compares."""
    from tracker import clock
    from tracker.accounts.rules import SYSTEM
    from tracker.database import transaction
    from tracker.signing import operations, rules

    issued = rules.moment(clock.now())
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(made.iterdir())}
    payload = {"number": f"export-{issued[:10]}", "issued": issued, "files": digests}
    with transaction():
        signer = operations.signer(SYSTEM)
    (made / "signature.json").write_bytes(rules.seal(rules.EXPORT, payload, signer).written())


def _package(organisation: str, locale: str) -> dict[str, Any]:
    from tracker import clock

    about = Sentence(
        N_("Devices collected, handed over and recycled by a reuse workshop, and where they are.")
    )
    journal = Sentence(N_("Journal of this workshop")).shown_in(locale)
    return {
        "name": "ricochet-open-data",
        "title": f"{organisation} – open data",
        "description": f"{about.shown_in(locale)} {Sentence(PEOPLE).shown_in(locale)}",
        "created": clock.now().replace(microsecond=0).isoformat(),
        "licenses": [LICENCE],
        "sources": [{"title": f"{organisation} – {journal}"}],
        "resources": [_resource(name) for name in ("flows", "stock")],
    }


def _resource(name: str) -> dict[str, Any]:
    shape = {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
    }
    return {"name": name, "path": f"{name}.csv", "schema": f"{name}.schema.json", **shape}


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
