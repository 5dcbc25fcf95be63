"""What a phone's queue sends after an hour without network, read so that nothing in it can hold up the rest."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.scanning import rules
from tracker.scanning.rules import Asked

# A clock that says otherwise says nothing; the server's own time stands beside it anyway.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
LARGEST_NUMBER = 2**31 - 1
# What a scan may bring along for its action; whatever else a page stores is not passed on.
VALUES = (
    "reason",
    "slip_number",
    "recycler",
    "left_on",
    "location",
    "accessories",
    "weight_g",
    "grade",
    "method",
    "undoes",
    "check",
)


NOBODY = 0  # the person of a scan of which the record of a bench says that it is nobody's


class Kept(enum.StrEnum):
    """Why a scan was not judged and stays in the phone. Beside these, the outcomes of `rules.Outcome`."""

    NOT_YOURS = "not_yours"  # somebody else scanned it: she sends it, or a coordinator decides
    NO_TURN = (
        "no_turn"  # made at a shared bench when nobody had said there that she works: a coordinator decides
    )
    UNREADABLE = "unreadable"  # it has no id of its own, so that it could be judged twice


@dataclass(frozen=True)
class Sent:
    """One scan of a queue. `person`: the number of the user who was signed in when it was scanned, None when nobody was
    and who is signed in now has said that it is hers. `taken`: a coordinator sends it in her own name."""

    asked: Asked
    person: int | None = None
    taken: bool = False


@dataclass(frozen=True)
class Queue:
    """One call of a phone: its scans in their order, and the ids of what could not be read."""

    client: str
    scans: Sequence[Sent]
    batches: Sequence[Mapping[str, Any]] = ()
    unreadable: Sequence[str] = field(default_factory=tuple)
    sent_at: datetime | None = None  # by the client's clock: how wrong it is
    # Which of this client's calls this is: what an older one says of its queue is over.
    told: int | None = None

    @property
    def named(self) -> set[str]:
        """The batches that it says something of."""
        return {one for given in self.batches if (one := identity(given.get("id")))}

    def corrected(self, at: datetime | None, now: datetime) -> datetime | None:
        """A time of this client's clock by ours."""
        return at if at is None or self.sent_at is None else at + (now - self.sent_at)


def queue(body: Any) -> Queue:
    """What was sent, in the order in which it was scanned. Raises `Malformed` where nothing at all can be read.

    A single scan that is odd is mended or set apart, never a reason to refuse the others.
    """
    found: Any = body if isinstance(body, dict) else {}
    client, scans = identity(found.get("client")), found.get("scans")
    if client is None or not isinstance(scans, list):
        raise Malformed(N_("This is not what a scan page sends. Reload the page."), field="scans")
    if len(scans) > rules.MOST_AT_ONCE:
        raise Malformed(N_("Send at most %(most)s scans at a time."), field="scans", most=rules.MOST_AT_ONCE)
    read = sorted(
        (one for one in scans if isinstance(one, dict)), key=lambda one: _number(one.get("sequence")) or 0
    )
    batches = found.get("batches")
    return Queue(
        client=client,
        scans=[_sent(one, client) for one in read if identity(one.get("scan_id"))],
        batches=[one for one in batches if isinstance(one, dict)] if isinstance(batches, list) else [],
        sent_at=moment(found.get("sent_at")),
        told=_number(found.get("told")),
        unreadable=[str(one.get("scan_id"))[:100] for one in read if not identity(one.get("scan_id"))],
    )


def _sent(one: Mapping[str, Any], client: str) -> Sent:
    values = one.get("values")
    asked = rules.asked(
        _text(one.get("code")) or "",
        scan_id=identity(one.get("scan_id")),
        action=_text(one.get("action")),
        at=moment(one.get("at")),
        mode=_text(one.get("mode")),
        values={name: values[name] for name in VALUES if values.get(name) is not None}
        if isinstance(values, dict)
        else {},
        batch=identity(one.get("batch")),
        client=client,
        sequence=_number(one.get("sequence")),
        badge=_text(one.get("badge")),
    )
    return Sent(asked, _number(one.get("person")), one.get("taken") is True)


def may_be_judged(one: Sent, user_id: int | None, *, coordinates: bool) -> bool:
    """Whether a scan is this person's to send: an entry never bears the name of who merely held the phone next."""
    return one.person is None or one.person == user_id or (one.taken and coordinates)


def identity(text: Any) -> str | None:
    """A UUID in its one spelling; None for what is none."""
    try:
        return str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError):
        return None


def moment(text: Any) -> datetime | None:
    """A client's time, with its zone; None for what no clock of ours will show."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo and EARLIEST <= read <= LATEST else None
    except (TypeError, ValueError, OverflowError):
        return None


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) and given else None


def _number(given: Any) -> int | None:
    whole = isinstance(given, int) and not isinstance(given, bool)
    return given if whole and 0 <= given <= LARGEST_NUMBER else None
