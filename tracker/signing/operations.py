"""The private key: a file of its own, outside the database and outside backups.

Whoever has the file signs in the workshop's name; whoever has the database, or a backup of it, does not.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock, config
from tracker.accounts.rules import Actor, Permission
from tracker.database import is_postgresql, session
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.signing import queries, rules
from tracker.signing.key_rules import KeyLoss
from tracker.signing.models import SigningKey
from tracker.signing.rules import Signer

READABLE_BY_ALL = 0o007


def signer(by: Actor, path: Path | None = None) -> Signer:
    """The key that signs now, its public half published, in the running transaction. Made on first use.

    `path`: the key file, otherwise that of the settings. Refused where the file is gone although a key is published,
    cannot be read, or holds a key that was replaced or revoked.
    """
    file = path or config.load().signing_key_file
    known = queries.in_use()
    if not file.exists():
        if known is not None:
            raise RuleBroken(
                N_(
                    "The key that signs certificates is not in %(file)s. Put the file back from your copy, or make "
                    "a new key: `tracker keys rotate`."
                ),
                file=file,
            )
        _write_first(file)
    made = load(file)
    _publish(made, by, known)
    return made


def signer_at_hand() -> Signer | None:
    """The key that signs now, if its file is here: for what may be shown unsigned too. Writes nothing."""
    file, known = config.load().signing_key_file, queries.in_use()
    if known is None or not file.exists():
        return None
    try:
        made = load(file)
    except RuleBroken:
        return None
    return made if made.key == known.key and known.revoked_at is None else None


def load(path: Path) -> Signer:
    """The key in that file. Raises `RuleBroken`."""
    try:
        if path.stat().st_mode & READABLE_BY_ALL:
            raise RuleBroken(
                N_("Everybody on this machine can read the key in %(file)s: `chmod 600` it, then repeat."),
                file=path,
            )
        private = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise RuleBroken(
            N_(
                "The key in %(file)s cannot be read: put the file back from your copy, or `tracker keys rotate`."
            ),
            file=path,
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise RuleBroken(
            N_(
                "The key in %(file)s is not an Ed25519 key: put the right file back, or `tracker keys rotate`."
            ),
            file=path,
        )
    return Signer(private)


def _publish(made: Signer, by: Actor, known: SigningKey | None) -> None:
    if known is not None and known.key == made.key:
        return
    row = next((one for one in queries.all_keys() if one.key == made.key), None)
    if row is not None:
        raise RuleBroken(
            N_(
                "The key %(key)s was replaced or revoked: it signs no more. Put the newer key file back, or "
                "`tracker keys rotate`."
            ),
            key=made.key,
        )
    _add(made, by)


def _add(made: Signer, by: Actor) -> None:
    """Publish a new key; those before it end where it begins. Two processes at once publish it once."""
    history.hold(by.site_id)
    now = clock.now().replace(microsecond=0)
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    values = {"key": made.key, "public_key": rules.encoded(made.public), "made_at": now}
    added = session.execute(
        insert(SigningKey).values(values).on_conflict_do_nothing().returning(SigningKey.id)
    ).scalar()
    if added is None:
        return
    for before in queries.all_keys():
        if before.retired_at is None and before.id != added:
            before.retired_at = now
    history.append(subject=(Subject.KEY, added), action="key_published", by=by, facts={"key": made.key})


def rotate(by: Actor, path: Path | None = None) -> str:
    """Put a new key in the place of the one in the file, which is destroyed. What it signed stays genuine.

    Its id is returned.
    """
    by.must(Permission.ADMINISTER)
    made = Signer(Ed25519PrivateKey.generate())
    _add(made, by)
    file = path or config.load().signing_key_file
    written = _written_beside(file, made)
    written.replace(file)
    return made.key


def revoke(key: str, why: KeyLoss, by: Actor) -> bool:
    """Say that nothing this key signed counts by its signature alone any more. Whether it was the one in use."""
    by.must(Permission.ADMINISTER)
    row = queries.by_id(key)
    if row.revoked_at is not None:
        raise RuleBroken(N_("The key %(key)s is revoked already."), key=key)
    now, current = clock.now().replace(microsecond=0), row.retired_at is None
    row.revoked_at, row.revoked_for, row.retired_at = now, why, row.retired_at or now
    history.append(
        subject=(Subject.KEY, row.id), action="key_revoked", by=by, facts={"key": key, "word": why.value}
    )
    return current


def _write_first(file: Path) -> None:
    """A new key in its place, whole or not at all; where two processes start at once, the first one's stays."""
    written = _written_beside(file, Signer(Ed25519PrivateKey.generate()))
    try:
        with suppress(FileExistsError):  # a link never replaces what is there, unlike a rename
            os.link(written, file)
    finally:
        written.unlink()


def _written_beside(file: Path, made: Signer) -> Path:
    pem = made.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, written = tempfile.mkstemp(prefix=".signing-", dir=file.parent)  # mode 0600
        with os.fdopen(descriptor, "wb") as target:
            target.write(pem)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise RuleBroken(
            N_("No key can be written to %(file)s (%(why)s): look at TRACKER_SIGNING_KEY_FILE."),
            file=file,
            why=error.strerror,
        ) from error
    return Path(written)
