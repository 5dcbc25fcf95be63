"""Rolls of tags: minted once, handed out in lots, the rest of a lost one void. Each is in the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from tracker import clock
from tracker.accounts.models import Site, User
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import particulars
from tracker.devices.codes import Kind, number_of
from tracker.devices.models import Tag
from tracker.devices.tags import FREE, TagState
from tracker.errors import Malformed, RuleBroken
from tracker.history import number_operations as numbers
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import rules, tag_queries, tag_rules
from tracker.labelling.tag_models import RollTag, TagLot, TagRoll

CHUNK = 500


def mint_roll(count: int, by: Actor) -> tuple[TagRoll, list[str]]:
    """New device tags on a roll or sheets of their own, `count` from 1 to 1,000: the roll, and its codes in order."""
    by.must(Permission.WORK)
    if not 1 <= count <= rules.MOST_AT_ONCE:
        raise Malformed(N_("Ask for 1 to %(most)s tags at a time."), field="count", most=rules.MOST_AT_ONCE)
    history.hold(by.site_id)
    codes = [tag.code for tag in particulars.mint(Kind.DEVICE, count)]
    roll = TagRoll(
        reference=tag_rules.reference(numbers.take(tag_rules.SERIES)),
        site_id=by.site_id,
        count=count,
        made_by=by.user_id,
    )
    session.add(roll)
    session.flush()
    session.add_all(
        RollTag(code=code, roll_id=roll.id, position=place) for place, code in enumerate(codes, start=1)
    )
    session.flush()
    _about(roll, "mint_roll", by, {"count": count, "first": codes[0], "last": codes[-1]})
    return roll, codes


def hand_over(
    roll: TagRoll,
    by: Actor,
    *,
    first: int | None = None,
    last: int | None = None,
    user: User | None = None,
    site: Site | None = None,
    on: dt.date | None = None,
) -> TagLot:
    """Hand tags of a roll to a person or a workshop, from today or `on`. `roll` is locked. Refuses tags that are out
    with somebody already, and a part where no tag is free."""
    by.must(Permission.WORK)
    if (user is None) == (site is None):
        raise Malformed(N_("Say who takes the tags: a person or a workshop."), field="to")
    first, last = tag_rules.part_of(roll.count, first, last)
    other = tag_queries.overlapping(roll, first, last)
    if other is not None:
        raise RuleBroken(
            N_(
                "Tags %(first)s to %(last)s of this roll are out already: take them back first, or choose others."
            ),
            first=other.first,
            last=other.last,
        )
    if not tag_queries.codes_on(roll, first, last, free_only=True):
        raise RuleBroken(N_("None of these tags is free any more: choose others."))
    lot = TagLot(
        roll_id=roll.id,
        first=first,
        last=last,
        to_user_id=user.id if user else None,
        to_site_id=site.id if site else None,
        handed_on=on or clock.local(clock.now()).date(),
        handed_by=by.user_id,
    )
    session.add(lot)
    session.flush()
    facts = {"user": lot.to_user_id, "site": lot.to_site_id, "on": lot.handed_on.isoformat()}
    _about(roll, "hand_tags_over", by, {"first": first, "last": last, **facts})
    return lot


def take_back(roll: TagRoll, lot: TagLot, by: Actor) -> HistoryEntry:
    """The tags left of a lot are here again, and can be handed to somebody else."""
    by.must(Permission.WORK)
    lot.ended_at = clock.now()
    session.flush()
    return _about(roll, "take_tags_back", by, {"first": lot.first, "last": lot.last})


def void_rest(
    roll: TagRoll, by: Actor, *, first: int | None = None, last: int | None = None, reason: str | None = None
) -> list[str]:
    """Say that the free tags of a roll, or of a part of it, will never be used: it is lost. Their codes.

    Those that a device bears stay as they are. Lots wholly within the part end.
    """
    by.must(Permission.WORK)
    first, last = tag_rules.part_of(roll.count, first, last)
    wanted = tag_queries.codes_on(roll, first, last, free_only=True)
    history.hold(by.site_id)
    gone: list[str] = []
    for at in range(0, len(wanted), CHUNK):
        # By the state on disk: a scan may be attaching one of them just now.
        free = (Tag.code.in_(wanted[at : at + CHUNK]), Tag.state.in_(FREE))
        voided = update(Tag).where(*free).values(state=TagState.VOID).returning(Tag.code)
        gone += session.scalars(voided.execution_options(synchronize_session="fetch")).all()
    if not gone:
        return []
    _end_lots(roll, first, last)
    entry = _about(roll, "void_rest", by, {"first": first, "last": last, "count": len(gone)}, reason)
    history.append_many(
        [
            history.Line((Subject.TAG, number_of(code)), "void_tag", facts={"code": code, "roll": roll.reference, "with": entry.sequence})
            for code in sorted(gone)
        ],
        by,
    )  # fmt: skip
    return sorted(gone)


def _end_lots(roll: TagRoll, first: int, last: int) -> None:
    within = (
        TagLot.roll_id == roll.id,
        TagLot.first >= first,
        TagLot.last <= last,
        TagLot.ended_at.is_(None),
    )
    session.execute(
        update(TagLot)
        .where(*within)
        .values(ended_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )


def _about(
    roll: TagRoll, action: str, by: Actor, facts: Mapping[str, Any], note: str | None = None
) -> HistoryEntry:
    return history.append(
        subject=(Subject.ROLL, roll.id),
        action=action,
        by=by,
        site_id=roll.site_id,
        facts={"roll": roll.reference, **facts},
        note=note,
    )
