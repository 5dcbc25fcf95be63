"""A call sent twice with the same `Idempotency-Key` is done once.

As draft-ietf-httpapi-idempotency-key-header describes it. A key belongs to the token that sent it and is kept for
a day:

- the same call again is answered as the first one was, with `Idempotent-Replayed: true`;
- another body or address under the key is refused (422), and so is a call whose first run is not over yet (409);
- a call that was refused leaves the key free: nothing was done, so trying again is safe.

The key is reserved in a small transaction of its own; the answer is written in the transaction of what the call
does. So a crash in between leaves a reservation that nobody resolves: after `LEASE` the next one takes it over. A
first run that was only slow then finds that the key is no longer its own, and undoes what it did.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tracker import database
from tracker.accounts.access import current_actor
from tracker.api.models import KeyedCall
from tracker.clock import now
from tracker.database import is_postgresql, session
from tracker.errors import Conflict, Malformed
from tracker.i18n import N_

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=3)  # longer than the server lets a call run (`tracker serve`: two minutes)
LONGEST_KEY = 255
# A larger answer (a thousand labels as pictures) is not kept: its call can be repeated, and is then done again.
LARGEST_ANSWER = 1024 * 1024
HEADERS = ("Content-Type", "Content-Disposition", "Location")

RUNNING = N_("A call with this Idempotency-Key is being carried out. Wait a few seconds, then send it again.")
ANOTHER = N_("This Idempotency-Key was sent before with another call. Give each call a key of its own.")
ERASED = N_(
    "This call was carried out, but its answer was erased since. Look up what it made; do not send it again."
)
UNREADABLE = N_(
    "Write Idempotency-Key as one to %(most)s plain signs, best a UUID: 1b4e28ba-2fa1-4d2e-883f-0016d3cca427."
)


@dataclass(frozen=True)
class _Run:
    """One try at a call: the key's hash, the call's, and a mark of its own."""

    key: str
    fingerprint: str
    mark: str


def transaction() -> AbstractContextManager[None]:
    """The write of a call: its own, or the one that a keyed call has open for it."""
    return nullcontext() if g.get("keyed_call") else database.transaction()


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Carry the view out once for each key; a call without one is carried out each time."""

    @wraps(view)
    def keyed(*args: Any, **values: Any) -> Any:
        key = read_key(request.headers.get(HEADER))
        if key is None:
            return view(*args, **values)
        run = _Run(_hash_of(key), fingerprint(key), secrets.token_hex(16))
        known = _known(run) or _reserve(run)
        return known or _carry_out(run, lambda: view(*args, **values))

    return keyed


def read_key(header: str | None) -> str | None:
    """The key in a header: a string in quotes, as the draft has it, or bare. Raises `Malformed`."""
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= sign <= "~" for sign in key):
        raise Malformed(UNREADABLE, field=HEADER, most=LONGEST_KEY)
    return key


def _hash_of(key: str) -> str:
    return hashlib.sha256(f"{current_actor().token_id}|{key}".encode()).hexdigest()


def fingerprint(key: str) -> str:
    """What was asked, as a hash under the key: where to, and the body; of a form its parts, since their edges vary."""
    made = hmac.new(key.encode(), digestmod=hashlib.sha256)
    for part in _asked():
        made.update(len(part).to_bytes(8) + part)
    return made.hexdigest()


def _asked() -> Iterator[bytes]:
    yield _bytes(request.full_path)
    yield _bytes(request.mimetype)
    if request.mimetype != "multipart/form-data":
        yield request.get_data(cache=True)
        return
    for name, value in request.form.items(multi=True):
        yield from (_bytes("field"), _bytes(name), _bytes(value))
    for name, file in request.files.items(multi=True):
        yield from (_bytes("file"), _bytes(name), _bytes(file.filename))
        yield hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]  # it is a file
        file.stream.seek(0)


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "surrogatepass")


def _known(run: _Run) -> Response | None:
    """The answer to the same call if it was carried out; None where nobody has the key."""
    row = session.get(KeyedCall, run.key, populate_existing=True)
    if row is None or row.begun_at < now() - KEPT:
        return None
    if not hmac.compare_digest(row.fingerprint, run.fingerprint):
        raise Malformed(ANOTHER, field=HEADER)
    if row.http_code is None:
        if row.begun_at < now() - LEASE:
            return None
        raise Conflict(RUNNING)
    if row.body is None:
        raise Conflict(ERASED)
    answer = Response(row.body, row.http_code, row.headers)
    answer.headers[REPLAYED] = "true"
    return answer


def _reserve(run: _Run) -> Response | None:
    """Take the key, or give the answer of who had it first."""
    dialect = postgresql.insert if is_postgresql() else sqlite.insert
    values = {"key": run.key, "fingerprint": run.fingerprint, "run": run.mark, "begun_at": now()}
    with database.transaction():
        session.execute(delete(KeyedCall).where(KeyedCall.begun_at < now() - KEPT))
        taken = session.execute(
            dialect(KeyedCall).values(**values).on_conflict_do_nothing().returning(KeyedCall.key)
        )
        if taken.scalar_one_or_none():
            return None
        session.execute(select(KeyedCall.key).where(KeyedCall.key == run.key).with_for_update())
        known = _known(run)
        if known is None:  # left by a run that never ended
            session.execute(
                update(KeyedCall).where(KeyedCall.key == run.key).values(run=run.mark, begun_at=now())
            )
        return known


def _carry_out(run: _Run, view: Callable[[], Any]) -> Response:
    try:
        with database.transaction(), _joined():
            answer = current_app.make_response(view())
            _keep(run, answer)
    except BaseException:
        with database.transaction():
            session.execute(_mine(delete(KeyedCall), run))
        raise
    return answer


@contextmanager
def _joined() -> Iterator[None]:
    g.keyed_call = True
    try:
        yield
    finally:
        g.keyed_call = False


def _keep(run: _Run, answer: Response) -> None:
    """Beside what the call did. Raises `Conflict` where the key was taken over meanwhile; all is then undone."""
    body = answer.get_data()
    if len(body) > LARGEST_ANSWER:
        done = session.execute(_mine(delete(KeyedCall), run))
    else:
        headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        values = {"http_code": answer.status_code, "headers": headers, "body": body}
        done = session.execute(_mine(update(KeyedCall), run).values(**values))
    if len(done.all()) != 1:
        raise Conflict(RUNNING)


def _mine(statement: Any, run: _Run) -> Any:
    return statement.where(
        KeyedCall.key == run.key, KeyedCall.run == run.mark, KeyedCall.http_code.is_(None)
    ).returning(KeyedCall.key)


def erase_answers() -> int:
    """Erase every answer that is kept, since any may name a person; the keys stay, so nothing is done twice."""
    erased = session.execute(
        update(KeyedCall).where(KeyedCall.body.is_not(None)).values(body=None).returning(KeyedCall.key)
    )
    return len(erased.all())
