"""What is known of a batch of scans before the database is asked. Plain values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tracker.accounts.rules import Actor
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.scanning import mode_rules, rules
from tracker.scanning.mode_rules import Mode
from tracker.scanning.rules import Asked

# An undo as it is scanned: it takes back a move, whatever the batch does.
UNDO_ACTION = "correct"


@dataclass(frozen=True)
class BatchAsked:
    """A batch as a client opens it. `opened_at` and `continued_at` are by its clock; `unsent`: scans that it still
    holds; `collection` is a reference."""

    id: str
    mode: Mode = field(default_factory=Mode)
    opened_at: datetime | None = None
    continued_at: datetime | None = None
    collection: str | None = None
    client: str | None = None
    unsent: int = 0
    closed: bool = False


def new_id() -> str:
    return str(uuid.uuid4())


def number_of(batch_id: str) -> int:
    """A batch's number in the history: the first 63 bits of its UUID; the facts beside it hold all of it."""
    return uuid.UUID(batch_id).int >> 65


def batch_asked(given: Mapping[str, Any], client: str | None = None) -> BatchAsked:
    """A batch from what a page or the API sends: `id`, `action`, `place`, `collection`, `values`, `opened_at`,
    `continued_at` (aware moments or their ISO text), `unsent`, `closed`. Raises `Malformed`."""
    values = given.get("values")
    return BatchAsked(
        id=rules.canonical(given.get("id") or "", "id"),
        mode=Mode(
            action=_text(given.get("action"), 40),
            place=_text(given.get("place"), rules.LONGEST_RAW),
            values=mode_rules.values(values if isinstance(values, Mapping) else {}),
        ),
        opened_at=_moment(given.get("opened_at"), "opened_at"),
        continued_at=_moment(given.get("continued_at"), "continued_at"),
        collection=_text(given.get("collection"), 24),
        client=rules.canonical(client, "client") if client else None,
        unsent=_count(given.get("unsent")),
        closed=bool(given.get("closed")),
    )


def _text(value: Any, most: int) -> str | None:
    return rules.kept(value).strip()[:most] or None if isinstance(value, str) else None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _moment(value: Any, name: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Malformed(
            N_("The time of a batch needs its zone, for example 2026-11-24T16:08:00+01:00."), field=name
        )
    return read


def key_of(client: str | None, by: Actor) -> str:
    """Who scans in a batch: a phone by the name it gave itself, else the person or the key."""
    if client:
        return client
    return f"user-{by.user_id}" if by.token_id is None else f"token-{by.token_id}"


def is_idle(clients: Mapping[str, Any], key: str, at: datetime, minutes: int) -> bool:
    """Whether this one rested for more than so many minutes, and looks up first: the batch of before the break may be
    somebody else's by now. By one and the same clock, so that a phone whose clock is days wrong is judged by its own
    pauses."""
    before = clients.get(key, {}).get("at")
    return before is not None and at - datetime.fromisoformat(before) > timedelta(minutes=minutes)


def is_over(clients: Mapping[str, Any], key: str, told: int | None) -> bool:
    """Whether this client has said something of the batch since: a call that the server ends late is older than one that
    it ended before. By the client's own numbers, for its clock may be set back. Without a number, it is the newest."""
    return told is not None and told < int(clients.get(key, {}).get("told", 0))


@dataclass(frozen=True)
class Holder:
    """A client that still holds scans of a batch. `person`: who last said so, `since`: when it first said that it holds some,
    by the server's clock."""

    client: str
    unsent: int
    person: int | None
    since: datetime | None


def seen(clients: Mapping[str, Any], key: str, at: datetime | None) -> dict[str, Any]:
    """`clients` once this one was seen at this moment; the latest counts, whatever order they come in."""
    before = clients.get(key, {})
    known = before.get("at")
    latest = max(at, datetime.fromisoformat(known)) if at and known else at
    after = {**before, **({"at": latest.isoformat()} if latest else {})}
    return {**clients, key: after}


def holding(
    clients: Mapping[str, Any],
    key: str,
    unsent: int,
    person: int | None,
    told_at: datetime,
    *,
    told: int | None = None,
) -> dict[str, Any]:
    """`clients` once this one has said how many scans of the batch it still holds, in its `told`-th call."""
    before = {**clients.get(key, {}), **({} if told is None else {"told": told})}
    since = before.pop("since", None) or told_at.isoformat()
    before.pop("by", None)
    held = {"unsent": unsent, "since": since, "by": person} if unsent else {"unsent": 0}
    return {**clients, key: {**before, **held}}


def holders(clients: Mapping[str, Any]) -> list[Holder]:
    """Who still holds scans, the longest first."""
    found = [
        Holder(key, int(one["unsent"]), one.get("by"), _since(one.get("since")))
        for key, one in clients.items()
        if one.get("unsent")
    ]
    return sorted(found, key=lambda one: (one.since is not None, one.since))


def _since(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def unsent_in(clients: Mapping[str, Any]) -> int:
    """How many scans the clients say they still hold."""
    return sum(int(one.get("unsent", 0)) for one in clients.values())


def completed(one: Asked, mode: Mode) -> Asked:
    """The scan with its batch's action and values, where it says none of its own."""
    if one.action is not None and one.action != mode.action:
        return one
    own = {name: value for name, value in one.values.items() if value not in (None, "")}
    place = {"location": mode.place} if mode.place else {}
    return replace(one, action=mode.action, values={**place, **mode.values, **own})
