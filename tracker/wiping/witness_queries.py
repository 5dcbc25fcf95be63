"""Certificates as witnesses of the journal: each names its last entry, which must still be there, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select, tuple_

from tracker.database import session
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence
from tracker.wiping import certificate_queries
from tracker.wiping.certificate_rules import Standing
from tracker.wiping.models import Certificate
from tracker.wiping.readings import say

CHUNK = 500
_ALTERED = N_("Certificate no. %(number)s no longer agrees with its fingerprint or its signature.")
_REWRITTEN = N_(
    "Certificate no. %(number)s names entry %(sequence)s of the journal, and another one stands there: the journal was "
    "rewritten, or put back to an earlier day."
)


def faults() -> Iterator[Sentence]:
    """What does not hold of the certificates on record, in the order of their numbers' issue."""
    after = 0
    while True:
        rows = session.scalars(
            select(Certificate).where(Certificate.id > after).order_by(Certificate.id).limit(CHUNK)
        ).all()
        if not rows:
            return
        yield from _of(rows)
        after = rows[-1].id
        session.expunge_all()


def _of(rows: Sequence[Certificate]) -> Iterator[Sentence]:
    heads = _heads({_place(one.payload) for one in rows} - {None})
    for one in rows:
        if certificate_queries.standing(one) is Standing.ALTERED:
            yield say(_ALTERED, number=one.number)
            continue
        rewritten = _fault(one.payload, heads)
        if rewritten is not None:
            yield rewritten


def fault_of(payload: Mapping[str, Any]) -> Sentence | None:
    """What the journal here says against that payload, signed by us; None where it agrees."""
    place = _place(payload)
    return _fault(payload, _heads({place} if place else set()))


def _fault(payload: Mapping[str, Any], heads: Mapping[Any, str]) -> Sentence | None:
    place = _place(payload)
    if place is None or heads.get(place) == payload["journal"]["head"]:
        return None
    return say(_REWRITTEN, number=payload["number"], sequence=place[1])


def _place(payload: Mapping[str, Any]) -> tuple[int, int] | None:
    """Site and sequence of the entry that it names; none for one of a time before, or for an empty journal."""
    journal = payload.get("journal") or {}
    if not journal.get("sequence"):
        return None
    return journal["site"], journal["sequence"]


def _heads(places: set[Any]) -> dict[Any, str]:
    if not places:
        return {}
    pair = tuple_(HistoryEntry.site_id, HistoryEntry.sequence)
    rows = session.execute(
        select(HistoryEntry.site_id, HistoryEntry.sequence, HistoryEntry.hash).where(pair.in_(sorted(places)))
    ).all()
    return {(row[0], row[1]): row[2] for row in rows}
