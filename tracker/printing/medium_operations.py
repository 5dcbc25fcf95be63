"""Sheets and rolls that a workshop adds, changes and no longer uses. A name never changes: prints bear it."""

from __future__ import annotations

from collections.abc import Sequence

from labels.media_shapes import MEASURES, Medium
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.printing import medium_queries
from tracker.printing.medium_models import OwnMedium
from tracker.printing.medium_rules import MOST_OF_A_SITE, Packet, medium_of_packet, name_for


def add_medium(packet: Packet, by: Actor) -> OwnMedium:
    """A sheet or roll of the actor's site. Raises `Malformed` naming the measure that is impossible."""
    by.must(Permission.COORDINATE)
    made = medium_of_packet(packet)
    there = medium_queries.own(by.site_id)
    if len(there) >= MOST_OF_A_SITE:
        raise RuleBroken(
            N_(
                "This workshop has added %(count)s sheets and rolls: retire those that nobody uses, then add this one."
            ),
            count=len(there),
        )
    _must_be_free(made.words, there)
    row = OwnMedium(site_id=by.site_id, created_by=by.user_id)
    _describe(row, made)
    row.name = name_for(made.words, medium_queries.names_taken())
    session.add(row)
    session.flush()
    _about(row, "add_medium", by)
    return row


def change_medium(row: OwnMedium, packet: Packet, by: Actor, *, printed: bool) -> OwnMedium:
    """Put its measures or words right. `printed`: labels were printed on it already; then it stays as it is,
    retired, and a copy with a new name takes its place. The one in use is returned."""
    by.must(Permission.COORDINATE)
    _must_be_in_use(row)
    made = medium_of_packet(packet, row.name)
    if medium_queries.medium_of(row) == made:
        return row
    _must_be_free(made.words, [one for one in medium_queries.own(row.site_id) if one.id != row.id])
    if printed:
        retire_medium(row, by)
        return add_medium(packet, by)
    _describe(row, made)
    session.flush()
    _about(row, "change_medium", by)
    return row


def retire_medium(row: OwnMedium, by: Actor) -> HistoryEntry | None:
    """Offer it no more. Its prints stay on record and can be printed again. None when it is retired already."""
    by.must(Permission.COORDINATE)
    if row.retired_at is not None:
        return None
    row.retired_at = clock.now()
    session.flush()
    return _about(row, "retire_medium", by)


def restore_medium(row: OwnMedium, by: Actor) -> HistoryEntry | None:
    """Offer it again. None when it is in use."""
    by.must(Permission.COORDINATE)
    if row.retired_at is None:
        return None
    _must_be_free(row.words, medium_queries.own(row.site_id))
    row.retired_at = None
    session.flush()
    return _about(row, "restore_medium", by)


def _describe(row: OwnMedium, made: Medium) -> None:
    row.words, row.kind, row.columns, row.rows = made.words, made.kind, made.columns, made.rows
    for measure in MEASURES:
        setattr(row, measure, float(getattr(made, measure)))


def _must_be_free(words: str, there: Sequence[OwnMedium]) -> None:
    if any(one.words.casefold() == words.casefold() for one in there):
        raise Malformed(
            N_(
                "There is a sheet or roll called “%(words)s” already. Choose another name, or retire that one."
            ),
            field="words",
            words=words,
        )


def _must_be_in_use(row: OwnMedium) -> None:
    if row.retired_at is not None:
        raise RuleBroken(N_("“%(words)s” is retired. Use it again first."), words=row.words)


def _about(row: OwnMedium, action: str, by: Actor) -> HistoryEntry:
    return history.append(
        subject=(Subject.MEDIUM, row.id), action=action, by=by, site_id=row.site_id, facts=_facts(row)
    )


def _facts(row: OwnMedium) -> dict[str, object]:
    """In whole micrometres: the chain holds no fractions."""
    measures = {
        f"{measure.removesuffix('_mm')}_um": round(getattr(row, measure) * 1_000) for measure in MEASURES
    }
    return {"name": row.name, "kind": row.kind, "columns": row.columns, "rows": row.rows, **measures}
