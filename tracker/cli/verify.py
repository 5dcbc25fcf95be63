"""`tracker verify`: whether a certificate or an export is genuine, without asking anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_, Sentence
from tracker.signing import key_rules, rules
from tracker.signing.key_rules import KeyRing
from tracker.signing.verification_rules import Finding, examine

EXPORT_LIST = "signature.json"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A kept copy of /verify/keys.json. Without it: the keys that this workshop published.",
)
def verify(file: Path, keys: Path | None) -> None:
    """Say whether FILE is genuine: a certificate (PDF, signed JSON, or the text of its QR code), or an export's folder.

    Ends with 0 only when it is. Asks no network; with --keys, no database either.
    """
    listed = file / EXPORT_LIST if file.is_dir() else file
    content = _read(listed)
    ring = key_rules.read_ring(_read(keys)) if keys else _published()
    finding = examine(content if _is_file(content) else content.strip(), ring)
    if not finding.genuine:
        why = finding.why
        assert why is not None
        raise RuleBroken(why)
    assert finding.statement is not None
    if finding.statement.kind == rules.EXPORT:
        _compare(listed.parent, finding)
    click.echo(_told(finding, ring))
    if keys is None and finding.statement.kind == rules.CERTIFICATE and finding.payload is not None:
        _compare_journal(finding.payload)


def _is_file(content: bytes) -> bool:
    return content.startswith((b"%PDF-", b"{"))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            return source.read(rules.LARGEST_FILE + 1)
    except OSError as error:
        raise RuleBroken(
            N_("%(file)s cannot be read (%(why)s). Look at the path."), file=path, why=error.strerror
        ) from error


def _published() -> KeyRing:
    """The keys of this instance, and what was revoked."""
    from flask import current_app

    from tracker.cli import application
    from tracker.wiping import certificate_queries

    with application():
        return certificate_queries.ring(current_app.config["SETTINGS"].organisation)


def _compare_journal(payload: Mapping[str, Any]) -> None:
    """The certificate holds either way; but where our journal says otherwise, whoever keeps it has to know."""
    from tracker.cli import _locale, application
    from tracker.wiping import witness_queries

    with application():
        fault = witness_queries.fault_of(payload)
    if fault is not None:
        click.echo(fault.shown_in(_locale()), err=True)


def _compare(folder: Path, finding: Finding) -> None:
    """Raises `Malformed` unless each file of the export is as listed, and no other lies beside them."""
    listed = (finding.payload or {})["files"]
    present = {path.name for path in folder.iterdir() if path.name != EXPORT_LIST}
    for name in sorted(present | set(listed)):
        path = folder / name
        if name not in listed:
            raise Malformed(N_("%(name)s does not belong to the signed export: take it out."), name=name)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != listed[name]:
            raise Malformed(
                N_("%(name)s is missing or was changed since the export was signed: take another copy."),
                name=name,
            )


def _told(finding: Finding, ring: KeyRing) -> str:
    from tracker.cli import _locale

    said, payload = finding.statement, finding.payload
    assert said is not None
    values: dict[str, Any] = {"number": said.name, "day": said.at[:10], "key": said.key, "at": ring.at[:10]}
    if said.kind == rules.EXPORT:
        text = N_("Genuine: export of %(day)s, signed by the key %(key)s.")
    elif payload is None:
        text = N_(
            "Genuine: certificate no. %(number)s of %(day)s, signed by the key %(key)s. The code carries only its "
            "fingerprint: compare it with the paper, %(sha256)s"
        )
        values["sha256"] = said.sha256
    else:
        text = N_(
            "Genuine: certificate no. %(number)s of %(day)s by %(organisation)s, signed by the key %(key)s, not revoked "
            "as of %(at)s. %(devices)s device(s); drives: %(found)s found, %(wiped)s wiped, %(removed)s taken out, "
            "%(destroyed)s destroyed."
        )
        values |= {
            **payload["counts"],
            "organisation": payload["organisation"],
            "devices": len(payload["devices"]),
        }
    return Sentence(text, values).shown_in(_locale())
